import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { defaultSnapshotBounds, SnapshotError, takeSnapshot } from "../src/snapshot.js";
import { built } from "./support/built.js";

interface ArgumentVector {
  readonly id: string;
  readonly value: unknown;
  readonly plain?: unknown;
  readonly refused?: string;
}

const file = new URL("../../../schemas/v1/vectors/arguments.json", import.meta.url);
const { bounds, vectors } = JSON.parse(readFileSync(file, "utf8")) as { bounds: object; vectors: readonly ArgumentVector[] };

it("arguments have the bounds that their vectors were made for", () => {
  expect(defaultSnapshotBounds).toEqual(bounds);
});

it.each(vectors)("arguments as in vector $id", ({ value, plain, refused }) => {
  const argument = built(value);
  if (refused === undefined) {
    // As text: a large value that differs is no message for a reader.
    expect(JSON.stringify(takeSnapshot(argument).plain) === JSON.stringify(built(plain))).toBe(true);
  } else {
    expect(() => takeSnapshot(argument)).toThrow(new SnapshotError(refused));
  }
});

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { actionHash, canonicalJson, type HashedCall, sha256Hex } from "../src/hashing.js";

function vectorsOf<Vector>(name: string): readonly Vector[] {
  const file = new URL(`../../../schemas/v1/vectors/${name}.json`, import.meta.url);
  return (JSON.parse(readFileSync(file, "utf8")) as { vectors: readonly Vector[] }).vectors;
}

describe("canonical JSON", () => {
  it.each(vectorsOf<{ id: string; json: string; canonical: string }>("canonical-json"))(
    "of vector $id",
    ({ json, canonical }) => {
      expect(canonicalJson(JSON.parse(json))).toBe(canonical);
    },
  );

  it.each(vectorsOf<{ ieee754: string; canonical?: string }>("canonical-numbers"))(
    "of the double $ieee754",
    ({ ieee754, canonical }) => {
      const number = Buffer.from(ieee754, "hex").readDoubleBE();
      if (canonical === undefined) expect(() => canonicalJson(number)).toThrow();
      else expect(canonicalJson(number)).toBe(canonical);
    },
  );
});

it.each(vectorsOf<{ id: string; call: HashedCall; hashed: string; actionHash: string }>("action-hash"))(
  "an action's hash is that of vector $id",
  ({ call, hashed, actionHash: hash }) => {
    expect(sha256Hex(hashed)).toBe(hash);
    expect(actionHash(call)).toBe(hash);
  },
);

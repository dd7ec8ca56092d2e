import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import { root } from "./import-rules.js";

interface Vector {
  readonly id: string;
  readonly [member: string]: unknown;
}

const folder = join(root, "schemas/v1/vectors");
const files = readdirSync(folder).map((name) => ({
  name,
  content: JSON.parse(readFileSync(join(folder, name), "utf8")) as {
    readonly kind?: string;
    readonly vectors: readonly Vector[];
  },
}));
const attempts = files.filter(({ content }) => content.kind === "attempt");
const form = JSON.parse(readFileSync(join(root, "schemas/v1/vector.schema.json"), "utf8")) as object;
const validate = new Ajv2020({ strict: true, strictTypes: false, strictRequired: false }).compile(form);

it("there are vectors of every family", () => {
  expect(attempts.map(({ name }) => name)).toEqual(
    [
      ...["ambiguity", "amounts", "composition", "decision", "envelope", "failure", "hashes", "identity", "labels"],
      ...["order", "settlement"],
    ].map((family) => `${family}.json`),
  );
});

describe.each(attempts)("$name", ({ name, content }) => {
  it("has the form that vector.schema.json gives it", () => {
    expect(validate(content), JSON.stringify(validate.errors?.slice(0, 3))).toBe(true);
  });

  it("names its vectors after itself, each once", () => {
    const ids = content.vectors.map(({ id }) => id);
    expect(ids.filter((id) => !id.startsWith(`${name.slice(0, -".json".length)}/`))).toEqual([]);
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
  });
});

describe("the form of the vectors", () => {
  const [vector] = attempts.flatMap(({ content }) => content.vectors) as [Vector];
  const fileWith = (changes: object): object => ({ kind: "attempt", title: "One", vectors: [{ ...vector, ...changes }] });

  it.each<[string, object, boolean]>([
    ["a vector as it is", {}, true],
    ["a member that nobody knows", { retries: 1 }, false],
    ["no policy", { policy: [] }, false],
    ["a provider with a hook that there is not", { policy: [{ name: "a", beforeSettle: "allow" }] }, false],
    ["an answer that is two", { policy: [{ name: "a", beforeAction: { answers: 1, hangs: true } }] }, false],
    ["a list of no answers", { policy: [{ name: "a", beforeAction: [] }] }, false],
    ["a value that no language knows", { policy: [{ name: "a", beforeAction: { gives: "a surprise" } }] }, false],
    ["a value that each language knows", { policy: [{ name: "a", beforeAction: { gives: "nothing" } }] }, true],
    ["an amount that is a number", { body: [{ send: { to: "0x1", value: 5 } }] }, false],
    ["an amount that is text", { body: [{ send: { to: "0x1", value: "5" } }] }, true],
    ["a step that is two", { body: [{ returns: 1, throws: { name: "A", message: "b" } }] }, false],
  ])("of %s: %o is %s", (_what, changes, isOne) => {
    expect(validate(fileWith(changes))).toBe(isOne);
  });
});

import { guardActions, type PolicyProvider } from "@agentkit-policy/core";
import { actionHash } from "@agentkit-policy/schema";
import fc from "fast-check";
import { expect, it } from "vitest";
import { built } from "../../packages/core/test/support/built.js";
import { pythonChild } from "./child.js";
import { scale, silentLogger } from "./support.js";

const count = scale === 1 ? 10_000 : 50_000 * scale;
const batch = 2_000;

const text = fc.oneof(
  { weight: 6, arbitrary: fc.string({ unit: "binary" }) },
  { weight: 1, arbitrary: fc.record({ $utf16: fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 4 }) }) },
);
const key = fc.oneof(
  { weight: 20, arbitrary: fc.string({ unit: "binary", maxLength: 8 }) },
  { weight: 4, arbitrary: fc.constantFrom("$", "$int", "$$bytes", "$decimal", "amount", "10", "9", "") },
  { weight: 1, arbitrary: fc.constantFrom("__proto__", "constructor", "prototype", { $utf16: [0xd800] }) },
);
const number = fc
  .oneof(fc.maxSafeInteger(), fc.double({ min: -1e9, max: 1e9, noNaN: true }), { weight: 1, arbitrary: fc.double() })
  .map((value) => ({ $number: String(value) }));
const leaf = fc.oneof(
  { weight: 8, arbitrary: fc.oneof(fc.constant(null), fc.boolean(), text, number) },
  { weight: 2, arbitrary: fc.uint8Array({ maxLength: 12 }).map((bytes) => ({ $octets: Buffer.from(bytes).toString("hex") })) },
);
/** Trees of arguments in the notation of the vectors, now and then at the edge of what is allowed. */
const { tree } = fc.letrec((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4 },
    { weight: 400, arbitrary: leaf },
    { weight: 200, arbitrary: fc.array(tie("tree"), { maxLength: 4 }) },
    {
      weight: 300,
      arbitrary: fc
        .uniqueArray(fc.tuple(key, tie("tree")), { maxLength: 4, selector: ([name]) => built(name) as string })
        .map((pairs) => ({ $pairs: pairs })),
    },
    { weight: 10, arbitrary: fc.record({ $nested: fc.integer({ min: 28, max: 34 }), leaf }) },
    {
      weight: 2,
      arbitrary: fc.record({ $copies: fc.constantFrom(null, true), times: fc.integer({ min: 32_760, max: 32_770 }) }),
    },
    {
      weight: 2,
      arbitrary: fc.record({ $repeated: fc.constantFrom("x", "\u0001"), times: fc.integer({ min: 262_120, max: 262_140 }) }),
    },
  ),
}));

type Reading = { readonly plain: unknown } | { readonly refused: string };

/** What a call with these arguments hashes to in TypeScript, or how it is refused. */
async function readHere(value: unknown): Promise<string> {
  let hash = "";
  const noting: PolicyProvider = {
    beforeAction: (context) => {
      hash = context.actionHash;
      return { decision: "deny", reason: "only looked at" };
    },
  };
  const action = { name: "pay", invoke: async (_args: unknown) => "" };
  const denial = await guardActions([action], noting, { logger: silentLogger })[0]?.invoke(built(value));
  return hash === "" ? String(denial) : hash;
}

/** The same of what Python sends. */
function hashOfPython(reading: Reading): string {
  if ("refused" in reading) return `Error: denied by policy (invalid_arguments): ${reading.refused}`;
  return actionHash({ layer: "action", actionName: "pay", args: reading.plain });
}

it(
  "a call hashes to the same in both languages, or is refused in both",
  async () => {
    const seen = { hashed: 0, refused: 0 };
    const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31);
    for (let done = 0; done < count; done += batch) {
      const values = fc.sample(tree, { numRuns: batch, seed: seed + done });
      // One for each batch: a child remembers all that it said.
      const child = await pythonChild("argument_reader.py", {});
      child.send(values);
      const { readings } = (await child.next("read")) as unknown as { readings: Reading[] };
      await child.finish();
      for (const [index, value] of values.entries()) {
        const [here, there] = [await readHere(value), hashOfPython(readings[index] as Reading)];
        const refused = here.startsWith("Error");
        seen[refused ? "refused" : "hashed"] += 1;
        // Objects are read in another order where keys look like numbers, so that of two faults either may be found first.
        const same = refused ? there.startsWith("Error: denied by policy (invalid_arguments)") : here === there;
        if (!same) expect.fail(`seed ${seed + done}: ${here} and ${there} for ${JSON.stringify(value).slice(0, 2_000)}`);
      }
    }
    // Neither is the rule alone.
    expect(Math.min(seen.hashed, seen.refused)).toBeGreaterThan(count / 100);
  },
  120_000 * scale,
);

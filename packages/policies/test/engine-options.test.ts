import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Adapter, defineAdapter } from "@agentkit-policy/core";
import { afterAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { checkEngines } from "../src/policy.js";

const folder = mkdtempSync(join(tmpdir(), "agentkit-policy-engine-options-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("a rule whose engine has options", () => {
  const options = z.strictObject({
    address: z.string().min(1),
    apiKey: z.string(),
    timeoutMs: z.int().max(60_000).default(2_000),
    unit: z.enum(["CREDITS", "TOKENS"]).optional(),
    prices: z
      .record(
        z.string().lowercase(),
        z.strictObject({ worth: z.string().regex(/^\d/, { error: "a worth begins with a digit" }) }),
        {
          error: ({ code }) => (code === "invalid_key" ? "an asset is in lower case" : undefined),
        },
      )
      .default({}),
    agents: z.array(z.string()).optional(),
  });
  const provider = { beforeAction: () => ({ decision: "allow" }) as const };
  const adapterOf = (schema: Adapter["options"]) => ({
    bank: async () => defineAdapter({ name: "bank", options: schema, create: () => provider }),
  });
  const right = ["address: a", "apiKey: secret", "timeoutMs: 3000", 'prices: { eth: { worth: "2500.00" } }', "unit: TOKENS"];
  const fileWith = (lines: readonly string[]) => {
    const file = join(folder, "options.yaml");
    const head = ["version: 1", "ledger: memory", "rules:", "  - id: bank", "    use: bank", "    with:"];
    writeFileSync(file, [...head, ...lines.map((line) => `      ${line}`)].join("\n"));
    return file;
  };

  it("is told nothing where they are right", async () => {
    await checkEngines(fileWith(right), adapterOf(options));
    await checkEngines(fileWith(right.slice(0, 2)), adapterOf(options));
  });

  it.each([
    [
      "timeoutMs: 3000",
      "timeoutMS: 3000",
      "9:7",
      ".timeoutMS",
      'the key "timeoutMS" is unknown',
      'did you mean "timeoutMs"? known here: address, apiKey,',
    ],
    ["apiKey: secret", "apikey: secret", "8:7", ".apikey", 'the key "apikey" is unknown', 'did you mean "apiKey"?'],
    ["worth:", "wroth:", "10:24", ".prices.eth.wroth", 'the key "wroth" is unknown', 'did you mean "worth"? known here: worth'],
    ["apiKey: secret", "# none", "6:5", ".apiKey", '"apiKey" is missing', "add apiKey: and its value"],
    ['{ worth: "2500.00" }', "{ }", "10:17", ".prices.eth.worth", '"worth" is missing', "add worth:"],
    [
      '"2500.00"',
      "2500.00",
      "10:31",
      ".prices.eth.worth",
      "it is a number, and has to be text",
      'write it as text in quotes: worth: "…"',
    ],
    ['"2500.00"', '"no"', "10:31", ".prices.eth.worth", "a worth begins with a digit", 'correct "worth"'],
    ["apiKey: secret", "apiKey: 123456", "8:15", ".apiKey", "it is a number, and has to be text", "in quotes"],
    ["apiKey: secret", "apiKey:", "8:14", ".apiKey", "it is empty, and has to be text", "give it a value"],
    ["3000", '"3000"', "9:18", ".timeoutMs", "it is text, and has to be a number", "write it in digits, without quotes"],
    ["3000", "1.5", "9:18", ".timeoutMs", "it is a number, and has to be a whole number", "write a whole number"],
    ["3000", "60001", "9:18", ".timeoutMs", "the number is too large: it has to be 60000 at most", 'correct "timeoutMs"'],
    ["address: a", 'address: ""', "7:16", ".address", "the text is empty", 'correct "address"'],
    ["eth:", "ETH:", "10:17", ".prices.ETH", "an asset is in lower case", 'write another key in place of "ETH"'],
    ["TOKENS", "TOKEN", "11:13", ".unit", "what it says is not known here", 'did you mean "TOKENS"? known: CREDITS, TOKENS'],
    ["unit: TOKENS", "agents: one", "11:15", ".agents", "it is text, and has to be a list", "write it as a list: agents: […]"],
    ["unit: TOKENS", "agents: [1]", "11:16", ".agents[0]", "it is a number, and has to be text", "in quotes"],
  ])("is told what is wrong and what to write: %s as %s", async (from, to, at, path, problem, hint) => {
    const lines = right.map((line) => line.replace(from, to));
    const error: unknown = await checkEngines(fileWith(lines), adapterOf(options)).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ problem, hint: expect.stringContaining(hint), place: { path: `rules[0].with${path}` } });
    expect(String(error)).toContain(`options.yaml:${at} `);
    expect(String(error)).not.toMatch(/secret|123456/);
  });

  it.each([
    [[{ message: "no such thing: timeoutMS", path: [{ key: "timeoutMS" }] }], "no such thing: timeoutMS", "9:18"],
    [[{ message: "give a name", path: ["name"] }], '"name" is missing: give a name', "6:5"],
    [
      [{ message: "Invalid type", path: ["timeoutMS"], expected: "string" }],
      "it is a number, and has to be text: Invalid type",
      "9:18",
    ],
    [[{ message: "must be short", path: ["address"], expected: "string" }], "must be short", "7:16"],
    [[{ message: "no", path: [], code: "unrecognized_keys", keys: ["timeoutMS"] }], 'the key "timeoutMS" is unknown', "9:7"],
    [[{ message: "all of it" }], "all of it", "7:7"],
    [[], "its options are not valid", "7:7"],
  ])("is told by any library's own issues: %j", async (issues, problem, at) => {
    const lines = right.map((line) => line.replace("timeoutMs", "timeoutMS"));
    const schema = { "~standard": { validate: () => ({ issues }) } };
    const error: unknown = await checkEngines(fileWith(lines), adapterOf(schema)).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: "PolicyFileError", problem });
    expect(String(error)).toContain(`options.yaml:${at} `);
  });
});

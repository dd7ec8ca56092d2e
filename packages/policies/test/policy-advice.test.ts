import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { checkPolicy, definePolicy } from "../src/policy.js";
import { PolicyFileError } from "../src/policy-file-error.js";

const folder = mkdtempSync(join(tmpdir(), "agentkit-policy-advice-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const good = `version: 1
ledger: memory
unresolved: age
chains: { "eip155:84532": { confirmations: 1 } }
tokens: { "eip155:99/erc20:0x036cbd53842c5426634e7929541ec2318f3dcf7e": { decimals: 6 } }
timing: { life: 10m }
rules:
  - { id: daily-eth, limit: native, max: "0.05", per: [user], window: day }
  - { id: not-a-loop, limit: actions, max: 20, window: 10m }
  - { id: payees, allow: { effects: [transfer], recipients: ["0x70997970C51812dc3A010C7d01b50e0d17dc79C8"] } }
  - { id: engine, use: cycles, with: { a: 1 }, mode: shadow }
`;

function check(text: string): PolicyFileError | undefined {
  const file = join(folder, "policy.yaml");
  writeFileSync(file, text);
  try {
    checkPolicy(file);
  } catch (error) {
    if (PolicyFileError.isInstance(error)) return error;
    throw error;
  }
  return undefined;
}

describe("what is wrong with a policy file", () => {
  it("is nothing before anything is made wrong", () => {
    expect(check(good)).toBeUndefined();
  });

  const list = '[{ id: daily-eth, limit: native, max: "0.05", window: day }]';
  const rules = good.slice(good.indexOf("rules:"));

  it.each([
    [
      "version: 1",
      'version: "1"',
      "1:10",
      "it is text, and has to be a number",
      "write version: 1, without quotes",
      "version: 1",
    ],
    ["version: 1", "", "1:1", '"version" is missing', "add version: 1", "version: 1"],
    [
      "ledger: memory",
      "ledger:",
      "2:8",
      "it is empty, and has to be text",
      'write it like this: ledger: "sqlite:./agentkit-policy.db"',
      'ledger: "sqlite:./agentkit-policy.db"',
    ],
    [
      "ledger: memory",
      'ledger: ""',
      "2:9",
      "the text is empty",
      'such as ledger: "sqlite:./agentkit-policy.db"',
      'ledger: "sqlite:./agentkit-policy.db"',
    ],
    [
      "unresolved: age",
      "unresolved:",
      "3:12",
      "it is empty, and has to be one of: age, hold",
      "write it like this: unresolved: age",
      "unresolved: age",
    ],
    [
      "confirmations: 1",
      "confirmations: 0",
      "4:44",
      "the number is too small: it has to be 1 at least",
      "confirmations: 1, with the chain's own number",
      "confirmations: 1",
    ],
    [
      "confirmations: 1",
      "confirmations: 1.5",
      "4:44",
      "it is a number, and has to be a whole number",
      "confirmations: 1, with the chain's own number",
      "confirmations: 1",
    ],
    [
      "decimals: 6",
      'decimals: "6"',
      "5:85",
      "it is text, and has to be a number",
      "decimals: 6, with the token's own number",
      "decimals: 6",
    ],
    [
      "decimals: 6",
      "decimals: 256",
      "5:85",
      "the number is too large: it has to be 255 at most",
      "decimals: 6, with",
      "decimals: 6",
    ],
    [
      "{ decimals: 6 }",
      "{ }",
      "5:73",
      '"decimals" is missing',
      "add decimals: 6, with the token's own number",
      "{ decimals: 6 }",
    ],
    [
      "life: 10m",
      "life: 10",
      "6:17",
      "the number has no unit",
      "write a whole number and s, m, h or d, such as life: 15m",
      "life: 15m",
    ],
    [
      "{ life: 10m }",
      "10m",
      "6:9",
      "it is text, and has to be a mapping",
      "write it like this: timing: { life: 15m, leaveWithin: 5m }",
      "{ life: 15m, leaveWithin: 5m }",
    ],
    [
      "life: 10m",
      "life: ten",
      "6:17",
      "a duration is a whole number and s, m, h or d",
      "write it like this: life: 15m",
      "life: 15m",
    ],
    [rules, "rules: []", "7:8", "the list is empty", `name something, such as rules: ${list}`, `rules: ${list}`],
    [rules, "rules:", "7:7", "it is empty, and has to be a list", `write it like this: rules: ${list}`, `rules: ${list}`],
    [rules, "rules: none", "7:8", "it is text, and has to be a list", `write it like this: rules: ${list}`, `rules: ${list}`],
    [
      'max: "0.05"',
      "max: ",
      "8:42",
      "it is empty, and has to be text",
      'write an amount in quotes, such as max: "0.05"',
      'max: "0.05"',
    ],
    [
      'max: "0.05"',
      "max: true",
      "8:42",
      "it is a boolean, and has to be text",
      'write an amount in quotes, such as max: "0.05"',
      'max: "0.05"',
    ],
    [
      'max: "0.05"',
      "max: 0.05",
      "8:42",
      "money is written as a number",
      'write it as text, such as max: "0.05"; numbers',
      'max: "0.05"',
    ],
    [
      'max: "0.05"',
      "max: 0.0000001",
      "8:42",
      "money is written as a number",
      'write it as text, such as max: "0.05"; numbers',
      'max: "0.05"',
    ],
    [
      'max: "0.05"',
      "max: -1.5",
      "8:42",
      "money is written as a number",
      'write it as text, such as max: "0.05"; numbers',
      'max: "0.05"',
    ],
    [
      'max: "0.05"',
      "max: 12345678901234567890",
      "8:42",
      "money is written as a number",
      'such as max: "0.05"; numbers',
      'max: "0.05"',
    ],
    [
      'max: "0.05"',
      "atomic: 5",
      "8:45",
      "money is written as a number",
      'write it as text, such as atomic: "5"; numbers',
      'atomic: "5"',
    ],
    [
      'max: "0.05"',
      "atomic: 0.5",
      "8:45",
      "money is written as a number",
      'write it as text, such as atomic: "50000"; numbers',
      'atomic: "50000"',
    ],
    ["max: 20", "max: 1.5", "9:44", "a limit on actions counts them", "write a whole number, such as max: 20", "max: 20"],
    ["max: 20", "max: ", "9:44", "a limit on actions counts them", "write a whole number, such as max: 20", "max: 20"],
    ["max: 20", "atomic: 20", "9:47", "a limit on actions counts them", "write a whole number, such as max: 20", "max: 20"],
    ["[user]", "user", "8:55", "it is text, and has to be a list", 'put it in a list: per: ["user"]', '["user"]'],
    ["[user]", "", "8:55", "it is empty, and has to be a list", "write it like this: per: [user]", "[user]"],
    ["window: day", "window: 600", "8:71", "the number has no unit", "such as window: 10m", "window: 10m"],
    ["window: day", "window:", "8:71", "it is empty, and has to be text", "write it like this: window: day", "window: day"],
    [", window: day", "", "8:5", '"window" is missing', "add window: day", ", window: day"],
    [
      "effects: [transfer]",
      "effects: transfer",
      "10:37",
      "it is text, and has to be a list",
      'effects: ["transfer"]',
      'effects: ["transfer"]',
    ],
    ["effects: [transfer]", "effects: []", "10:37", "the list is empty", "or remove the key", "effects: [deploy]"],
    [
      rules,
      "rules:\n  - { id: none, deny: { effects: [] } }",
      "8:34",
      "the list is empty",
      "name something, such as effects: [deploy]",
      "rules:\n  - { id: none, deny: { effects: [deploy] } }",
    ],
    [
      rules,
      "rules:\n  - { id: none, deny: { } }",
      "8:23",
      "it names nothing to match",
      "write it like this: deny: { effects: [deploy] }",
      "rules:\n  - { id: none, deny: { effects: [deploy] } }",
    ],
    [
      "with: { a: 1 }",
      "with: [a]",
      "11:38",
      "it is a list, and has to be a mapping",
      "write it like this: with: { }",
      "with: { }",
    ],
  ])("says so, and what to write, which is right: %s as %s", (from, to, at, problem, hint, advised) => {
    expect(good).toContain(from);
    const error = check(good.replace(from, to));
    expect(error).toMatchObject({ problem: expect.stringContaining(problem), hint: expect.stringContaining(hint) });
    expect(error?.message).toContain(`policy.yaml:${at} `);
    expect(check(good.replace(from, advised))).toBeUndefined();
  });

  it.each([
    [
      "an alias",
      good.replace("[user]", "&p [user]").replace("max: 20,", "max: 20, per: *p,"),
      "9:53",
      "the alias *p is used",
      "write the value out",
    ],
    ["an alias of nothing", good.replace("[user]", "*p"), "8:55", "the alias *p is used", "write the value out"],
    [
      "an alias of a mapping's members",
      good.replace("{ life: 10m }", "{ <<: *p }"),
      "6:15",
      "the alias *p is used",
      "write the value out",
    ],
    ["a second document", `${good}---\nversion: 1\n`, "12:1", "the file holds more than one YAML document", "keep one of them"],
    ["a key twice", good.replace("ledger:", "version: 1\nledger:"), "2:1", "Map keys must be unique", "keep one of the two"],
  ])("is told with its line where it is YAML of a kind that is not read: %s", (_name, text, at, problem, hint) => {
    const error = check(text);
    expect(error?.message).toContain(`policy.yaml:${at}: ${problem}`);
    expect(error?.message).not.toContain("parseAllDocuments");
    expect(error?.hint).toContain(hint);
  });

  it("is not mended by removing the only thing that a rule matches", () => {
    const effects = 'effects: [transfer], recipients: ["0x70997970C51812dc3A010C7d01b50e0d17dc79C8"]';
    expect(good).toContain(effects);
    expect(check(good.replace(effects, "effects: []"))?.hint).toBe("name something, such as effects: [deploy]");
  });

  it("is nothing where one document has its marks, and a value is named and never called", () => {
    expect(check(`---\n${good}...\n`)).toBeUndefined();
    expect(check(good.replace("[user]", "&p [user]"))).toBeUndefined();
  });
});

it("a policy in code that is not there is told as such, and so is what is no policy", async () => {
  const hint = 'a policy is a mapping with "version:", "ledger:" and "rules:"';
  for (const [given, problem] of [
    [undefined, "there is no policy"],
    [null, "it is empty, and has to be a mapping"],
    ["policy.yaml", "it is text, and has to be a mapping"],
  ])
    await expect(definePolicy(given as never)).rejects.toMatchObject({
      problem,
      hint,
      message: `policy: ${problem}\n  hint: ${hint}`,
    });
});

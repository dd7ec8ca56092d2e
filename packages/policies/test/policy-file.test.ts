import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type LedgerOptions, openMemoryLedger } from "@agentkit-policy/ledger";
import { afterAll, afterEach, describe, expect, it, vi } from "vitest";
import { checkPolicy, definePolicy, loadPolicy } from "../src/policy.js";
import { PolicyFileError } from "../src/policy-file-error.js";

const folder = mkdtempSync(join(tmpdir(), "agentkit-policy-file-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
afterEach(() => {
  vi.unstubAllEnvs();
});

const good = `version: 1
ledger: memory
chains: { "eip155:84532": { confirmations: 1 } }
timing: { life: 4s, leaveWithin: 2s, settleWithin: 1h }
rules:
  - { id: daily-eth, limit: native, max: "0.05", per: [wallet], window: day }
  - { id: usdc, limit: "eip155:84532/erc20:0x036cbd53842c5426634e7929541ec2318f3dcf7e", max: "100", per: [run], window: lifetime }
  - { id: not-a-loop, limit: actions, max: 20, per: [run], window: 10m }
  - { id: no-deploys, deny: { effects: [deploy] }, when: { networks: ["eip155:1"] } }
  - { id: payees, allow: { recipients: ["0x70997970C51812dc3A010C7d01b50e0d17dc79C8"] } }
`;

let serial = 0;

function write(text: string): string {
  serial += 1;
  const file = join(folder, `${serial}.yaml`);
  writeFileSync(file, text);
  return file;
}

function problem(text: string): PolicyFileError {
  const file = write(text);
  try {
    checkPolicy(file);
  } catch (error) {
    if (PolicyFileError.isInstance(error)) return error;
    throw error;
  }
  throw new Error("the policy is valid");
}

describe("a policy file", () => {
  it("that is right compiles, whichever way it is written", () => {
    const policy = checkPolicy(write(good));
    expect(policy.limits.map(({ id, max, asset, unit }) => ({ id, max, asset, unit }))).toEqual([
      { id: "daily-eth", max: "50000000000000000", asset: undefined, unit: "amount" },
      { id: "usdc", max: "100000000", asset: "eip155:84532/erc20:0x036cbd53842c5426634e7929541ec2318f3dcf7e", unit: "amount" },
      { id: "not-a-loop", max: "20", asset: undefined, unit: "actions" },
    ]);
    expect(policy.times).toEqual({ lifeMs: 4_000, settleWithinMs: 3_600_000, marginMs: 40_000, chains: {}, unresolved: "age" });
    expect(checkPolicy(write(good.replaceAll(/ {2,}/g, "  "))).version).toBe(policy.version);
  });

  it("says how a chain settles, what becomes of what is unproven, and whose days are counted", () => {
    const text = good
      .replace("{ confirmations: 1 }", '{ rpc: "https://node.example", confirmations: 1, settleWithin: 2h }')
      .replace("settleWithin: 1h }", "settleWithin: 1h, blockError: 1m }\nunresolved: hold")
      .replace("window: day }", "window: day, timeZone: Europe/Berlin }");
    const { times, nodes, limits } = checkPolicy(write(text));
    expect(times).toMatchObject({
      marginMs: 70_000,
      unresolved: "hold",
      chains: { "eip155:84532": { settleWithinMs: 7_200_000 } },
    });
    expect([...nodes]).toEqual([["eip155:84532", { url: "https://node.example", confirmations: 1 }]]);
    expect(limits[0]?.window).toEqual({ kind: "calendar", unit: "day", timeZone: "Europe/Berlin" });
    expect(checkPolicy(write(good.replace("ledger: memory", "ledger: postgres://u:p@db/agents"))).ledger).toBe(
      "postgres://u:p@db/agents",
    );
  });

  it("may limit the same differently where its rules apply to different networks", () => {
    const elsewhere = good.replace(
      "window: day }",
      'window: day, when: { networks: [base-sepolia] } }\n  - { id: mainnet, limit: native, max: "0.01", per: [wallet], window: day, when: { networks: [base-mainnet] } }',
    );
    expect(checkPolicy(write(elsewhere)).limits.map(({ id }) => id)).toContain("mainnet");
  });

  it("takes JSON, atomic amounts, and a maximum of nothing at all", () => {
    const policy = {
      version: 1,
      ledger: "memory",
      rules: [
        { id: "a", limit: "native", atomic: "1", window: "1d" },
        { id: "b", limit: "native", max: "0", window: "lifetime", per: ["user"] },
      ],
    };
    expect(checkPolicy(write(JSON.stringify(policy))).limits.map(({ max }) => max)).toEqual(["1", "0"]);
  });

  it.each([
    [
      "an unknown key",
      "per: [wallet]",
      "pre: [wallet]",
      { line: 6, column: 50 },
      'the key "pre" is unknown',
      'did you mean "per"',
    ],
    [
      "a misspelt key at the top",
      "rules:",
      "ruels:",
      { line: 5, column: 1 },
      'the key "ruels" is unknown',
      'did you mean "rules"',
    ],
    ["a float as money", '"0.05"', "0.05", { line: 6, column: 42 }, "money is written as a number", 'max: "0.05"'],
    ["a whole number as money", '"100"', "100", { line: 7 }, "money is written as a number", 'max: "100"'],
    [
      "an empty list",
      'recipients: ["0x70997970C51812dc3A010C7d01b50e0d17dc79C8"]',
      "recipients: []",
      { line: 10, column: 40 },
      "the list is empty",
      "name something",
    ],
    [
      "an empty match",
      'recipients: ["0x70997970C51812dc3A010C7d01b50e0d17dc79C8"]',
      "",
      { line: 10 },
      "names nothing to match",
      "",
    ],
    ["a symbol as an asset", "limit: native", "limit: USDC", { line: 6, column: 29 }, '"USDC" is no asset', "CAIP-19"],
    [
      "a token whose decimals nobody knows",
      "0x036cbd53842c5426634e7929541ec2318f3dcf7e",
      "0x136cbd53842c5426634e7929541ec2318f3dcf7e",
      { line: 7 },
      "decimals are not known",
      "tokens:",
    ],
    ["an address with a wrong checksum", "0x70997970C5", "0x70997970c5", { line: 10 }, "checksum is wrong", "copy the address"],
    [
      "an address that is too short",
      "0x70997970C51812dc3A010C7d01b50e0d17dc79C8",
      "0x70997970C51812dc3A010C7d01b50e0d17dc79C",
      { line: 10 },
      "is no address",
      "",
    ],
    [
      "a name instead of an address",
      "0x70997970C51812dc3A010C7d01b50e0d17dc79C8",
      "alice.eth",
      { line: 10 },
      "is no address",
      "names such as ENS",
    ],
    ["an exponent", '"100"', '"1e2"', { line: 7 }, "plain digits", ""],
    ["more decimals than the asset has", '"100"', '"0.0000001"', { line: 7 }, "6 decimals", ""],
    ["a negative maximum", '"0.05"', '"-1"', { line: 6 }, "plain digits", ""],
    ["an id used twice", "no-deploys", "daily-eth", { line: 9 }, "used twice", "an id of its own"],
    ["an unknown window", "window: day", "window: fortnight", { line: 6 }, "no window", "known: attempt"],
    ["a window of no time", "window: 10m", "window: 0m", { line: 8 }, "no window", ""],
    ["a scope that nobody knows", "per: [wallet]", "per: [purse]", { line: 6 }, '"purse" is not known here', "wallet"],
    [
      "an effect that nobody knows",
      "effects: [deploy]",
      "effects: [deploys]",
      { line: 9 },
      '"deploys" is not known here',
      'did you mean "deploy"',
    ],
    ["a rule of no kind", "deny:", "deyn:", { line: 9 }, "no kind of rule", 'did you mean "deny"'],
    [
      "a rule of two kinds",
      "deny: { effects: [deploy] }",
      "deny: { effects: [deploy] }, allow: { effects: [deploy] }",
      { line: 9 },
      "several kinds",
      "",
    ],
    ["another version", "version: 1", "version: 2", { line: 1 }, '"2" is not known', "1"],
    ["no ledger", "ledger: memory", "", { line: 1 }, '"ledger" is missing', "add"],
    [
      "a count of actions by what they have none of",
      "max: 20, per: [run]",
      "max: 20, per: [run, counterparty]",
      { line: 8 },
      "an action has no one counterparty",
      "leave counterparty out",
    ],
    [
      "a time zone that does not exist",
      "window: day }",
      "window: day, timeZone: Mars/Olympus }",
      { line: 6 },
      "is no time zone",
      "Europe/Berlin",
    ],
    [
      "a time zone of no calendar",
      "window: 10m }",
      "window: 10m, timeZone: Europe/Berlin }",
      { line: 8 },
      "only a calendar window",
      "leave it out",
    ],
    [
      "a node without an address",
      "{ confirmations: 1 }",
      "{ rpc: somewhere, confirmations: 1 }",
      { line: 3 },
      "no address of a node",
      "https://",
    ],
    [
      "a chain of unknown finality",
      '"eip155:84532": { confirmations: 1 }',
      '"eip155:99": { rpc: "http://127.0.0.1:1" }',
      { line: 3 },
      "when a block of this chain is final",
      "confirmations:",
    ],
    ["another word for what is unproven", "rules:", "unresolved: forget\nrules:", { line: 5 }, "", ""],
    ["a ledger of another kind", "ledger: memory", "ledger: mysql://x", { line: 2 }, "is no ledger", "sqlite:"],
    ["a ledger after two slashes", "ledger: memory", "ledger: sqlite://own.db", { line: 2 }, "slashes", '"sqlite:./name.db"'],
    ["a ledger after three", "ledger: memory", "ledger: sqlite:///own.db", { line: 2 }, "slashes", '"sqlite:/absolute/name.db"'],
    ["a limit without a maximum", ', max: "0.05"', "", { line: 6 }, 'no "max"', "atomic"],
    ["a limit with two maxima", 'max: "0.05"', 'max: "0.05", atomic: "1"', { line: 6 }, "both", ""],
    ["a fraction of an action", "max: 20", "max: 20.5", { line: 8 }, "", ""],
    ["a life in which nothing can leave", "leaveWithin: 2s", "leaveWithin: 4s", { line: 4 }, "nothing could ever leave", "life"],
    [
      "a shorter window that admits more",
      "window: lifetime }",
      'window: lifetime }\n  - { id: usdc-hour, limit: "eip155:84532/erc20:0x036cbd53842c5426634e7929541ec2318f3dcf7e", max: "101", per: [run], window: hour }',
      { line: 8 },
      "more in a shorter window",
      "lower",
    ],
    [
      "a network that no wallet has",
      'networks: ["eip155:1"]',
      'networks: ["base-sepolai"]',
      { line: 9 },
      "is no network",
      'did you mean "base-sepolia"',
    ],
    ["a network that is no CAIP-2", 'networks: ["eip155:1"]', 'networks: ["eip155:1x"]', { line: 9 }, "is no network", "CAIP-2"],
    ["a scope named twice", "per: [wallet]", "per: [wallet, wallet]", { line: 6 }, "named twice", "once"],
    [
      "an attempt that admits more than a day",
      "window: lifetime }",
      'window: lifetime }\n  - { id: one, limit: native, max: "0.06", per: [wallet], window: attempt }',
      { line: 8 },
      "more in a shorter window",
      "lower",
    ],
    ["rules that are no list", "rules:", "rules: {}\nx:", {}, "", ""],
    [
      "a recipient without its 0x",
      '"0x70997970C51812dc3A010C7d01b50e0d17dc79C8"',
      '"70997970C51812dc3A010C7d01b50e0d17dc79C8"',
      { line: 10 },
      "is no address",
      "0x",
    ],
    [
      "a recipient on a chain that is none",
      '"0x70997970C51812dc3A010C7d01b50e0d17dc79C8"',
      '"eip155:base-sepolia:0x70997970C51812dc3A010C7d01b50e0d17dc79C8"',
      { line: 10 },
      "is no chain",
      "CAIP-2",
    ],
    [
      "a recipient on a chain with a leading zero",
      '"0x70997970C51812dc3A010C7d01b50e0d17dc79C8"',
      '"eip155:084532:0x70997970C51812dc3A010C7d01b50e0d17dc79C8"',
      { line: 10 },
      "is no chain",
      "",
    ],
    [
      "a chain's coin under its token's name",
      "eip155:84532/erc20:0x036cbd53842c5426634e7929541ec2318f3dcf7e",
      "eip155:42220/erc20:0x471ece3750da237f93b8e339c536989b8978a438",
      { line: 7 },
      "is the chain's own coin",
      'write "eip155:42220/slip44:60"',
    ],
    ["an asset on a chain with a leading zero", "eip155:84532/erc20", "eip155:084532/erc20", { line: 7 }, "is no asset", ""],
    ["an octal number", "max: 20", "max: 010", { line: 8 }, "read in several ways", "plain digits"],
    ["a hexadecimal number", "max: 20", "max: 0x10", { line: 8 }, "read in several ways", ""],
    ["a number with an exponent", "max: 20", "max: 1e3", { line: 8 }, "read in several ways", ""],
    ["a tag", "ledger: memory", "ledger: !!str memory", { line: 2 }, "tag", "plain values"],
    [
      "a key that reaches a prototype",
      "timing: {",
      "tokens: { __proto__: { decimals: 6 } }\ntiming: {",
      { line: 4 },
      "__proto__",
      "",
    ],
    [
      "decimals that contradict the token's own",
      "timing: {",
      'tokens: { "eip155:84532/erc20:0x036cbd53842c5426634e7929541ec2318f3dcf7e": { decimals: 18 } }\ntiming: {',
      { line: 4 },
      "6 decimals",
      "built in",
    ],
    [
      "two limits on the same in the same window",
      "window: day }",
      'window: day }\n  - { id: again, limit: native, max: "0.06", per: [wallet], window: day }',
      { line: 6 },
      "same window",
      "keep one",
    ],
    ...[
      ["its default zone in words", "window: day, timeZone: Etc/UTC"],
      ["a zone in other letters", "window: day, timeZone: utc"],
    ].map(([name, window]): [string, string, string, object, string, string] => [
      `two limits on the same in the same window, one with ${name}`,
      "window: day }",
      `window: day }\n  - { id: again, limit: native, max: "0.06", per: [wallet], ${window} }`,
      { line: 6 },
      "same window",
      "keep one",
    ]),
    [
      "two limits on the same in the same window, on one network by two names",
      "window: day }",
      'window: day, when: { networks: [base-mainnet] } }\n  - { id: again, limit: native, max: "0.06", per: [wallet], window: day, when: { networks: ["eip155:8453"] } }',
      { line: 6 },
      "same window",
      "keep one",
    ],
    [
      "a limit on what is not on its networks",
      "window: lifetime }",
      "window: lifetime, when: { networks: [base-mainnet] } }",
      { line: 7 },
      "never matters",
      "eip155:84532",
    ],
    [
      "a limit on a coin that none of its networks has",
      "window: day }",
      "window: day, when: { networks: [solana-mainnet] } }",
      { line: 6 },
      "never matters",
      "",
    ],
    [
      "a rule on networks that its when leaves out",
      "deny: { effects: [deploy] }",
      "deny: { effects: [deploy], networks: [base-sepolia] }",
      { line: 9 },
      "never matters",
      "the same in both",
    ],
    [
      "a rule on assets that are not on its networks",
      "deny: { effects: [deploy] }",
      'deny: { assets: ["eip155:8453/slip44:60"] }',
      { line: 9 },
      "never matters",
      "eip155:8453",
    ],
    ["a chain that is none", '"eip155:84532":', "84532:", { line: 3 }, "is no chain", "CAIP-2"],
    ["a zero of confirmations", "confirmations: 1", "confirmations: 0", { line: 3 }, "", ""],
    ["a duplicate key", "ledger: memory", "ledger: memory\nledger: memory", { line: 3 }, "unique", ""],
    ["an alias", "ledger: memory", "ledger: &a memory\nextra: *a", {}, "alias", "no anchors"],
  ])("with %s says where it is, what it is and what to do", (_name, from, to, place, text, hint) => {
    expect(good).toContain(from);
    const error = problem(good.replace(from, to));
    expect(error.place).toMatchObject({ file: expect.stringContaining(folder), ...place });
    expect(error.problem).toContain(text);
    expect(error.hint).toContain(hint);
    expect(error.message).toContain("hint: ");
  });

  it.each([
    ["native_transfer", 'did you mean "wallet.native_transfer"'],
    ["wallet.native_transfr", 'did you mean "wallet.native_transfer"'],
    ["t_native_transfer", ""],
    ["constructor", ""],
  ])("naming the action %s, which matches none, is refused", (name, hint) => {
    expect(problem(good.replace("effects: [deploy]", `actions: ["${name}"]`)).hint).toContain(hint);
  });

  it.each(["wallet.native_transfer", "WalletActionProvider_native_transfer", "erc20.*", "*"])(
    "naming the action %s is fine",
    (name) => {
      expect(checkPolicy(write(good.replace("effects: [deploy]", `actions: ["${name}"]`))).statelessRules).toHaveLength(2);
    },
  );

  it("may name an action that the program says it registers", () => {
    const file = write(good.replace("effects: [deploy]", 'actions: ["CustomActionProvider_pay"]'));
    expect(() => checkPolicy(file)).toThrow(PolicyFileError);
    expect(checkPolicy(file, { actions: ["CustomActionProvider_pay"] }).statelessRules).toHaveLength(2);
  });

  it.each([
    ["", "empty"],
    ["# nothing\n", "empty"],
    ["version: 1\nledger: memory\nrules: []\n", "list is empty"],
    ["just text", "it is text, and has to be a mapping"],
    ["[1, 2]", "it is a list, and has to be a mapping"],
    ["version: 1\nledger: memory\nrules:\n", "it is empty, and has to be a list"],
    ["rules: [", ""],
  ])("of %j is refused", (text, message) => {
    expect(problem(text).problem).toContain(message);
  });

  it("holds no secret: ${NAME} stands for a variable of the environment, and the version is that of what is written", () => {
    const text = good.replace("memory", '"sqlite:${LEDGER_FOLDER}/${LEDGER_NAME}.db" # ${NOT_SET} in a comment is a comment');
    vi.stubEnv("LEDGER_FOLDER", "/srv/one");
    vi.stubEnv("LEDGER_NAME", "a: [b");
    const one = checkPolicy(write(text));
    expect(one.ledger).toBe("sqlite:/srv/one/a: [b.db");
    vi.stubEnv("LEDGER_FOLDER", "/srv/another");
    const another = checkPolicy(write(text));
    expect(another.ledger).toBe("sqlite:/srv/another/a: [b.db");
    expect(another.version).toBe(one.version);
    vi.stubEnv("LEDGER_NAME", undefined);
    const { message, place } = problem(text);
    expect(message).toContain("the environment variable LEDGER_NAME is not set");
    expect(place).toMatchObject({ line: 2, column: 9 });
    expect(problem(good.replace('max: "0.05"', 'max: "${LEDGER_FOLDER}"')).message).toContain("max");
  });

  it("that is missing is refused, and nothing is opened", async () => {
    await expect(loadPolicy(join(folder, "none.yaml"))).rejects.toMatchObject({
      name: "PolicyFileError",
      problem: "there is no such policy file",
    });
  });

  it("in code has the same shape and the same checks, by path", async () => {
    const policy = await definePolicy({
      version: 1,
      ledger: "memory",
      rules: [{ id: "a", limit: "native", max: "1", window: "day" }],
    });
    expect(policy.name).toBe("policy");
    await policy.dispose();
    await expect(
      definePolicy({ version: 1, ledger: "memory", rules: [{ id: "a", limit: "native", max: 0.05 as never, window: "day" }] }),
    ).rejects.toMatchObject({
      place: { path: "rules[0].max" },
      problem: "money is written as a number",
    });
  });

  it("may be about one of several networks, by any of its names", () => {
    const rules = [
      ["window: day }", 'window: day, when: { networks: [solana-mainnet, "eip155:84532"] } }'],
      ["window: lifetime }", "window: lifetime, when: { networks: [base-sepolia, base-mainnet] } }"],
      [
        "deny: { effects: [deploy] }",
        'deny: { assets: ["eip155:1/slip44:60", native], networks: [ethereum-mainnet, base-mainnet] }',
      ],
    ] as const;
    const text = rules.reduce((all, [from, to]) => all.replace(from, to), good);
    expect(checkPolicy(write(text)).limits).toHaveLength(3);
  });

  it.each([
    [
      "contains itself",
      () => {
        const rule = { id: "a", limit: "native", max: "1", window: "day" } as Record<string, unknown>;
        rule["when"] = rule;
        return { version: 1, ledger: "memory", rules: [rule] };
      },
    ],
    ["is inherited", () => Object.create({ version: 1, ledger: "memory", rules: [] })],
  ])("in code holds nothing that %s, by which two would have one version", async (problem, make) => {
    const defined = definePolicy(make() as never);
    await expect(defined).rejects.toMatchObject({ problem: `it ${problem}` });
    await expect(defined).rejects.toThrow(PolicyFileError);
  });

  it("in code names no undefined value, such as a variable that is not set", async () => {
    const rules = [{ id: "a", allow: { recipients: undefined as never } }];
    await expect(definePolicy({ version: 1, ledger: "memory", rules })).rejects.toMatchObject({
      place: { path: "rules[0].allow.recipients" },
      problem: "it is undefined",
    });
  });

  it("is used with a ledger of one's own, with the policy's times, in place of the one that it names", async () => {
    const asked: LedgerOptions[] = [];
    const file = write(good.replace("ledger: memory", "ledger: sqlite:./never.db"));
    const policy = await loadPolicy(file, {
      mustExist: true,
      async openLedger(options) {
        asked.push(options);
        return openMemoryLedger(options);
      },
    });
    expect(asked).toMatchObject([{ times: { lifeMs: 4_000, settleWithinMs: 3_600_000 }, mustExist: true }]);
    expect(await policy.ledger.assets()).toEqual([]);
    expect(existsSync(join(folder, "never.db"))).toBe(false);
    await policy.dispose();
    await expect(policy.ledger.assets()).rejects.toMatchObject({ code: "ledger_disposed" });
  });

  it("resolves its ledger against its own folder", async () => {
    const policy = await loadPolicy(write(good.replace("ledger: memory", "ledger: sqlite:./own.db")));
    await policy.dispose();
    await expect(
      loadPolicy(write(good.replace("ledger: memory", "ledger: sqlite:./own.db")), { mustExist: true }).then((again) =>
        again.dispose(),
      ),
    ).resolves.toBeUndefined();
    await expect(
      loadPolicy(write(good.replace("ledger: memory", "ledger: sqlite:./other.db")), { mustExist: true }),
    ).rejects.toMatchObject({ code: "ledger_unreachable" });
  });

  it("takes a ledger's whole path as it stands", async () => {
    const file = join(folder, "whole.db");
    const policy = await loadPolicy(write(good.replace("ledger: memory", `ledger: sqlite:${file}`)));
    await policy.dispose();
    expect(existsSync(file)).toBe(true);
  });
});

import { describe, expect, it } from "vitest";
import { cyclesAdapterOptions } from "../src/cycles-adapter-options.js";

const token = "0x036cbd53842c5426634e7929541ec2318f3dcf7e";
const good = { baseUrl: "https://cycles.example.com", apiKey: "k", tenant: "acme" };

/** The first thing that is wrong with options, and where; undefined where nothing is. */
function issueOf(options: unknown) {
  const { error } = cyclesAdapterOptions.safeParse(options);
  const [issue] = error?.issues ?? [];
  return issue && { at: issue.path, says: issue.message };
}

describe("a price", () => {
  const priced = (asset: string) => issueOf({ ...good, prices: { [asset]: { worth: "1", decimals: 6 } } });

  it.each([
    "eip155:84532/slip44:60",
    `eip155:84532/erc20:${token}`,
    `eip155:1/erc721:${token}/771769`,
    "solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp/slip44:501",
    "solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp/token:EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v",
    "cosmos:cosmoshub-4/slip44:118",
  ])("is taken of %s, which an action may move", (asset) => {
    expect(priced(asset)).toBeUndefined();
  });

  const caip19 = 'is no asset: write CAIP-19 in lower case, such as "eip155:84532/slip44:60"';
  it.each([
    ["native", `"native" ${caip19}`],
    ["USDC", `"USDC" ${caip19}`],
    [token, `"${token}" ${caip19}`],
    ["", `"" ${caip19}`],
    ["eip155:84532", `"eip155:84532" ${caip19}`],
    ["eip155:084532/slip44:60", `"eip155:084532/slip44:60" ${caip19}`],
    [`eip155:84532/erc20:${token.slice(0, -1)}`, caip19],
    ["EIP155:84532/slip44:60", 'not in lower case: write "eip155:84532/slip44:60"'],
    ["eip155:84532/SLIP44:60", 'not in lower case: write "eip155:84532/slip44:60"'],
    ["eip155:84532/erc20:0x036CbD53842c5426634e7929541eC2318f3dCF7e", `not in lower case: write "eip155:84532/erc20:${token}"`],
    ["eip155:137/slip44:966", 'the coin of every eip155 chain is slip44:60: write "eip155:137/slip44:60"'],
    ["SOLANA:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp/slip44:501", caip19],
  ])("of %j is refused, since no attempt would ever find it, with what to write", (asset, says) => {
    expect(priced(asset)).toEqual({ at: ["prices", asset], says: expect.stringContaining(says) });
  });

  it("that is wrong in itself is still said as such", () => {
    const prices = { "eip155:84532/slip44:60": { worth: "0", decimals: 18 } };
    expect(issueOf({ ...good, prices })).toMatchObject({ at: ["prices", "eip155:84532/slip44:60", "worth"] });
    expect(issueOf({ ...good, prices: [] })?.says).toContain("expected record");
  });
});

describe("the server's address", () => {
  it.each(["https://cycles.example.com/v1", "https://cycles.example.com/v1/", "http://127.0.0.1:7878/budgets/v1//"])(
    "%s is refused, since every request would go to /v1/v1",
    (baseUrl) => {
      expect(issueOf({ ...good, baseUrl })).toEqual({ at: ["baseUrl"], says: expect.stringContaining("write it without") });
    },
  );

  it.each(["https://cycles.example.com", "https://cycles.example.com/", "https://gateway.example.com/v1/cycles", "https://v1"])(
    "%s is taken",
    (baseUrl) => {
      expect(issueOf({ ...good, baseUrl })).toBeUndefined();
    },
  );
});

describe("a level that is the same for all attempts", () => {
  it.each(["Prod", "pay.v2", "base-main_1", "a".repeat(128)])("is taken as %s, as the server names it", (name) => {
    expect(cyclesAdapterOptions.parse({ ...good, workspace: name, app: name })).toMatchObject({ workspace: name, app: name });
  });

  it.each(["workspace", "app", "tenant"])("is refused where no server could have such a %s", (level) => {
    for (const name of ["", "pay desk", "a:b", "a/b", "caf\u00e9", "a".repeat(129)])
      expect(issueOf({ ...good, [level]: name })).toEqual({
        at: [level],
        says: expect.stringMatching(`${level} is up to 128 letters, digits, _, . and -$`),
      });
  });
});

describe("how long a hold lasts", () => {
  it.each([1_000, 4_999])("is refused as %d ms, in which no attempt could rely on it", (ttlMs) => {
    expect(issueOf({ ...good, ttlMs })).toEqual({ at: ["ttlMs"], says: expect.stringContaining("5000 or more") });
  });

  it("may be five seconds", () => {
    expect(issueOf({ ...good, ttlMs: 5_000 })).toBeUndefined();
  });
});

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CyclesTestServer } from "@agentkit-policy/adapter-cycles/test-server";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ActionContext, loadPolicy } from "../src/index.js";
import { commandIn } from "./support/command.js";

const folder = mkdtempSync(join(tmpdir(), "agentkit-policy-command-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const run = commandIn(folder);

const policyText = `version: 1
ledger: sqlite:./ledger.db
rules:
  - { id: daily-eth, limit: native, max: "0.05", per: [wallet], window: day }
  - { id: loop, limit: actions, max: 20, per: [run], window: 10m }
  - { id: payees, allow: { recipients: ["0x70997970c51812dc3a010c7d01b50e0d17dc79c8"] } }
`;
writeFileSync(join(folder, "policy.yaml"), policyText);

describe("agentkit-policy", () => {
  it.each([
    ["--help"],
    ["check", "--help"],
    ["budgets", "--help"],
    ["budgets", "adjust", "--help"],
    ["freeze", "--help"],
    ["unfreeze", "--help"],
    ["reconcile", "--help"],
    ["doctor", "--help"],
  ])("%s %s %s says how it is used", async (...args) => {
    expect(await run(...args.filter((arg) => arg !== undefined))).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("Usage: agentkit-policy"),
    });
  });

  it("check says what every rule does", async () => {
    const { code, stdout, stderr } = await run("check");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain("daily-eth  limit  at most 0.05 of the chain's coin per wallet, each day (UTC)");
    expect(stdout).toContain("loop       limit  at most 20 actions per run, in any 600 s");
    expect(stdout).toContain("payees     allow  recipients: 0x70997970c51812dc3a010c7d01b50e0d17dc79c8");
    expect(stdout).not.toContain("when");
  });

  it("check says where a rule applies at all, and that what is unproven is held", async () => {
    const rules = [
      '{ id: cap, limit: native, max: "1", window: day, when: { networks: ["eip155:1"] } }',
      "{ id: no-deploys, deny: { effects: [deploy] }, when: { networks: [base-mainnet], actions: [wallet.native_transfer] } }",
    ];
    writeFileSync(
      join(folder, "when.yaml"),
      `version: 1\nledger: memory\nunresolved: hold\nrules:\n  - ${rules.join("\n  - ")}\n`,
    );
    const { code, stdout } = await run("check", "when.yaml");
    expect(code).toBe(0);
    expect(stdout).toContain("for everybody together, each day (UTC); when networks: eip155:1\n");
    expect(stdout).toContain("effects: deploy; when networks: base-mainnet; actions: wallet.native_transfer\n");
    expect(stdout).toContain("counts until it is proven (unresolved: hold)\n");
  });

  it("check makes the engines that rules use, and says what is wrong with their options, and where", async () => {
    const rule =
      "  - { id: cycles, use: cycles, with: { baseUrl: 'https://cycles.example.com', apiKey: secret, tenant: acme } }\n";
    writeFileSync(join(folder, "uses.yaml"), policyText + rule);
    expect(await run("check", "uses.yaml")).toMatchObject({
      code: 0,
      stderr: "",
      stdout: expect.stringMatching(/cycles +use +asks cycles/),
    });
    writeFileSync(join(folder, "uses.yaml"), policyText + rule.replace("https", "http"));
    const { code, stdout, stderr } = await run("check", "uses.yaml");
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(/^error: uses\.yaml:7:\d+ rules\[3\]: .*not https/);
    expect(stderr).not.toContain("secret");
    writeFileSync(join(folder, "uses.yaml"), policyText + rule.replace("tenant", "tenent"));
    expect((await run("check", "uses.yaml")).stderr).toMatch(/^error: uses\.yaml:7:\d+ rules\[3\]\.with/);
  });

  it("doctor says what Cycles derives from a file, what the budgets there have left, and no secret", async () => {
    const server = await CyclesTestServer.start({
      apiKeys: { acme: "a-secret-key" },
      budgets: [
        { scope: "tenant:acme", unit: "USD_MICROCENTS", allocated: 2n ** 60n },
        { scope: "tenant:acme/workspace:base-main", unit: "TOKENS", allocated: 5n },
      ],
    });
    try {
      const options = `baseUrl: "${server.baseUrl}", apiKey: a-secret-key, tenant: acme, workspace: base-Main`;
      writeFileSync(join(folder, "doctor.yaml"), `${policyText}  - { id: cycles, use: cycles, with: { ${options} } }\n`);
      const { code, stdout, stderr } = await run("doctor", "doctor.yaml");
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
      expect(stdout).toContain("tenant:acme  1152921504606846976 of 1152921504606846976 USD_MICROCENTS left");
      expect(stdout).toContain("tenant:acme/workspace:base-main  no budget in USD_MICROCENTS, and one in TOKENS");
      expect(stdout).toContain("tenant:acme/workspace:base-main/workflow:<run>/agent:<agent, or its wallet>");
      expect(stdout).toContain("nothing is held at the moment");
      expect(stdout).not.toContain("secret");
      expect(JSON.parse((await run("doctor", "doctor.yaml", "--json")).stdout)).toMatchObject([
        { rule: "cycles", use: "cycles" },
      ]);
    } finally {
      await server.close();
    }
    const { code, stdout } = await run("doctor", "doctor.yaml");
    expect(code, "a server that is down is what it is asked about").toBe(0);
    expect(stdout).toContain("the server does not say: no answer");
  });

  describe("reconcile of a ledger in which a process that is gone left an attempt", () => {
    const asset = "eip155:84532/slip44:60";
    let server: CyclesTestServer;
    beforeAll(async () => {
      const budgets = [{ scope: "tenant:acme", unit: "USD_MICROCENTS", allocated: 1_000n } as const];
      server = await CyclesTestServer.start({ apiKeys: { acme: "a-key" }, budgets });
    });
    afterAll(async () => await server.close());

    function write(name: string, apiKey: string): void {
      const options = `baseUrl: "${server.baseUrl}", apiKey: ${apiKey}, tenant: acme, prices: { "${asset}": { worth: "1", decimals: 8 } }`;
      const text = `version: 1\nledger: sqlite:./${name}.db\nrules:\n  - { id: all, limit: native, max: "1", window: day }\n  - { id: cycles, use: cycles, with: { ${options} } }\n`;
      writeFileSync(join(folder, `${name}.yaml`), text);
    }

    /** @returns so many attempts, each of which an hour ago was allowed to move an amount */
    async function leave(name: string, amount = "70", count = 1): Promise<string[]> {
      write(name, "a-key");
      const anHour = 60 * 60_000;
      const clock = { now: () => Date.now() - anHour, uptime: () => performance.now() };
      const policy = await loadPolicy(join(folder, `${name}.yaml`), { clock, background: false });
      const time = clock.now().toString(16).padStart(12, "0");
      const context: Omit<ActionContext, "actionId"> = {
        layer: "action",
        actionName: "pay",
        chainId: "eip155:84532",
        args: null,
        effects: [{ kind: "transfer", asset, amount, basis: "declared" }],
        moneyVisible: false,
        actionHash: "0".repeat(64),
        requestedAt: new Date(clock.now()).toISOString(),
      };
      const scope = { signal: new AbortController().signal, remainingMs: 5_000 };
      const attempts: string[] = [];
      for (let serial = 1; serial <= count; serial += 1) {
        const actionId = `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-${String(serial).padStart(12, "0")}`;
        expect(await policy.beforeAction({ ...context, actionId }, scope)).toMatchObject({ decision: "allow" });
        attempts.push(actionId);
      }
      await policy.dispose();
      return attempts;
    }

    it("tells engines what became of it, and says of which", async () => {
      const [attempt] = await leave("left");
      const { code, stdout } = await run("reconcile", "left.yaml");
      expect(code).toBe(0);
      expect(stdout).toContain(`engines know now what became of ${attempt}\n`);
      expect(stdout).not.toContain("do not know");
      expect(server.budgets.get("tenant:acme").spent).toBe(70n);
      const nothing = { proven: [], told: [], unproven: 0, untold: [] };
      expect(JSON.parse((await run("reconcile", "left.yaml", "--json")).stdout)).toEqual(nothing);
    });

    it("tells all that is due, however much has gathered", async () => {
      const attempts = await leave("many", "1", 101);
      const { told, untold } = JSON.parse((await run("reconcile", "many.yaml", "--json")).stdout) as Record<string, string[]>;
      expect(told?.sort()).toEqual(attempts);
      expect(untold).toEqual([]);
    });

    it("says which engines could not be told of, and that what is open is not over", async () => {
      const [attempt] = await leave("unheard");
      write("unheard", "another-key");
      const { code, stdout, stderr } = await run("reconcile", "unheard.yaml");
      expect(code).toBe(0);
      expect(stdout).toContain(`engines do not know yet what became of ${attempt}\n`);
      expect(stdout).toContain("what is open counts, and is looked at once its attempt's life is over\n");
      expect(stdout).not.toContain("engines know now");
      expect(stderr).toContain(`${attempt} could not be settled with all engines yet`);
    });
  });

  it("doctor of a file that uses no engine says so", async () => {
    expect(await run("doctor")).toMatchObject({ code: 0, stdout: "policy.yaml uses no engine\n" });
  });

  it("check of a wrong file fails with file, line and hint, and prints nothing on standard output", async () => {
    writeFileSync(join(folder, "wrong.yaml"), policyText.replace("max:", "maximum:"));
    expect(await run("check", "wrong.yaml")).toEqual({
      code: 1,
      stdout: "",
      stderr: expect.stringMatching(
        /^error: wrong\.yaml:4:37 rules\[0\]\.maximum: the key "maximum" is unknown\n {2}hint: .*max/,
      ),
    });
  });

  it("budgets of a policy under which nothing ran says that there is no ledger yet", async () => {
    expect(await run("budgets")).toMatchObject({ code: 1, stdout: "", stderr: expect.stringContaining("there is no ledger") });
  });

  it("budgets shows what is counted and left, and as JSON in exact atomic units", async () => {
    const policy = await loadPolicy(join(folder, "policy.yaml"));
    const asset = "eip155:84532/slip44:60";
    const time = Date.now().toString(16).padStart(12, "0");
    await policy.ledger.reserve({
      attemptId: `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-000000000001`,
      stepId: "root",
      scopes: { wallet: "eip155:0xf39f" },
      lines: [{ unit: "amount", asset, amount: "7000000000000000" }],
      limits: [],
      arm: true,
    });
    await policy.dispose();
    const { code, stdout } = await run("budgets");
    expect(code).toBe(0);
    expect(stdout).toMatch(/daily-eth\s+wallet eip155:0xf39f\s+0\.007 ETH\s+0\.007 ETH\s+0\.043 ETH\s+0\.05 ETH/);
    const limits = [
      {
        limitId: "daily-eth",
        scope: { wallet: "eip155:0xf39f" },
        asset,
        unit: "amount",
        counted: "7000000000000000",
        open: "7000000000000000",
        max: "50000000000000000",
        left: "43000000000000000",
      },
    ];
    expect(JSON.parse((await run("budgets", "--json")).stdout)).toEqual({ limits, frozen: [] });
  });

  describe("on a ledger that holds 0.007 ETH of a wallet", () => {
    const asset = "eip155:84532/slip44:60";
    const time = Date.now().toString(16).padStart(12, "0");
    const attemptId = `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-000000000002`;
    const request = (id: string) => ({
      attemptId: id,
      stepId: "root",
      scopes: { wallet: "eip155:0xaaaa", user: "mallory" },
      lines: [{ unit: "amount", asset, amount: "7000000000000000" } as const],
      limits: [],
      arm: true,
    });
    const countedBy = async (wallet: string): Promise<string | undefined> => {
      const { limits } = JSON.parse((await run("budgets", "--json")).stdout) as {
        limits: { scope: { wallet: string }; counted: string }[];
      };
      return limits.find(({ scope }) => scope.wallet === wallet)?.counted;
    };

    it("budgets adjust sets what an attempt counts, and asks for a reason", async () => {
      const policy = await loadPolicy(join(folder, "policy.yaml"));
      await policy.ledger.reserve(request(attemptId));
      await policy.dispose();
      expect(await countedBy("eip155:0xaaaa")).toBe("7000000000000000");
      expect(await run("budgets", "adjust", attemptId, "--spent", "0")).toMatchObject({
        code: 1,
        stdout: "",
        stderr: expect.stringContaining("--reason"),
      });
      for (const wrong of [["0.1"], ["-1"], ["1e9"], ["5"]]) {
        expect(await run("budgets", "adjust", attemptId, "--spent", ...wrong, "--reason", "r")).toMatchObject({
          code: 1,
          stdout: "",
        });
      }
      expect(await countedBy("eip155:0xaaaa")).toBe("7000000000000000");
      const adjusted = await run(
        "budgets",
        "adjust",
        attemptId,
        "--spent",
        "5",
        "--asset",
        asset,
        "--reason",
        "seen on the explorer",
      );
      expect(adjusted).toEqual({
        code: 0,
        stdout: `${attemptId} counts 5 atomic units of ${asset}, and nothing else, from now on: seen on the explorer\n`,
        stderr: "",
      });
      expect(await countedBy("eip155:0xaaaa")).toBe("5");
    });

    it("freeze stops a user in every process, budgets says so, and unfreeze takes it back once", async () => {
      expect(await run("freeze", "user", "mallory", "--reason", "stolen")).toEqual({
        code: 0,
        stdout: "frozen: user mallory (stolen)\n",
        stderr: "",
      });
      const policy = await loadPolicy(join(folder, "policy.yaml"));
      const next = `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-000000000003`;
      expect(await policy.ledger.reserve(request(next))).toMatchObject({ ok: false, code: "frozen" });
      expect((await run("budgets")).stdout).toContain("frozen: user mallory (stolen)");
      expect(await run("unfreeze", "user", "mallory")).toMatchObject({ code: 0 });
      expect(await policy.ledger.reserve(request(next))).toMatchObject({ ok: true });
      expect(await run("unfreeze", "user", "mallory")).toMatchObject({
        code: 1,
        stderr: expect.stringContaining("is not frozen"),
      });
      await policy.dispose();
    });

    it.each([
      [["freeze", "planet", "mars", "--reason", "r"], "known: all, wallet"],
      [["freeze", "user", "--reason", "r"], 'name the user, such as: agentkit-policy freeze user u1 --reason "…"\n'],
      [["unfreeze", "wallet"], "name the wallet, such as: agentkit-policy unfreeze wallet 0x"],
      [["freeze", "all", "everybody", "--reason", "r"], "all takes no value"],
      [["freeze", "all"], "--reason"],
    ])("%j is told what is wrong with it", async (args, hint) => {
      expect(await run(...args)).toMatchObject({ code: 1, stdout: "", stderr: expect.stringContaining(hint) });
    });

    it("reconcile without a node of any chain says how one is named", async () => {
      expect(await run("reconcile")).toMatchObject({ code: 1, stdout: "", stderr: expect.stringContaining('rpc: "${RPC_URL}"') });
    });
  });

  it("an unknown command fails and says where help is", async () => {
    expect(await run("spend")).toMatchObject({ code: 1, stdout: "", stderr: expect.stringContaining("--help") });
  });
});

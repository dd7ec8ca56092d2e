import { spawnSync } from "node:child_process";
import { closeSync, existsSync, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type RunningPostgres, startPostgres } from "../../../scripts/lib/postgres.mjs";
import { printable } from "../src/command/printable.js";
import { table } from "../src/command/table.js";
import { loadPolicy } from "../src/index.js";
import { commandIn, program, unreadCommandIn } from "./support/command.js";
import { coin, newAttemptId, pay } from "./support/pay.js";

const folder = mkdtempSync(join(tmpdir(), "agentkit-policy-operating-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const run = commandIn(folder);

function write(name: string, ...rules: string[]): void {
  writeFileSync(join(folder, `${name}.yaml`), ["version: 1", `ledger: sqlite:./${name}.db`, "rules:", ...rules, ""].join("\n"));
}

async function makeLedger(name: string, actions: readonly string[] = []): Promise<void> {
  const policy = await loadPolicy(join(folder, `${name}.yaml`), { actions, background: false });
  await policy.dispose();
}

const limit = '  - { id: eth, limit: native, max: "1", per: [wallet], window: day }';
const engine = (beside: string, create = "{ beforeAction: () => ({ decision: 'allow' }), settle() {} }"): string => `
const mark = Symbol.for("@agentkit-policy/core/adapter");
const options = { "~standard": { validate: (value) => ({ value }) } };
${beside}
export default Object.defineProperty({ name: "own", options, create: () => (${create}) }, mark, { value: true });
`;

/** Every command that works on the ledger of a policy. */
function ledgerCommands(file: string): string[][] {
  const policy = ["--policy", file];
  return [
    ["freeze", "all", "--reason", "r", ...policy],
    ["unfreeze", "all", ...policy],
    ["budgets", file],
    ["budgets", "adjust", newAttemptId(), "--spent", "0", "--reason", "r", ...policy],
    ["reconcile", file],
  ];
}

describe("on a ledger in memory", () => {
  writeFileSync(join(folder, "memory.yaml"), `version: 1\nledger: memory\nrules:\n${limit}\n`);

  it.each(ledgerCommands("memory.yaml"))("%s %s says that only the program's own process can see it", async (...args) => {
    expect(await run(...args)).toMatchObject({
      code: 1,
      stdout: "",
      stderr: expect.stringMatching(/the ledger of memory\.yaml is in memory, which only the program's own process can see/),
    });
  });

  it("check, which opens no ledger, says what the rules do", async () => {
    expect(await run("check", "memory.yaml")).toMatchObject({ code: 0, stderr: "" });
  });
});

describe("on a PostgreSQL database that holds no ledger", () => {
  const policy = ["--policy", "wrong.yaml"];
  let server: RunningPostgres;

  function writeAt(location: string): void {
    writeFileSync(join(folder, "wrong.yaml"), `version: 1\nledger: "${location}"\nrules:\n${limit}\n`);
  }
  beforeAll(async () => {
    server = await startPostgres();
    writeAt(await server.newDatabase());
  });
  afterAll(async () => await server.stop());

  it.each(ledgerCommands("wrong.yaml"))("%s %s says that there is none, and makes none", async (...args) => {
    expect(await run(...args)).toMatchObject({
      code: 1,
      stdout: "",
      stderr: expect.stringMatching(/there is no ledger in postgres:\S+ yet\n$/),
    });
  });

  it("freeze stops who pays from there, once a program has made one", async () => {
    const opened = await loadPolicy(join(folder, "wrong.yaml"));
    expect(await pay(opened, {})).toMatchObject({ decision: "allow" });
    expect(await run("freeze", "all", "--reason", "stolen", ...policy)).toMatchObject({ code: 0, stderr: "" });
    expect(await pay(opened, {})).toMatchObject({ decision: "deny", code: "frozen" });
    await opened.dispose();
  });

  it.each(["127.0.0.1/db?sslmode=verify-full&sslrootcert=./no-such-file.pem", "127.0.0.1/%ff"])(
    "an address that cannot be used, at %s, is told in one line, without its password",
    async (address) => {
      writeAt(`postgres://agent:hunter2@${address}`);
      const { code, stdout, stderr } = await run("budgets", "wrong.yaml");
      expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
      expect(stderr).toMatch(/^error: ledger_\w+: the ledger postgres:(?!.*hunter2).+\n$/);
    },
  );
});

describe("with a reader that has gone, such as head", () => {
  it("every command does what it is told, and ends quietly", async () => {
    write("unread", limit);
    await makeLedger("unread");
    const unread = unreadCommandIn(folder);
    const policy = ["--policy", "unread.yaml"];
    const commands = [
      ["--help"],
      ["check", "unread.yaml"],
      ["doctor", "unread.yaml"],
      ["freeze", "user", "mallory", "--reason", "stop", ...policy],
      ["budgets", "unread.yaml"],
      ["budgets", "--json", "unread.yaml"],
    ];
    for (const args of commands) expect(await unread(...args), args.join(" ")).toEqual({ code: 0, stderr: "" });
    expect((await run("budgets", "unread.yaml")).stdout).toContain("frozen: user mallory (stop)");
    expect(await unread("budgets", "no-such-file.yaml")).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("no-such-file.yaml"),
    });
  });
});

describe("with names that agents chose", () => {
  const forged = "x\u001b[2K\r\u001b[1A\nfrozen: all (by the operator)\u009b8m\u202e";
  const shown = String.raw`x\u001b[2K\u000d\u001b[1A\u000afrozen: all (by the operator)\u009b8m\u202e`;
  const plain = "Zoë 日本 👩‍💻";

  it("budgets, freeze and unfreeze show what would move the cursor or begin a line; JSON has it as it is", async () => {
    write("forged", limit.replace("wallet", "run"));
    const policy = await loadPolicy(join(folder, "forged.yaml"), { background: false });
    for (const name of [forged, plain]) {
      const line = { unit: "amount", asset: coin, amount: "1" } as const;
      await policy.ledger.reserve({
        attemptId: newAttemptId(),
        stepId: "root",
        scopes: { run: name },
        lines: [line],
        limits: [],
      });
    }
    await policy.dispose();
    const stop = ["--reason", "seen\nfrozen: all (by me)", "--policy", "forged.yaml"];
    expect(await run("freeze", "run", forged, ...stop)).toEqual({
      code: 0,
      stdout: `frozen: run ${shown} (seen\\u000afrozen: all (by me))\n`,
      stderr: "",
    });
    const lines = (await run("budgets", "forged.yaml")).stdout.split("\n");
    expect(lines).toHaveLength(5);
    expect(lines.slice(1, 3).map((line) => line.split(/ {2,}/)[1])).toEqual(
      expect.arrayContaining([`run ${shown}`, `run ${plain}`]),
    );
    expect(lines[3]).toBe(`frozen: run ${shown} (seen\\u000afrozen: all (by me))`);
    const { limits } = JSON.parse((await run("budgets", "--json", "forged.yaml")).stdout) as {
      limits: { scope: { run: string } }[];
    };
    expect(limits.map(({ scope }) => scope.run)).toEqual(expect.arrayContaining([forged, plain]));
    expect(await run("unfreeze", "run", forged, "--policy", "forged.yaml")).toMatchObject({
      code: 0,
      stdout: `no longer frozen: run ${shown}\n`,
    });
  });

  it("what an engine says of itself is one line of it, and is not coloured where nobody sees colours", async () => {
    write("forging", limit, "  - { id: own, use: ./forging.mjs }");
    const examine = `{ examine: () => ["\\u001b[31m red\\nfrozen: nothing"] }`;
    writeFileSync(join(folder, "forging.mjs"), engine("").replace("{ name:", `{ ...${examine}, name:`));
    const { code, stdout } = await run("doctor", "forging.yaml");
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: `own (use: ./forging.mjs)\n  ${String.raw`\u001b[31m red\u000afrozen: nothing`}\n`,
    });
  });

  it("what a module writes to the console is not what was asked for, and no line of the JSON", async () => {
    write("chatty", limit, "  - { id: own, use: ./chatty.mjs }");
    const lines = `{ examine: () => { console.log("asked"); process.stdout.write("again\\n"); return "a word"; } }`;
    writeFileSync(join(folder, "chatty.mjs"), `console.log("loaded");\n${engine("").replace("{ name:", `{ ...${lines}, name:`)}`);
    const { code, stdout, stderr } = await run("doctor", "--json", "chatty.yaml");
    expect([code, JSON.parse(stdout)]).toEqual([0, [{ rule: "own", use: "./chatty.mjs", lines: ["a word"] }]]);
    expect(stderr).toBe("loaded\nasked\nagain\n");
  });

  it("an error shows what would move the cursor, too", async () => {
    expect(await run("unfreeze", "user", "zz\u001b[31m", "--policy", "forged.yaml")).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(String.raw`user zz\u001b[31m is not frozen`),
    });
  });

  it.skipIf(!existsSync("/dev/full"))("what cannot be printed is an error of one line, only where there is a full device", () => {
    const full = openSync("/dev/full", "w");
    const { status, stderr } = spawnSync(process.execPath, [program, "check", "forged.yaml"], {
      cwd: folder,
      stdio: ["ignore", full, "pipe"],
    });
    closeSync(full);
    expect([status, String(stderr)]).toEqual([
      1,
      expect.stringMatching(/^error: what is printed cannot be written: ENOSPC[^\n]*\n$/),
    ]);
  });

  it("two names that look alike are told apart, and pictures are left whole", () => {
    expect(printable("u1\u200b")).toBe(String.raw`u1\u200b`);
    expect(printable("\u{e0041}\ud800")).toBe(String.raw`\u{e0041}\ud800`);
    for (const whole of [plain, "👩🏽‍💻", "🏳️‍🌈"]) expect(printable(whole)).toBe(whole);
  });

  it("a table may be as long as there are names", () => {
    const text = table(["run"], Array(300_000).fill(["r"]));
    expect(text.split("\n")).toHaveLength(300_001);
  });
});

describe("under a policy that names the program's own actions", () => {
  const rules = [limit, '  - { id: own, deny: { actions: [CustomActionProvider_pay, "my_*"] }, when: { actions: [mine] } }'];
  const actions = ["CustomActionProvider_pay", "my_action", "mine"];

  it("budgets, freeze, unfreeze, adjust and reconcile do what they are told, as nothing is judged there", async () => {
    write("own", ...rules);
    await makeLedger("own", actions);
    const policy = ["--policy", "own.yaml"];
    expect(await run("freeze", "all", "--reason", "stop", ...policy)).toMatchObject({ code: 0, stderr: "" });
    expect(await run("budgets", "own.yaml")).toMatchObject({ code: 0, stdout: expect.stringContaining("frozen: all (stop)") });
    expect(await run("unfreeze", "all", ...policy)).toMatchObject({ code: 0, stderr: "" });
    const adjusted = await run("budgets", "adjust", newAttemptId(), "--spent", "0", "--reason", "r", ...policy);
    expect(adjusted.stderr).toContain("the ledger holds no entry");
    expect((await run("reconcile", "own.yaml")).stderr).toContain("names no node of any chain");
    expect(await run("doctor", "own.yaml")).toMatchObject({ code: 0, stdout: "own.yaml uses no engine\n" });
  });

  it("check takes them by --action, and still refuses one that is not named", async () => {
    write("own", ...rules);
    const named = actions.flatMap((name) => ["--action", name]);
    expect(await run("check", "own.yaml", ...named)).toMatchObject({ code: 0, stderr: "" });
    expect(await run("check", "own.yaml", ...named.slice(2))).toMatchObject({
      code: 1,
      stdout: "",
      stderr: expect.stringContaining('no action is called "CustomActionProvider_pay"'),
    });
    expect(await run("check", "own.yaml")).toMatchObject({ code: 1, stdout: "" });
  });
});

describe("under a policy whose engine cannot be opened", () => {
  it("the ledger's commands need none, and reconcile, which tells it something, says what is wrong", async () => {
    write("down", limit);
    await makeLedger("down");
    writeFileSync(join(folder, "down.mjs"), engine('throw new Error("ENGINE_KEY is not set");'));
    write("down", limit, "  - { id: ask, use: ./down.mjs }");
    expect(await run("freeze", "all", "--reason", "stop", "--policy", "down.yaml")).toMatchObject({ code: 0, stderr: "" });
    expect(await run("budgets", "down.yaml")).toMatchObject({ code: 0, stdout: expect.stringContaining("frozen: all") });
    expect(await run("unfreeze", "all", "--policy", "down.yaml")).toMatchObject({ code: 0, stderr: "" });
    for (const command of ["reconcile", "check"])
      expect(await run(command, "down.yaml")).toMatchObject({
        code: 1,
        stderr: expect.stringContaining("ENGINE_KEY is not set"),
      });
  });
});

describe("under a policy one of whose engines cannot be asked", () => {
  it("doctor says why, and what the others say", async () => {
    const examine = 'examine() { throw new Error("there is no route to it"); }';
    writeFileSync(join(folder, "mute.mjs"), engine("").replace("create:", `${examine}, create:`));
    writeFileSync(join(folder, "quiet.mjs"), engine(""));
    write("mute", limit, "  - { id: ask, use: ./mute.mjs }", "  - { id: other, use: ./quiet.mjs }");
    expect(await run("doctor", "mute.yaml")).toEqual({
      code: 0,
      stdout:
        "ask (use: ./mute.mjs)\n  it could not be asked: there is no route to it\nother (use: ./quiet.mjs)\n  it says nothing of itself\n",
      stderr: "",
    });
  });
});

describe("under a policy whose engine has an environment variable that is not set", () => {
  const use = '  - { id: ask, use: cycles, with: { apiKey: "${AGENTKIT_POLICY_NOT_SET}" } }';

  it("the ledger's commands need none, and reconcile and check say which is missing", async () => {
    write("unset", limit);
    await makeLedger("unset");
    write("unset", limit, use);
    expect(await run("freeze", "all", "--reason", "stop", "--policy", "unset.yaml")).toMatchObject({ code: 0, stderr: "" });
    expect(await run("budgets", "unset.yaml")).toMatchObject({ code: 0, stdout: expect.stringContaining("frozen: all") });
    for (const command of ["reconcile", "check"])
      expect(await run(command, "unset.yaml")).toMatchObject({
        code: 1,
        stderr: expect.stringContaining("AGENTKIT_POLICY_NOT_SET is not set"),
      });
  });

  it("the ledger's own variable is still needed", async () => {
    writeFileSync(join(folder, "place.yaml"), `version: 1\nledger: "sqlite:\${AGENTKIT_POLICY_NOT_SET}"\nrules:\n${limit}\n`);
    expect(await run("budgets", "place.yaml")).toMatchObject({ code: 1, stderr: expect.stringContaining("is not set") });
  });
});

describe("with a module that keeps a timer", () => {
  const timer = "setInterval(() => undefined, 1_000);";

  it("check, doctor and reconcile end once their output is out, all of it, with the right code", async () => {
    writeFileSync(join(folder, "timer.mjs"), engine(timer));
    // More than a pipe holds at once.
    const many = Array.from({ length: 2_000 }, (_, index) => `  - { id: deny-${index}, deny: { effects: [deploy, permit] } }`);
    write("timer", limit, "  - { id: ask, use: ./timer.mjs }", ...many);
    const checked = await run("check", "timer.yaml");
    expect({ ...checked, stdout: "" }).toEqual({ code: 0, stdout: "", stderr: "" });
    expect(checked.stdout.length).toBeGreaterThan(65_536);
    expect(checked.stdout).toMatch(/timer\.yaml: 2002 rules, version [0-9a-f]{12}\n$/);
    write("timer", limit, "  - { id: ask, use: ./timer.mjs }");
    expect(await run("doctor", "timer.yaml")).toMatchObject({ code: 0, stdout: expect.stringContaining("ask") });
    await makeLedger("timer");
    expect(await run("reconcile", "timer.yaml")).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("0 calls of attempts that are over are unproven"),
    });
  });

  it("a command that fails ends with 1 and says why", async () => {
    writeFileSync(join(folder, "failing.mjs"), engine(timer, "{}"));
    write("failing", limit, "  - { id: ask, use: ./failing.mjs }");
    expect(await run("check", "failing.yaml")).toMatchObject({
      code: 1,
      stdout: "",
      stderr: expect.stringContaining("makes no provider"),
    });
  });
});

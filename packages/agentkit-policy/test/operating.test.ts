import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { loadPolicy } from "../src/index.js";
import { commandIn } from "./support/command.js";
import { newAttemptId } from "./support/pay.js";

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

describe("on a ledger in memory", () => {
  writeFileSync(join(folder, "memory.yaml"), `version: 1\nledger: memory\nrules:\n${limit}\n`);
  const policy = ["--policy", "memory.yaml"];

  it.each([
    ["freeze", "all", "--reason", "r", ...policy],
    ["unfreeze", "all", ...policy],
    ["budgets", "memory.yaml"],
    ["budgets", "adjust", newAttemptId(), "--spent", "0", "--reason", "r", ...policy],
    ["reconcile", "memory.yaml"],
  ])("%s %s says that only the program's own process can see it", async (...args) => {
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
      stdout: expect.stringContaining("0 calls are unproven"),
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

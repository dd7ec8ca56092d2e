import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { allOf, defineAdapter, type PolicyProvider } from "@agentkit-policy/core";
import type { ActionContext } from "@agentkit-policy/schema";
import { afterAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { checkEngines, type LoadedPolicy, loadPolicy } from "../src/policy.js";
import { alice, contextOf, idAt, transferOf } from "./support/contexts.js";

const now = Date.UTC(2026, 10, 30, 12);
const clock = { now: () => now, uptime: () => now };
const scope = { signal: new AbortController().signal, remainingMs: 5_000 };

const files = mkdtempSync(join(tmpdir(), "agentkit-policy-adapters-"));
afterAll(() => rmSync(files, { recursive: true, force: true }));

function payment(): ActionContext {
  return contextOf({ effects: [transferOf(alice, String(10n ** 18n))] }, now);
}

describe("a rule that uses an engine", () => {
  function write(name: string, text: string): string {
    const file = join(files, name);
    writeFileSync(file, text);
    return file;
  }

  function policyFile(use: string): string {
    return write(
      "policy.yaml",
      `version: 1\nledger: memory\nrules:\n  - { id: eth, limit: native, max: "1", window: day }\n  - ${use}\n`,
    );
  }

  const core = JSON.stringify(import.meta.resolve("@agentkit-policy/core"));
  const options = `{ "~standard": { validate: (value) => value.limit === 3 ? { value } : { issues: [{ message: "not three", path: ["limit"] }] } } }`;
  const define = (parts: string) =>
    `import { defineAdapter } from ${core};\nexport default defineAdapter({ name: "mine", ${parts} });\n`;
  const anyOptions = `options: { "~standard": { validate: (value) => ({ value }) } }`;
  const asking = '({ beforeAction: () => ({ decision: "deny", code: "mine", reason: rule + options.limit }) })';
  write("engine.mjs", define(`options: ${options}, create: (options, { rule }) => ${asking}`));
  write("nothing.mjs", "export default { name: 'x' };\n");
  write("broken.mjs", "throw new Error('no luck');\n");
  write("unmade.mjs", define(`${anyOptions}, create: () => { throw new Error("no server"); }`));
  write(
    "rfc.mjs",
    define(`${anyOptions}, create: () => ({ beforeAction: () => ({ decision: "allow" }), afterAction: () => {} })`),
  );
  write("no-options.mjs", define("create: () => ({ beforeAction: () => ({ decision: 'allow' }) })"));
  write("no-create.mjs", define(anyOptions));
  write("throwing.mjs", define(`options: { "~standard": { validate() { throw new Error("no schema"); } } }, create: () => ({})`));
  const made = `${anyOptions}, create: () => ({ beforeAction: () => ({ decision: "allow" }) })`;
  write("nameless.mjs", define(`${made}, identity: () => undefined`));
  write("unsure.mjs", define(`${made}, identity() { throw new Error("which one"); }`));
  write("importing.mjs", 'import "a-package-that-nobody-has";\n');
  mkdirSync(join(files, "node_modules/esm-only"), { recursive: true });
  write("node_modules/esm-only/package.json", '{ "name": "esm-only", "exports": { ".": { "import": "./index.js" } } }');
  write("node_modules/esm-only/index.js", "");

  it.each([
    ["whose module", "never.mjs", "could not be loaded"],
    ["whose check of its options", "unchecked.mjs", "could not check its options"],
    ["whose making", "unready.mjs", "could not be made"],
  ])("%s never comes to an end is given up, and named", async (_, name, problem) => {
    // The steps before it take their own time, and have a timer each.
    const never = `new Promise(() => void (globalThis.reached = "${name}"))`;
    write("never.mjs", `await ${never};\n`);
    write("unchecked.mjs", define(`options: { "~standard": { validate: () => ${never} } }, create: () => ({})`));
    write("unready.mjs", define(`${anyOptions}, create: () => ${never}`));
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    onTestFinished(() => void vi.useRealTimers());
    onTestFinished(() => void Reflect.deleteProperty(globalThis, "reached"));
    const failed = loadPolicy(policyFile(`{ id: own, use: ./${name} }`), { clock }).catch(String);
    await vi.waitUntil(() => Reflect.get(globalThis, "reached") === name && vi.getTimerCount() > 0, { timeout: 10_000 });
    await vi.advanceTimersByTimeAsync(30_000);
    expect(await failed).toContain(problem);
    expect(await failed).toContain("it did not answer within 30 s");
  });

  it("finds a module from the policy's own folder, and hands it its options", async () => {
    const policy = await loadPolicy(policyFile('{ id: ask, use: "./engine.mjs", with: { limit: 3 } }'), { clock });
    expect(await policy.beforeAction(payment(), scope)).toMatchObject({ decision: "deny", code: "mine", reason: "ask3" });
  });

  it.each([
    ['{ id: ask, use: "./engine.mjs", with: { limit: 4 } }', "rules[1].with.limit", "not three"],
    ['{ id: ask, use: "./engine.mjs" }', "rules[1].with.limit", "not three"],
    ["{ id: ask, use: cycels }", "rules[1].use", 'there is no adapter "cycels"'],
    ['{ id: ask, use: "./nothing.mjs" }', "rules[1].use", "exports no adapter"],
    ['{ id: ask, use: "./broken.mjs" }', "rules[1].use", "no luck"],
    ['{ id: ask, use: "./importing.mjs" }', "rules[1].use", "npm install agentkit-policy"],
    ["{ id: ask, use: esm-only }", "rules[1].use", 'add "default" to its exports'],
    ['{ id: ask, use: "./no-options.mjs" }', "rules[1].use", "has no options"],
    ['{ id: ask, use: "./no-create.mjs" }', "rules[1].use", "give defineAdapter create"],
    ['{ id: ask, use: "./throwing.mjs" }', "rules[1].with", "no schema"],
    ["{ id: ask, use: bare }", "rules[1].use", 'the option "adapters" has no function for "bare"'],
    ['{ id: ask, use: "./unmade.mjs" }', "rules[1]", "no server"],
    ['{ id: ask, use: "./rfc.mjs" }', "rules[1].use", "does not settle by money"],
    ['{ id: ask, use: "./nameless.mjs" }', "rules[1].use", "says in no text which engine its options are for"],
    ['{ id: ask, use: "./unsure.mjs" }', "rules[1].use", "which one"],
    ["{ id: ask, use: composed }", "rules[1].use", "makes no provider"],
    ["{ id: ask, use: cycles, wiht: {} }", "rules[1].wiht", "unknown"],
  ])("that cannot work is told with its place: %s", async (use, path, problem) => {
    const provider = { beforeAction: () => ({ decision: "allow" }) as const };
    const anything = { "~standard": { validate: (value: unknown) => ({ value }) } };
    const composed = async () => defineAdapter({ name: "composed", options: anything, create: () => allOf(provider) });
    const file = policyFile(use);
    const adapters = { cycles: composed, composed, bare: (await composed()) as never };
    for (const open of [() => loadPolicy(file, { adapters }), () => checkEngines(file, adapters)])
      await expect(open()).rejects.toMatchObject({
        name: "PolicyFileError",
        message: expect.stringContaining(problem),
        place: { path, line: 5 },
      });
  });

  it("is warned of where its engine books money and judges no wallet calls", async () => {
    const said: string[] = [];
    const logger = { info: () => undefined, warn: (text: string) => void said.push(text) };
    const anything = { "~standard": { validate: (value: unknown) => ({ value }) } };
    const deciding = { beforeAction: () => ({ decision: "allow" }) as const };
    const open = async (provider: PolicyProvider, mode = "enforce"): Promise<LoadedPolicy> => {
      const adapter = defineAdapter({ name: "mine", options: anything, create: () => provider });
      const file = policyFile(`{ id: ask, use: mine, mode: ${mode} }`);
      return await loadPolicy(file, { adapters: { mine: async () => adapter }, clock, logger });
    };
    await open(deciding);
    await open({ ...deciding, settle: () => undefined }, "shadow");
    await open({ ...deciding, settle: () => undefined, beforeWalletCall: () => ({ decision: "allow" }) });
    expect(said).toEqual([]);
    const policy = await open({ ...deciding, settle: () => undefined });
    expect(said).toEqual([expect.stringContaining('the engine of the rule "ask" judges no wallet calls')]);
    const context = payment();
    const root = await policy.beforeAction(context, scope);
    const settlements = root.decision === "allow" && root.settlement !== undefined ? [root.settlement] : [];
    expect(
      await policy.beforeWalletCall?.({ ...context, layer: "wallet", callId: idAt(now), excess: [] }, { ...scope, settlements }),
    ).toMatchObject({ decision: "allow" });
  });

  it("is offered the name that was meant", async () => {
    const cycles = async () =>
      defineAdapter({
        name: "cycles",
        options: { "~standard": { validate: (value: unknown) => ({ value }) } },
        create: () => ({ beforeAction: () => ({ decision: "allow" }) as const }),
      });
    await expect(loadPolicy(policyFile("{ id: ask, use: cycels }"), { adapters: { cycles } })).rejects.toThrow(
      /did you mean "cycles"/i,
    );
  });
});

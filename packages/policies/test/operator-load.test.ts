import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defineAdapter } from "@agentkit-policy/core";
import { afterAll, describe, expect, it } from "vitest";
import { checkEngines, checkPolicy, examineEngines, loadPolicy } from "../src/policy.js";
import { contextOf } from "./support/contexts.js";

const folder = mkdtempSync(join(tmpdir(), "agentkit-policy-operator-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function policyOf(...rules: string[]): string {
  const file = join(folder, "policy.yaml");
  const limit = '  - { id: eth, limit: native, max: "1", per: [wallet], window: day }';
  writeFileSync(file, ["version: 1", "ledger: memory", "rules:", limit, ...rules, ""].join("\n"));
  return file;
}

const scope = { signal: new AbortController().signal, remainingMs: 5_000 };

describe("a policy that is opened for an operator's command", () => {
  const own = '  - { id: own, deny: { actions: [CustomActionProvider_pay, "my_*"] }, when: { actions: [mine] } }';

  it("takes actions that nobody knows as they are written, and is no other policy for that", async () => {
    const file = policyOf(own);
    const actions = ["CustomActionProvider_pay", "my_action", "mine"];
    expect(() => checkPolicy(file)).toThrow('no action is called "mine"');
    await expect(loadPolicy(file)).rejects.toThrow('no action is called "mine"');
    expect(checkPolicy(file, { anyAction: true }).version).toBe(checkPolicy(file, { actions }).version);
    await checkEngines(file, {}, { actions });
    expect(await examineEngines(file, {}, { anyAction: true })).toEqual([]);
    await (await loadPolicy(file, { anyAction: true, background: false })).dispose();
  });

  it("still refuses whatever else is wrong", () => {
    expect(() => checkPolicy(policyOf("  - { id: own, deny: { assets: [ETH] } }"), { anyAction: true })).toThrow(
      '"ETH" is no asset',
    );
  });

  it("opens no engine where none is wanted, denies what a rule would have asked one, and has nobody to tell", async () => {
    const made: string[] = [];
    const engine = defineAdapter({
      name: "engine",
      options: { "~standard": { validate: (value: unknown) => ({ value }) } },
      create(_options, { rule }) {
        made.push(rule);
        return { beforeAction: () => ({ decision: "allow" }) as const, settle: () => undefined };
      },
    });
    const file = policyOf("  - { id: ask, use: engine, when: { networks: [base-sepolia] } }");
    const adapters = { engine: async () => engine };
    const policy = await loadPolicy(file, { adapters, withoutEngines: true, background: false });
    expect({ made, replay: policy.replay }).toEqual({ made: [], replay: undefined });
    const asked = contextOf({ network: "base-sepolia" });
    expect(await policy.beforeAction(asked, scope)).toMatchObject({
      decision: "deny",
      code: "policy_error",
      reason: 'the engine of the rule "ask" was not opened',
    });
    await policy.dispose();
    const opened = await loadPolicy(file, { adapters, background: false });
    expect({ made, replay: opened.replay }).toEqual({ made: ["ask"], replay: expect.anything() });
    expect(await opened.beforeAction(asked, scope)).toMatchObject({ decision: "allow" });
    await opened.dispose();
  });
});

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { checkPolicy } from "../src/policy.js";
import { durationExamples, policyExamples } from "../src/policy-examples.js";
import { allowRule, denyRule, limitRule, policyFile, useRule } from "../src/policy-file.js";

const folder = mkdtempSync(join(tmpdir(), "agentkit-policy-examples-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** @throws PolicyFileError */
function check(text: string): void {
  const file = join(folder, "policy.yaml");
  writeFileSync(file, text);
  checkPolicy(file);
}

describe("the examples of advice", () => {
  it("are there for every member that a file may have", () => {
    const shapes = [policyFile, limitRule, allowRule, denyRule, useRule].map(({ shape }) => shape);
    const match = allowRule.shape.allow.shape;
    const { chains, timing, tokens } = policyFile.shape;
    const entries = [chains.unwrap().valueType, timing.unwrap(), tokens.unwrap().valueType].map(({ shape }) => shape);
    const keys = [...shapes, match, ...entries].flatMap((shape) => Object.keys(shape));
    expect([...new Set(keys)].sort()).toEqual(Object.keys(policyExamples).sort());
  });

  const aRule = '[{ id: a, limit: native, max: "1", window: day }]';

  it("can be written as they are", () => {
    const example = (...names: string[]) => names.map((name) => `${name}: ${policyExamples[name]}`).join(", ");
    const rule = (...names: string[]) => `  - { ${example(...names)} }\n`.replace("daily-eth", `${names.at(-1)}`.toLowerCase());
    const duration = (name: string) => `${name}: ${durationExamples[name]}`;
    const node = `{ ${example("rpc", "confirmations", "settleWithin")} }`;
    const text = ["version", "ledger", "tokens", "unresolved"].map((name) => example(name)).join("\n");
    const times = ["life", "leaveWithin", "settleWithin", "blockError"];
    const all = [
      `${text}\nchains: { "eip155:1": ${node} }\ntiming: { ${example(...times)} }\nrules:\n`,
      rule("id", "limit", "max", "per", "window", "timeZone"),
      rule("id", "limit", "atomic", "when", "window"),
      rule("id", "deny"),
      rule("id", "allow"),
      `  - { id: every, deny: { ${example("actions", "effects", "assets", "networks", "recipients", "contracts")} } }\n`,
      rule("id", "use", "with", "mode"),
    ].join("");
    check(all);
    check(all.replace(example(...times), times.map(duration).join(", ")));
    const rest = (...names: string[]) =>
      check(`version: 1\nledger: memory\n${names.map((name) => example(name)).join("\n")}\nrules: ${aRule}\n`);
    rest("timing", "chains");
    check(`version: 1\nledger: memory\n${example("rules")}\n`);
    check(`version: 1\nledger: memory\nrules: ${aRule.replace("window: day", duration("window"))}\n`);
  });
});

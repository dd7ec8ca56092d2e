import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
// Below this workspace, so that AgentKit and the packages are found.
const folder = mkdtempSync(join(root, "e2e", ".readme-"));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** What the README takes for granted in its reader's program. */
const given = `
  import type { Action } from "@coinbase/agentkit";
  declare const walletClient: ConstructorParameters<typeof import("@coinbase/agentkit").ViemWalletProvider>[0];
  declare function runAgent(actions: Action[]): Promise<void>;
`;

function problems(code: string): string {
  writeFileSync(join(folder, "readme.ts"), `${given}\n${code}\nexport { kit };\n`);
  writeFileSync(
    join(folder, "tsconfig.json"),
    JSON.stringify({ extends: "../../tsconfig.base.json", compilerOptions: { noEmit: true, types: [] }, include: ["readme.ts"] }),
  );
  try {
    execFileSync(join(root, "node_modules", ".bin", "tsc"), ["-p", folder], { encoding: "utf8", stdio: "pipe" });
    return "";
  } catch (error) {
    return String((error as { stdout?: unknown }).stdout);
  }
}

function blocksOf(page: string): string[] {
  return [...readFileSync(join(root, page), "utf8").matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code = ""]) => code);
}

test("the README's TypeScript compiles, and would not with a slip of the pen", () => {
  const blocks = blocksOf("README.md");
  expect(blocks).toHaveLength(2);
  const code = blocks.join("\n");
  expect(problems(code)).toBe("");
  expect(problems(code.replace('decision: "deny"', 'decision: "no"'))).toContain("not assignable");
});

test("the TypeScript of docs/cycles.md compiles, and would not with a slip of the pen", () => {
  const blocks = blocksOf("docs/cycles.md");
  expect(blocks).toHaveLength(2);
  const givenHere = `
    import { cyclesAdapter, type Price } from "@agentkit-policy/adapter-cycles";
    import type { AgentKit } from "@coinbase/agentkit";
    import { loadPolicy, runWithContext, withPolicy } from "agentkit-policy";
    declare const bareKit: AgentKit;
    declare const baseUrl: string;
    declare const apiKey: string;
    declare function priceOf(asset: string): Promise<Price | undefined>;
  `;
  const code = [givenHere, ...blocks, "export { priced };"].join("\n");
  expect(problems(code)).toBe("");
  expect(problems(code.replace("priceSource", "priceSauce"))).toContain("priceSauce");
});

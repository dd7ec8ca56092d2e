import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkPolicy } from "../packages/policies/src/index.js";
import { root } from "./import-rules.js";

const read = (file: string): string => readFileSync(join(root, file), "utf8");
const pages = readdirSync(join(root, "docs")).filter((name) => name.endsWith(".md"));
const papers = ["README.md", "CONTRIBUTING.md", "SECURITY.md", ...pages.map((name) => `docs/${name}`)];

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "agentkit-policy-readme-"));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe("the README", () => {
  it("shows a policy file that loads", () => {
    const [, text = ""] = /```yaml\n([\s\S]*?)```/.exec(read("README.md")) ?? [];
    const file = join(folder, "policy.yaml");
    writeFileSync(file, text);
    expect(checkPolicy(file).limits.map(({ id }) => id)).toEqual(["daily-eth", "usdc-a-run", "not-a-loop"]);

    // The same file with a slip of the pen does not.
    writeFileSync(file, text.replace("window: day", "windw: day"));
    expect(() => checkPolicy(file)).toThrow(/windw/);
  });

  it("names every package that there is", () => {
    for (const name of readdirSync(join(root, "packages"))) {
      expect(read("README.md")).toContain(`\`${JSON.parse(read(`packages/${name}/package.json`)).name}\``);
    }
  });
});

describe.each(papers)("%s", (paper) => {
  it("names no command that the root does not have", () => {
    const { scripts } = JSON.parse(read("package.json")) as { scripts: Record<string, string> };
    const named = [...read(paper).matchAll(/npm run ([a-z:-]+)/g)].map((match) => match[1] ?? "");
    expect(named.filter((name) => !Object.hasOwn(scripts, name))).toEqual([]);
  });

  it("links to no file that is not there", () => {
    const links = [...read(paper).matchAll(/\]\((?!https?:)([^)#]+)/g)].map((match) => match[1] ?? "");
    expect(links.filter((link) => !existsSync(join(root, paper, "..", link)))).toEqual([]);
  });
});

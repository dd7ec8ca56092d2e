import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { root } from "./import-rules.js";

interface Requirement {
  readonly tests?: readonly { readonly file: string; readonly name: string }[];
  /** Why nothing holds it down yet. */
  readonly pending?: string;
}

const schemas = join(root, "schemas/v1");
const read = (path: string): string => readFileSync(path, "utf8");
const { requirements } = JSON.parse(read(join(schemas, "requirements.json"))) as {
  readonly requirements: Readonly<Record<string, Requirement>>;
};
const sections = read(join(schemas, "spec.md"))
  .split(/^##+ /m)
  .map((section) => ({ slug: section.split("\n")[0] ?? "", text: section.split("\n").slice(1).join("\n") }))
  .filter(({ slug }) => /^[a-z]+(-[a-z]+)*(:[a-z0-9-]+)?$/.test(slug));

interface Vector {
  readonly id?: string;
  readonly requirement?: string;
}
const cited = readdirSync(join(schemas, "vectors")).flatMap((file) => {
  const { requirement, vectors } = JSON.parse(read(join(schemas, "vectors", file))) as Vector & { vectors: Vector[] };
  return vectors.map((vector, index) => ({
    vector: `${file} ${vector.id ?? index}`,
    slug: vector.requirement ?? requirement ?? "none",
  }));
});

it("there are requirements and vectors to look at", () => {
  expect(sections.length).toBeGreaterThan(50);
  expect(cited.length).toBeGreaterThan(500);
});

describe("spec.md", () => {
  it("has a section for every requirement, each once, and for nothing else", () => {
    expect(sections.map(({ slug }) => slug).sort()).toEqual(Object.keys(requirements).sort());
  });

  it.each(sections)("says what $slug asks for in one word of RFC 2119", ({ text }) => {
    expect(text.match(/\b(MUST NOT|MUST|SHALL NOT|SHALL|SHOULD NOT|SHOULD|REQUIRED|RECOMMENDED|MAY|OPTIONAL)\b/g)).toHaveLength(
      1,
    );
  });
});

describe("every vector", () => {
  it("names a requirement that there is", () => {
    expect(cited.filter(({ slug }) => !Object.hasOwn(requirements, slug))).toEqual([]);
  });
});

describe.each(Object.entries(requirements))("%s", (slug, { tests = [], pending }) => {
  const vectors = cited.filter((vector) => vector.slug === slug);

  it("is held down by a vector or a test, or says why there is none yet", () => {
    if (pending === undefined) expect(vectors.length + tests.length).toBeGreaterThan(0);
    else {
      expect(pending).toMatch(/^[A-Z].{20,}\.$/);
      expect([...vectors, ...tests]).toEqual([]);
    }
    for (const { file, name } of tests) {
      const text = read(join(root, file));
      const isThere = text.includes(`"${name}"`) || text.includes(`def ${name}(`);
      expect(isThere, `${file}: ${name}`).toBe(true);
    }
  });
});

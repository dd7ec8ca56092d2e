import { readFileSync } from "node:fs";
import { isNode, isScalar, LineCounter, parseDocument } from "yaml";
import { PolicyFileError, type PolicyPlace } from "./policy-file-error.js";

/** The steps from a policy's root to a member of it. */
export type PolicyPath = readonly (string | number)[];

/** A policy's plain data, and where each member of it stands. */
export interface PolicySource {
  readonly data: unknown;
  /** The folder that relative paths resolve against; the working directory for a policy defined in code. */
  readonly file?: string;
  /** Where the value at a path stands, or, with `key`, the member's own name. */
  placeOf(path: PolicyPath, part?: "key" | "value"): PolicyPlace;
}

/** A policy that was defined in code: places are paths. */
export function sourceOfData(data: unknown): PolicySource {
  return { data, placeOf: (path) => ({ path: pathText(path) }) };
}

/**
 * Reads a policy file: YAML 1.2, of which JSON is a part, without aliases (a few lines of them can grow to gigabytes).
 * @throws PolicyFileError
 */
export function readPolicySource(file: string): PolicySource {
  const text = readText(file);
  const lines = new LineCounter();
  const document = parseDocument(text, { version: "1.2", schema: "core", lineCounter: lines, uniqueKeys: true, merge: false });
  const placeAt = (offset: number, path: PolicyPath): PolicyPlace => {
    const { line, col } = lines.linePos(offset);
    return { file, line, column: col, path: pathText(path) };
  };
  const [error] = [...document.errors, ...document.warnings];
  if (error !== undefined) {
    throw new PolicyFileError(
      placeAt(error.pos[0], []),
      firstLine(error.message),
      "correct the YAML; indentation and quotes are the usual culprits",
    );
  }
  let data: unknown;
  try {
    data = document.toJS({ maxAliasCount: 0 });
  } catch {
    throw new PolicyFileError(
      { file, path: "" },
      "the file uses YAML aliases",
      "write the values out; a policy file holds no anchors and aliases",
    );
  }
  if (data === null || data === undefined) {
    throw new PolicyFileError(
      { file, line: 1, column: 1, path: "" },
      "the policy is empty",
      'write at least "version: 1", "ledger:" and "rules:"',
    );
  }
  return {
    data,
    file,
    placeOf(path, part = "value") {
      // The nearest ancestor that stands in the file: a member that is missing has no place of its own.
      for (let depth = path.length; depth > 0; depth -= 1) {
        const offset = offsetOf(document, path.slice(0, depth), depth === path.length ? part : "value");
        if (offset !== undefined) return placeAt(offset, path);
      }
      return { file, line: 1, column: 1, path: pathText(path) };
    },
  };
}

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    const missing = (error as { code?: unknown }).code === "ENOENT";
    throw new PolicyFileError(
      { file, path: "" },
      missing ? "there is no such policy file" : `the policy file cannot be read: ${(error as Error).message}`,
      "give the path of an existing policy file; without a policy nothing is guarded, so nothing runs",
    );
  }
}

function offsetOf(document: ReturnType<typeof parseDocument>, path: PolicyPath, part: "key" | "value"): number | undefined {
  if (part === "key") {
    const parent: unknown = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
    const items = (parent as { items?: { key?: unknown }[] } | null)?.items ?? [];
    const key = items
      .map((item) => item.key)
      .find((candidate) => isScalar(candidate) && String(candidate.value) === String(path.at(-1)));
    return isNode(key) ? key.range?.[0] : undefined;
  }
  const node: unknown = document.getIn(path, true);
  return isNode(node) ? node.range?.[0] : undefined;
}

function pathText(path: PolicyPath): string {
  return path.map((step, index) => (typeof step === "number" ? `[${step}]` : index === 0 ? step : `.${step}`)).join("");
}

function firstLine(text: string): string {
  return text.split("\n")[0]?.replace(/:$/, "") ?? text;
}

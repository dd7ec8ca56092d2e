import { readFileSync } from "node:fs";
import { isAlias, isNode, isScalar, LineCounter, type Node, parseDocument, visit, type YAMLError } from "yaml";
import { PolicyFileError, type PolicyPlace } from "./policy-file-error.js";

/** The steps from a policy's root to a member of it. */
export type PolicyPath = readonly (string | number)[];

/** A policy's plain data, and where each member of it stands. */
export interface PolicySource {
  readonly data: unknown;
  /** The data before variables were filled in, which is what a policy's version follows from. */
  readonly written: unknown;
  /** The policy's file, from whose folder relative paths are. Absent for a policy in code: they are from the working directory. */
  readonly file?: string;
  /** Where the value at a path stands, or, with `key`, the member's own name. */
  placeOf(path: PolicyPath, part?: "key" | "value"): PolicyPlace;
}

/** A policy that was defined in code: places are paths. */
export function sourceOfData(data: unknown): PolicySource {
  checkDefined(data, []);
  return { data, written: data, placeOf: (path) => ({ path: pathText(path) }) };
}

/** A member that is there and undefined is a value that somebody forgot, such as a variable that is not set. */
function checkDefined(value: unknown, path: PolicyPath, around: readonly object[] = []): void {
  if (value === undefined && path.length > 0) {
    throw new PolicyFileError({ path: pathText(path) }, "it is undefined", "give it a value, or leave the key out");
  }
  if (typeof value !== "object" || value === null) return;
  if (around.includes(value)) throw new PolicyFileError({ path: pathText(path) }, "it contains itself", "write plain data");
  // A policy's version follows from what it holds itself.
  for (const key in value)
    if (!Object.hasOwn(value, key))
      throw new PolicyFileError(
        { path: pathText([...path, key]) },
        "it is inherited",
        "give plain data, such as a copy with { ...policy }",
      );
  for (const [key, member] of Object.entries(value))
    checkDefined(member, [...path, Array.isArray(value) ? Number(key) : key], [...around, value]);
}

/**
 * Reads a policy file: YAML 1.2, of which JSON is a part, without aliases (a few lines of them can grow to gigabytes).
 * In every text, `${NAME}` stands for that environment variable, so that a file holds no secret; without engines, the options of rules `use:`
 * stay as they are written, as nobody reads them.
 * @throws PolicyFileError
 */
export function readPolicySource(file: string, withoutEngines = false): PolicySource {
  const text = readText(file);
  const lines = new LineCounter();
  const document = parseDocument(text, { version: "1.2", schema: "core", lineCounter: lines, uniqueKeys: true, merge: false });
  const placeAt = (offset: number, path: PolicyPath): PolicyPlace => {
    const { line, col } = lines.linePos(offset);
    return { file, line, column: col, path: pathText(path) };
  };
  const [error] = [...document.errors, ...document.warnings];
  if (error !== undefined) {
    const { problem, hint } = problemOfYaml(error);
    throw new PolicyFileError(placeAt(error.pos[0], []), problem, hint);
  }
  visit(document, (_key, node) => {
    const odd = problemOfNode(node);
    if (odd !== undefined) throw new PolicyFileError(placeAt((node as Node).range?.[0] ?? 0, []), odd.problem, odd.hint);
  });
  const written: unknown = document.toJS({ maxAliasCount: 0 });
  if (written === null || written === undefined) {
    throw new PolicyFileError(
      { file, line: 1, column: 1, path: "" },
      "the policy is empty",
      'write at least "version: 1", "ledger:" and "rules:"',
    );
  }
  visit(document, {
    Pair: (_key, { key }) => (withoutEngines && isScalar(key) && key.value === "with" ? visit.SKIP : undefined),
    Scalar(key, node) {
      if (key === "key" || typeof node.value !== "string") return;
      node.value = filledIn(node.value, (name) => {
        throw new PolicyFileError(
          placeAt(node.range?.[0] ?? 0, []),
          `the environment variable ${name} is not set`,
          "set it before the program starts, or write the value out",
        );
      });
    },
  });
  return {
    data: document.toJS(),
    written,
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

/** What the parser refuses, in words for whoever wrote the file and does not call the parser. */
function problemOfYaml({ code, message }: YAMLError): { readonly problem: string; readonly hint: string } {
  if (code === "MULTIPLE_DOCS")
    return { problem: "the file holds more than one YAML document", hint: 'keep one of them, and no "---" but at the top' };
  if (code === "DUPLICATE_KEY") return { problem: firstLine(message), hint: "keep one of the two" };
  return { problem: firstLine(message), hint: "correct the YAML; indentation and quotes are the usual culprits" };
}

/** What has more than one reading, or reaches where data should not. */
function problemOfNode(node: unknown): { readonly problem: string; readonly hint: string } | undefined {
  if (!isNode(node)) return undefined;
  if (isAlias(node))
    return {
      problem: `the alias *${node.source} is used`,
      hint: "write the value out; a policy file holds no anchors and aliases",
    };
  if (node.tag !== undefined)
    return { problem: `the tag ${node.tag} is not used here`, hint: "write plain values, without tags" };
  if (!isScalar(node)) return undefined;
  if (typeof node.value === "number" && !/^(0|-?[1-9][0-9]*)(\.[0-9]+)?$/.test(node.source ?? "")) {
    return {
      problem: `the number ${node.source ?? ""} can be read in several ways`,
      hint: "write plain digits, or text in quotes",
    };
  }
  if (["__proto__", "constructor", "prototype"].includes(String(node.value))) {
    return { problem: `"${String(node.value)}" names nothing in a policy`, hint: "remove it" };
  }
  return undefined;
}

/** A text with every `${NAME}` replaced by that environment variable. */
function filledIn(text: string, missing: (name: string) => never): string {
  return text.replace(/\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g, (_whole, name: string) => process.env[name] ?? missing(name));
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

import type { Adapter, OptionsIssue } from "@agentkit-policy/core";
import { PolicyFileError, type PolicyPlace } from "./policy-file-error.js";
import type { PolicyPath, PolicySource } from "./policy-source.js";
import { keysAt, valueAt } from "./schema-shape.js";
import { suggestion } from "./suggestion.js";
import { kindOf, sizeProblem, typeWords } from "./type-words.js";

/** An issue of zod's says more than Standard Schema asks for. What another library says besides is used where it means the same. */
interface ToldIssue extends OptionsIssue {
  readonly code?: unknown;
  readonly keys?: unknown;
  readonly expected?: unknown;
  readonly values?: unknown;
}

/** Options that an adapter does not take, and where they stand. */
export interface RefusedOptions {
  readonly adapter: Pick<Adapter, "name" | "options">;
  readonly options: unknown;
  readonly path: PolicyPath;
  readonly source: PolicySource;
}

/** What is wrong with an adapter's options, of which the first thing is told. It shows no value: one of them may be a secret. */
export function optionsError(issues: readonly ToldIssue[], refused: RefusedOptions): PolicyFileError {
  const { adapter, options, path, source } = refused;
  // A misspelt key is also a missing one; the first of the two says what to do.
  const issue = issues.find(isUnknownKey) ?? issues[0];
  const whose = `the adapter "${adapter.name}"`;
  if (issue === undefined)
    return new PolicyFileError(source.placeOf(path), "its options are not valid", `compare them with what ${whose} takes`);
  const steps = stepsOf(issue);
  const place = [...path, ...steps];
  if (isUnknownKey(issue)) {
    const [key] = issue.keys;
    const known = keysAt(adapter.options, steps);
    const hint = known.length === 0 ? `remove it; ${whose} does not know it` : `known here: ${known.join(", ")}`;
    const at = source.placeOf([...place, key], "key");
    return new PolicyFileError(at, `the key "${key}" is unknown`, suggestion(key, known) + hint);
  }
  const name = String(steps.findLast((step) => typeof step === "string") ?? "with");
  const found = valueAt(options, steps);
  if (found === undefined)
    return new PolicyFileError(
      placeOfMissing(place, source),
      `"${name}" is missing${ownWords(issue)}`,
      `add ${name}: and its value, which ${whose} needs`,
    );
  const at = source.placeOf(place, issue.code === "invalid_key" ? "key" : "value");
  const { expected } = issue;
  if (
    typeof expected === "string" &&
    (issue.code === "invalid_type" || issue.code === undefined) &&
    isMistyped(found, expected)
  ) {
    const problem = `it is ${kindOf(found)}, and has to be ${typeWords(expected)}${ownWords(issue)}`;
    return new PolicyFileError(at, problem, retyped(name, found, expected));
  }
  if (issue.code === "invalid_value" && Array.isArray(issue.values)) {
    const values = issue.values.map(String);
    const guess = typeof found === "string" ? suggestion(found, values) : "";
    return new PolicyFileError(at, `what it says is not known here${ownWords(issue)}`, `${guess}known: ${values.join(", ")}`);
  }
  if (issue.code === "invalid_key") return new PolicyFileError(at, issue.message, `write another key in place of "${name}"`);
  // What a schema's author says of it comes first.
  const problem = /^Too (small|big):/.test(issue.message) ? sizeProblem({ ...issue }, found) : undefined;
  return new PolicyFileError(at, problem ?? issue.message, `correct "${name}", an option of ${whose}`);
}

/** What is missing has no line: the mapping's own says more than that of its first member, where the mapping's value begins. */
function placeOfMissing(place: PolicyPath, source: PolicySource): PolicyPlace {
  const parent = place.slice(0, -1);
  const isMember = typeof parent.at(-1) === "string";
  return { ...source.placeOf(parent, isMember ? "key" : "value"), path: source.placeOf(place).path };
}

/** What a schema's author says; not a library's words for what is said here already. */
function ownWords({ message, code }: ToldIssue): string {
  const isLibrarys = typeof code === "string" && /^(Invalid input|Invalid option|Required$)/.test(message);
  return isLibrarys ? "" : `: ${message}`;
}

function isUnknownKey(issue: ToldIssue): issue is ToldIssue & { readonly keys: readonly [string, ...string[]] } {
  return issue.code === "unrecognized_keys" && Array.isArray(issue.keys) && typeof issue.keys[0] === "string";
}

/** Whether the words of JavaScript's types tell what is wrong; a library's own words for types are told by its message. */
function isMistyped(found: unknown, expected: string): boolean {
  const types = ["string", "number", "int", "boolean", "object", "record", "array"];
  return types.includes(expected) && kindOf(found) !== typeWords(expected);
}

function retyped(name: string, found: unknown, expected: string): string {
  if (found === null) return `give it a value after "${name}:", or leave the key out`;
  if (expected === "string" && typeof found !== "object") return `write it as text in quotes: ${name}: "…"`;
  if (expected === "number") return "write it in digits, without quotes";
  if (expected === "int") return "write a whole number, in digits and without quotes";
  if (expected === "boolean") return `write ${name}: true, or ${name}: false`;
  if (expected === "array") return `write it as a list: ${name}: […]`;
  return expected === "string" ? `write ${name}: "…"` : `write it as a mapping: ${name}: { … }`;
}

function stepsOf({ path = [] }: OptionsIssue): (string | number)[] {
  return path.map((part) => {
    const key = typeof part === "object" ? part.key : part;
    return typeof key === "number" ? key : String(key);
  });
}

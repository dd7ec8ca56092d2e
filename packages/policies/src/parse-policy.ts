import type { z } from "zod";
import {
  type AllowRule,
  allowRule,
  type DenyRule,
  denyRule,
  type LimitRule,
  limitRule,
  type PolicyFile,
  policyFile,
  type UseRule,
  useRule,
} from "./policy-file.js";
import { PolicyFileError } from "./policy-file-error.js";
import type { PolicyPath, PolicySource } from "./policy-source.js";
import { keysAt, valueAt } from "./schema-shape.js";
import { suggestion } from "./suggestion.js";
import { kindOf, typeWords } from "./type-words.js";

/** A rule as it was written, with its place in the list. */
export type WrittenRule =
  | { readonly kind: "limit"; readonly index: number; readonly rule: LimitRule }
  | { readonly kind: "allow"; readonly index: number; readonly rule: AllowRule }
  | { readonly kind: "deny"; readonly index: number; readonly rule: DenyRule }
  | { readonly kind: "use"; readonly index: number; readonly rule: UseRule };

/** A policy whose shape is right. Whether it makes sense is the compiler's question. */
export interface WrittenPolicy {
  readonly file: PolicyFile;
  readonly rules: readonly WrittenRule[];
}

const ruleKinds = { limit: limitRule, allow: allowRule, deny: denyRule, use: useRule } as const;

/** @throws PolicyFileError at the first thing that is wrong. */
export function parsePolicy(source: PolicySource): WrittenPolicy {
  const file = validated(policyFile, source.data, [], source);
  const rules = file.rules.map((rule, index) => parseRule(rule, index, source));
  const ids = new Map<string, number>();
  for (const { rule, index } of rules) {
    if (ids.has(rule.id)) {
      throw new PolicyFileError(
        source.placeOf(["rules", index, "id"]),
        `the id "${rule.id}" is used twice`,
        "give every rule an id of its own",
      );
    }
    ids.set(rule.id, index);
  }
  return { file, rules };
}

function parseRule(rule: unknown, index: number, source: PolicySource): WrittenRule {
  const path = ["rules", index];
  const kinds = Object.keys(ruleKinds) as (keyof typeof ruleKinds)[];
  const present = typeof rule === "object" && rule !== null ? kinds.filter((kind) => Object.hasOwn(rule, kind)) : [];
  const [kind] = present;
  if (kind === undefined || present.length > 1) {
    const found = present.length > 1 ? `it is several kinds of rule at once (${present.join(", ")})` : "it is no kind of rule";
    const keys = typeof rule === "object" && rule !== null ? Object.keys(rule) : [];
    const guess = keys.map((key) => suggestion(key, kinds)).find((text) => text !== "") ?? "";
    throw new PolicyFileError(source.placeOf(path), found, `${guess}a rule has exactly one of: ${kinds.join(", ")}`);
  }
  return { kind, index, rule: validated(ruleKinds[kind], rule, path, source) } as WrittenRule;
}

function validated<S extends z.ZodType>(schema: S, value: unknown, path: PolicyPath, source: PolicySource): z.infer<S> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const { issues } = parsed.error;
  // A misspelt key is also a missing one; the first of the two says what to do.
  const issue = issues.find(({ code }) => code === "unrecognized_keys") ?? issues[0];
  if (issue === undefined)
    throw new PolicyFileError(source.placeOf(path), "it is not valid", "compare it with the README's example");
  throw errorOf(issue, schema, value, path, source);
}

function errorOf(
  issue: z.core.$ZodIssue,
  schema: z.ZodType,
  value: unknown,
  base: PolicyPath,
  source: PolicySource,
): PolicyFileError {
  const path = [...base, ...(issue.path as (string | number)[])];
  const found = valueAt(value, issue.path);
  if (issue.code === "unrecognized_keys") {
    const [key = ""] = issue.keys;
    const known = keysAt(schema, issue.path);
    return new PolicyFileError(
      source.placeOf([...path, key], "key"),
      `the key "${key}" is unknown`,
      `${suggestion(key, known)}known here: ${known.join(", ")}`,
    );
  }
  const name = String(path.at(-1) ?? "");
  if (typeof found === "number" && ["max", "atomic"].includes(name)) {
    return new PolicyFileError(
      source.placeOf(path),
      "money is written as a number",
      `write it as text, such as ${name}: "${found}"; numbers lose digits`,
    );
  }
  if (found === undefined) {
    return new PolicyFileError(source.placeOf(path), `"${name}" is missing`, `add "${name}:"${messageHint(issue)}`);
  }
  if (issue.code === "too_small" && Array.isArray(found)) {
    return new PolicyFileError(
      source.placeOf(path),
      "the list is empty",
      "name something, or remove the key: an empty list matches nothing",
    );
  }
  if (issue.code === "invalid_value") {
    const values = issue.values.map(String);
    return new PolicyFileError(
      source.placeOf(path),
      `"${String(found)}" is not known here`,
      `${suggestion(String(found), values)}known: ${values.join(", ")}`,
    );
  }
  if (issue.code === "invalid_type") {
    const hint =
      path.length === 0
        ? 'a policy is a mapping with "version:", "ledger:" and "rules:"'
        : "compare it with the README's example";
    return new PolicyFileError(source.placeOf(path), `it is ${kindOf(found)}, and has to be ${typeWords(issue.expected)}`, hint);
  }
  return new PolicyFileError(source.placeOf(path), issue.message, "correct the value");
}

function messageHint(issue: z.core.$ZodIssue): string {
  return issue.code === "invalid_value" ? ` with one of: ${issue.values.map(String).join(", ")}` : "";
}

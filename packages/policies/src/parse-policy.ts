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
import { shapeError } from "./shape-error.js";
import { suggestion } from "./suggestion.js";

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
  throw shapeError(parsed.error.issues, { schema, value, path, source });
}

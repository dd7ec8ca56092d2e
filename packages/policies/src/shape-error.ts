import type { z } from "zod";
import { durationExamples, policyExamples } from "./policy-examples.js";
import { PolicyFileError } from "./policy-file-error.js";
import type { PolicyPath, PolicySource } from "./policy-source.js";
import { keysAt, valueAt } from "./schema-shape.js";
import { suggestion } from "./suggestion.js";
import { kindOf, sizeProblem, typeWords } from "./type-words.js";

/** A value whose shape is wrong, and where it stands. */
export interface Misshapen {
  readonly schema: z.ZodType;
  readonly value: unknown;
  readonly path: PolicyPath;
  readonly source: PolicySource;
}

interface Advice {
  readonly problem: string;
  readonly hint: string;
}

const aPolicy = 'a policy is a mapping with "version:", "ledger:" and "rules:"';

/** Whoever copied another one's number would count wrongly, or too early. */
const ownNumbers: Readonly<Record<string, string>> = {
  decimals: ", with the token's own number",
  confirmations: ", with the chain's own number",
};

/** What is wrong with the shape of a policy or a rule, of which the first thing is told. */
export function shapeError(issues: readonly z.core.$ZodIssue[], { schema, value, path, source }: Misshapen): PolicyFileError {
  // A misspelt key is also a missing one; the first of the two says what to do.
  const issue = issues.find(({ code }) => code === "unrecognized_keys") ?? issues[0];
  if (issue === undefined) return new PolicyFileError(source.placeOf(path), "it is not valid", aPolicy);
  const place = [...path, ...(issue.path as (string | number)[])];
  if (issue.code === "unrecognized_keys") {
    const [key = ""] = issue.keys;
    const known = keysAt(schema, issue.path);
    const hint = `${suggestion(key, known)}known here: ${known.join(", ")}`;
    return new PolicyFileError(source.placeOf([...place, key], "key"), `the key "${key}" is unknown`, hint);
  }
  const found = valueAt(value, issue.path);
  const around = valueAt(value, issue.path.slice(0, -1)) ?? {};
  const isOfActions = Reflect.get(Object(around), "limit") === "actions";
  // A policy without rules is none, and neither is a rule that matches nothing: such a key cannot go.
  const isNeeded = place.length === 1 || (["allow", "deny"].includes(String(place.at(-2))) && Object.keys(around).length === 1);
  const { problem, hint } =
    place.length === 0
      ? { problem: found === undefined ? "there is no policy" : whatItIs(issue, found), hint: aPolicy }
      : (adviceOfMaximum(nameOf(place), found, isOfActions) ?? adviceOf(issue, found, place, isNeeded));
  return new PolicyFileError(source.placeOf(place), problem, hint);
}

function adviceOf(issue: z.core.$ZodIssue, found: unknown, place: PolicyPath, isNeeded: boolean): Advice {
  const name = nameOf(place);
  const example = `${name}: ${policyExamples[name]}${ownNumbers[name] ?? ""}`;
  if (found === undefined) return { problem: `"${place.at(-1)}" is missing`, hint: `add ${example}` };
  if (found === "") return { problem: "the text is empty", hint: `write something, such as ${example}` };
  if (issue.code === "invalid_value" && typeof found !== "object") return adviceOfWord(issue, found, name);
  if (typeof found === "number" && Object.hasOwn(durationExamples, name)) {
    const duration = `${name}: ${durationExamples[name]}`;
    return { problem: "the number has no unit", hint: `write a whole number and s, m, h or d, such as ${duration}` };
  }
  if (issue.code === "too_small" && Array.isArray(found)) {
    const orRemove = isNeeded ? "" : ", or remove the key: an empty list matches nothing";
    return { problem: "the list is empty", hint: `name something, such as ${example}${orRemove}` };
  }
  if (issue.code === "invalid_type" && issue.expected === "array" && typeof found === "string" && name !== "rules")
    return { problem: whatItIs(issue, found), hint: `put it in a list: ${name}: [${JSON.stringify(found)}]` };
  return { problem: whatItIs(issue, found), hint: `write it like this: ${example}` };
}

/** A word that is none of the known ones, or the right one as text. */
function adviceOfWord({ values }: z.core.$ZodIssueInvalidValue, found: unknown, name: string): Advice {
  const known = values.map(String);
  const meant = values.find((word) => String(word) === String(found));
  if (meant === undefined)
    return {
      problem: `"${String(found)}" is not known here`,
      hint: `${suggestion(String(found), known)}known: ${known.join(", ")}`,
    };
  return {
    problem: `it is ${kindOf(found)}, and has to be ${typeWords(typeof meant)}`,
    hint: `write ${name}: ${String(meant)}, without quotes`,
  };
}

/** A maximum is money as text, or a count of actions; undefined where the value is text or missing, which is somebody else's question. */
function adviceOfMaximum(name: string, found: unknown, isOfActions: boolean): Advice | undefined {
  if (!["max", "atomic"].includes(name) || typeof found === "string" || found === undefined) return undefined;
  if (isOfActions) return { problem: "a limit on actions counts them", hint: "write a whole number, such as max: 20" };
  if (typeof found !== "number")
    return {
      problem: `it is ${kindOf(found)}, and has to be text`,
      hint: `write an amount in quotes, such as ${name}: ${policyExamples[name]}`,
    };
  // Only as long as every digit of it is what somebody wrote, and it is an amount at all.
  const isExact = /^\d{1,15}$|^(?=.{1,16}$)\d+\.\d+$/.test(String(found)) && (name === "max" || Number.isInteger(found));
  const shown = isExact ? `"${found}"` : policyExamples[name];
  return { problem: "money is written as a number", hint: `write it as text, such as ${name}: ${shown}; numbers lose digits` };
}

function whatItIs(issue: z.core.$ZodIssue, found: unknown): string {
  if (issue.code === "invalid_type") return `it is ${kindOf(found)}, and has to be ${typeWords(issue.expected)}`;
  if (issue.code === "invalid_value") return `it is ${kindOf(found)}, and has to be one of: ${issue.values.join(", ")}`;
  return sizeProblem({ ...issue }, found) ?? issue.message;
}

/** The key that stands for a place in the advice: of an entry that somebody named, such as a chain, the mapping's own. */
function nameOf(place: PolicyPath): string {
  return String(place.findLast((step) => Object.hasOwn(policyExamples, step)) ?? place[0]);
}

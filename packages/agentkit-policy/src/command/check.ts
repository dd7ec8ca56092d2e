import { formatUnits, nativeDecimals } from "@agentkit-policy/effects";
import { amountText, type CompiledLimit, type CompiledPolicy, checkEngines, checkPolicy } from "@agentkit-policy/policies";
import { builtInAdapters } from "../built-in-adapters.js";
import { print } from "./print.js";
import { table } from "./table.js";

interface CheckOptions {
  /** Actions of the program's own, which rules may name. */
  readonly action?: readonly string[];
}

/** `agentkit-policy check`: every rule in words. Throws what is wrong with the file. */
export async function check(file: string, { action: actions = [] }: CheckOptions): Promise<void> {
  const policy = checkPolicy(file, { actions });
  await checkEngines(file, builtInAdapters, { actions });
  const rows = [
    ...policy.limits.map((limit) => [limit.id, "limit", limitText(limit, policy) + whenText(limit.when)]),
    ...policy.statelessRules.map(({ id, kind, matcher, when }) => [id, kind, matchText(matcher.match) + whenText(when)]),
    ...policy.uses.map(({ rule }) => [
      rule.id,
      "use",
      `asks ${rule.use}${rule.mode === "shadow" ? ", in its shadow only" : ""}${whenText(rule.when)}`,
    ]),
  ];
  const count = `${rows.length} ${rows.length === 1 ? "rule" : "rules"}`;
  const held = policy.times.unresolved === "hold" ? "\nwhat nobody has proven counts until it is proven (unresolved: hold)" : "";
  print(`${table(["rule", "kind", "does"], rows)}${held}\n${file}: ${count}, version ${policy.version.slice(0, 12)}\n`);
}

function limitText(limit: CompiledLimit, { decimalsOf }: CompiledPolicy): string {
  const scopes = limit.per.length === 0 ? "for everybody together" : `per ${limit.per.join(" and ")}`;
  return `at most ${maximumText(limit, decimalsOf)} ${scopes}, ${windowText(limit)}`;
}

function maximumText({ unit, native, asset, max }: CompiledLimit, decimalsOf: CompiledPolicy["decimalsOf"]): string {
  if (unit === "actions") return `${max} actions`;
  return native ? `${formatUnits(max, nativeDecimals)} of the chain's coin` : amountText(asset ?? "", max, decimalsOf);
}

function windowText({ window }: CompiledLimit): string {
  if (window.kind === "calendar") return `each ${window.unit} (${window.timeZone ?? "UTC"})`;
  if (window.kind === "rolling") return `in any ${window.ms / 1000} s`;
  return { attempt: "in one attempt", lifetime: "ever", open: "open at a time" }[window.kind];
}

/** Where a rule applies at all: elsewhere it is not there. */
function whenText(when: object | undefined): string {
  return when === undefined ? "" : `; when ${matchText(when)}`;
}

function matchText(match: object): string {
  return Object.entries(match)
    .map(([field, values]) => `${field}: ${(values as string[]).join(", ")}`)
    .join("; ");
}

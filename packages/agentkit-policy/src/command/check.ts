import { amountText, type CompiledLimit, checkPolicy } from "@agentkit-policy/policies";
import { table } from "./table.js";

/** `agentkit-policy check`: every rule in words. Throws what is wrong with the file. */
export function check(file: string): void {
  const policy = checkPolicy(file);
  const rows = [
    ...policy.limits.map((limit) => [limit.id, "limit", limitText(limit)]),
    ...policy.statelessRules.map(({ id, kind, matcher }) => [id, kind, matchText(matcher.match)]),
  ];
  process.stdout.write(
    `${table(["rule", "kind", "does"], rows)}\n${file}: ${rows.length} rules, version ${policy.version.slice(0, 12)}\n`,
  );
}

function limitText(limit: CompiledLimit): string {
  const scopes = limit.per.length === 0 ? "for everybody together" : `per ${limit.per.join(" and ")}`;
  const what =
    limit.unit === "actions"
      ? `${limit.max} actions`
      : limit.native
        ? amountText("eip155:1/slip44:60", limit.max)
        : amountText(limit.asset ?? "", limit.max);
  return `at most ${what} ${scopes}, ${windowText(limit)}`;
}

function windowText({ window }: CompiledLimit): string {
  if (window.kind === "calendar") return `each ${window.unit} (UTC)`;
  if (window.kind === "rolling") return `in any ${window.ms / 1000} s`;
  return { attempt: "in one attempt", lifetime: "ever", open: "open at a time" }[window.kind];
}

function matchText(match: object): string {
  return Object.entries(match)
    .map(([field, values]) => `${field}: ${(values as string[]).join(", ")}`)
    .join("; ");
}

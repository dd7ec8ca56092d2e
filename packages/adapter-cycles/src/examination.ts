import type { CyclesAdapterSettings } from "./cycles-adapter-options.js";
import type { CyclesClient, CyclesResult } from "./cycles-client.js";
import { levelText } from "./level-text.js";
import type { AnswerOf } from "./wire/answers.js";
import { scopesOf } from "./wire/scopes.js";

type Balance = AnswerOf<"balances">["balances"][number];

/** What an attempt's own values are written as, where only the attempt knows them. */
const run = "<run>";
const agent = "<agent, or its wallet>";

/** What an operator should know before agents run: whose budgets they draw on, what these have left, and what is held of them. */
export async function examine(settings: CyclesAdapterSettings, client: CyclesClient): Promise<string[]> {
  const { tenant, workspace, app, unit } = settings;
  const fixed = {
    tenant,
    ...(workspace === undefined ? {} : { workspace: levelText(workspace) }),
    ...(app === undefined ? {} : { app: levelText(app) }),
  };
  const known = scopesOf(fixed);
  const innermost = known.at(-1) ?? "";
  const derived = [...known, `${innermost}/workflow:${run}`, `${innermost}/workflow:${run}/agent:${agent}`];
  const balances = await client.balances({ tenant });
  const lines = ["an attempt draws on the budgets of these scopes, in their unit, all at once; those without one are skipped:"];
  for (const scope of derived) lines.push(`  ${scope}  ${leftAt(scope, unit, balances)}`);
  lines.push(
    "  (without a run, its level is left out: the agent is then under the scope above it)",
    ...(await holds(settings, client)),
  );
  return lines;
}

function leftAt(scope: string, unit: CyclesAdapterSettings["unit"], answer: CyclesResult<AnswerOf<"balances">>): string {
  if (scope.includes("<")) return "";
  if (answer.kind !== "answered") return `the server does not say: ${problemOf(answer)}`;
  const found = answer.body.balances.filter(({ scope_path: path }) => path.toLowerCase() === scope);
  const own = found.find(({ remaining }) => remaining.unit === unit);
  if (own !== undefined) return leftOf(own);
  return found.length === 0
    ? "no budget"
    : `no budget in ${unit}, and one in ${found.map(({ remaining }) => remaining.unit).join(", ")}`;
}

function leftOf({ remaining, allocated, is_over_limit: isOverLimit }: Balance): string {
  const of = allocated == null ? "" : ` of ${allocated.amount}`;
  return `${remaining.amount}${of} ${remaining.unit} left${isOverLimit === true ? ", and locked: it is over its limit" : ""}`;
}

async function holds({ tenant }: CyclesAdapterSettings, client: CyclesClient): Promise<string[]> {
  const answer = await client.list({ tenant, status: "ACTIVE" });
  if (answer.kind !== "answered") return [`what is held is not known: ${problemOf(answer)}`];
  const { reservations, has_more: hasMore } = answer.body;
  if (reservations.length === 0) return ["nothing is held at the moment"];
  const oldest = Math.min(...reservations.map(({ created_at_ms: at }) => at));
  const count = `${reservations.length}${hasMore === true ? " or more" : ""}`;
  return [
    `${count} held at the moment, the oldest since ${new Date(oldest).toISOString()}; each ends with its lease at the latest`,
  ];
}

function problemOf(answer: Exclude<CyclesResult<unknown>, { kind: "answered" }>): string {
  return answer.kind === "refused" ? `${answer.code}: ${answer.message}` : "no answer";
}

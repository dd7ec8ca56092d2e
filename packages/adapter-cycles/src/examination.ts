import type { CyclesAdapterSettings } from "./cycles-adapter-options.js";
import type { CyclesClient, CyclesResult } from "./cycles-client.js";
import type { AnswerOf } from "./wire/answers.js";
import { scopesOf } from "./wire/scopes.js";

type Balance = AnswerOf<"balances">["balances"][number];

/** So many pages of balances are read at most, each of as many as the protocol lets one have. */
const mostPages = 100;
const pageSize = "200";

/** What the server says of a tenant's budgets. */
interface Balances {
  readonly known: readonly Balance[];
  /** Why there may be others; undefined where these are all. */
  readonly unread?: string;
}

/** What an attempt's own values are written as, where only the attempt knows them. */
const run = "<run>";
const agent = "<agent, or its wallet>";

/** What an operator should know before agents run: whose budgets they draw on, what these have left, and what is held of them. */
export async function examine(settings: CyclesAdapterSettings, client: CyclesClient): Promise<string[]> {
  const { tenant, workspace, app, unit } = settings;
  const known = scopesOf({ tenant, ...(workspace === undefined ? {} : { workspace }), ...(app === undefined ? {} : { app }) });
  const innermost = known.at(-1) ?? "";
  const derived = [...known, `${innermost}/workflow:${run}`, `${innermost}/workflow:${run}/agent:${agent}`];
  const balances = await balancesOf(tenant, client);
  const lines = ["an attempt draws on the budgets of these scopes, in their unit, all at once; those without one are skipped:"];
  for (const scope of derived) lines.push(`  ${scope}  ${leftAt(scope, unit, balances)}`);
  lines.push(
    "  (without a run, its level is left out: the agent is then under the scope above it)",
    ...(await holds(settings, client)),
  );
  if (Object.keys(settings.prices).length === 0)
    lines.push(
      "nothing has a price: every attempt that moves money is denied as unpriced, until `prices` names what it may move",
    );
  return lines;
}

async function balancesOf(tenant: string, client: CyclesClient): Promise<Balances> {
  const known: Balance[] = [];
  let cursor: { readonly cursor?: string } = {};
  for (let page = 0; page < mostPages; page += 1) {
    const answer = await client.balances({ tenant, limit: pageSize, ...cursor });
    if (answer.kind !== "answered") return { known, unread: `the server does not say: ${problemOf(answer)}` };
    known.push(...answer.body.balances);
    const { next_cursor: next, has_more: hasMore } = answer.body;
    if (next == null || next === "" || hasMore === false) return { known };
    if (next === cursor.cursor) return { known, unread: "the server goes on with the same page for ever" };
    cursor = { cursor: next };
  }
  return { known, unread: `not among the first ${known.length} budgets of the tenant, and there are more` };
}

function leftAt(scope: string, unit: CyclesAdapterSettings["unit"], { known, unread }: Balances): string {
  if (scope.includes("<")) return "";
  // The server folds capitals.
  const found = known.filter(({ scope_path: path }) => path.toLowerCase() === scope);
  const own = found.find(({ remaining }) => remaining.unit === unit);
  if (own !== undefined) return leftOf(own);
  if (unread !== undefined) return unread;
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
  return [`${count} held at the moment, the oldest since ${timeOf(oldest)}; each ends with its lease at the latest`];
}

/** A server may say any number, also one that is no time. */
function timeOf(ms: number): string {
  const time = new Date(ms);
  return Number.isNaN(time.getTime()) ? `${ms} ms after 1970` : time.toISOString();
}

function problemOf(answer: Exclude<CyclesResult<unknown>, { kind: "answered" }>): string {
  return answer.kind === "refused" ? `${answer.code}: ${answer.message}` : "no answer";
}

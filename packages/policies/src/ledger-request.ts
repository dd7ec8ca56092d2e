import type { SettledCall } from "@agentkit-policy/core";
import type { AskedLine, CallReport, Intent, Limit, ScopeValues, SpentLine } from "@agentkit-policy/ledger";
import { type ActionContext, canonicalJson, type Effect, type MoneyLine } from "@agentkit-policy/schema";
import { largestAmount, lastMoment } from "./largest.js";
import { type CompiledLimit, limitFor } from "./limit.js";
import { applies } from "./matching.js";

/** Everything that is known of who acts; limits ask for a part of it today and perhaps another tomorrow. */
export function scopesOf(context: ActionContext): ScopeValues {
  const { walletAddress, chainId, userId, sessionId, runId, agentId } = context;
  const scopes: { -readonly [Name in keyof ScopeValues]: ScopeValues[Name] } = {
    action: context.canonicalAction ?? context.actionName,
  };
  if (walletAddress !== undefined && chainId !== undefined) scopes.wallet = `${namespaceOf(chainId)}:${walletAddress}`;
  if (userId !== undefined) scopes.user = userId;
  if (sessionId !== undefined) scopes.session = sessionId;
  if (runId !== undefined) scopes.run = runId;
  if (agentId !== undefined) scopes.agent = agentId;
  return scopes;
}

/** By what the ledger knows the intent of an attempt (`scope:identity`): for each wallet and agent its own. */
export function intentKeyOf({ intentId, walletAddress, chainId, agentId }: ActionContext): string | undefined {
  if (intentId === undefined) return undefined;
  return canonicalJson([intentId, chainId === undefined ? null : namespaceOf(chainId), walletAddress ?? null, agentId ?? null]);
}

/**
 * The intent of an attempt. What cannot be told in amounts is told by the call itself. Whether the attempt's own entry holds it, or that of
 * an action around it, is told by `HeldIntents`.
 */
export function intentOf(context: ActionContext): Intent | undefined {
  const key = intentKeyOf(context);
  if (key === undefined) return undefined;
  const { effects, chainId } = context;
  const isExact = effects.length > 0 && effects.every(({ asset, amount }) => asset !== undefined && amount !== undefined);
  return {
    key,
    content: canonicalJson([
      chainId ?? null,
      effects.map(({ basis: _basis, ...effect }) => effect),
      isExact ? null : context.actionHash,
    ]),
  };
}

/** The money in effects, as the ledger counts it. An effect without an amount is none yet: the wallet call brings it. */
export function askedLines(effects: readonly Effect[]): AskedLine[] {
  const lines: AskedLine[] = [];
  for (const { kind, asset, amount, counterparty } of effects) {
    if (kind === "fee" || asset === undefined || amount === undefined || amount === "0") continue;
    const exact = exactAmount(amount);
    lines.push(
      counterparty === undefined
        ? { unit: "amount", asset, amount: exact }
        : { unit: "amount", asset, amount: exact, counterparty },
    );
  }
  return lines;
}

/** What an outcome's money is closed with. */
export function spentLines(lines: readonly MoneyLine[]): SpentLine[] {
  return lines.map(({ asset, amount, counterparty }) => {
    const exact = exactAmount(amount);
    return counterparty === undefined ? { asset, amount: exact } : { asset, amount: exact, counterparty };
  });
}

/** What a close tells of one wallet call, so that evidence can find it. */
export function callReport(call: SettledCall, { walletAddress }: ActionContext): CallReport {
  const { callId, lines, state, chainId, transactionId, nonce, message } = call;
  const report: { -readonly [Name in keyof CallReport]: CallReport[Name] } = { callId, lines: spentLines(lines) };
  if (chainId !== undefined) report.chainId = chainId;
  if (transactionId !== undefined) report.transactionId = transactionId;
  if (nonce !== undefined) report.nonce = nonce;
  if (message !== undefined) report.message = message;
  if (walletAddress !== undefined) report.from = walletAddress;
  if (state === "never_left") report.verdict = { kind: "never" };
  return report;
}

/** The last moment at which a signature among these effects can be used, in milliseconds since 1970; 0 where there is none. */
export function latestDeadline(effects: readonly Effect[]): number {
  let latest = 0;
  for (const { deadline } of effects) {
    if (deadline === undefined) continue;
    const seconds = BigInt(deadline);
    // A deadline that no date can hold is for ever, and the ledger refuses what is no time.
    latest = Math.max(latest, seconds > BigInt(lastMoment / 1_000) ? lastMoment : Number(seconds) * 1_000);
  }
  return latest;
}

/** The limits that may concern a context, as queries. */
export function limitsFor(limits: readonly CompiledLimit[], context: ActionContext): Limit[] {
  const queries: Limit[] = [];
  for (const limit of limits) {
    const query = applies(limit.when, context) ? limitFor(limit, context) : undefined;
    if (query !== undefined) queries.push(query);
  }
  return queries;
}

/** What comes before the colon of a CAIP-2 id. */
function namespaceOf(chainId: string): string {
  const colon = chainId.indexOf(":");
  return colon === -1 ? chainId : chainId.slice(0, colon);
}

function exactAmount(amount: string): string {
  return amount === "unlimited" ? largestAmount.toString() : amount;
}

import type { AskedLine, Limit, ScopeValues } from "@agentkit-policy/ledger";
import type { ActionContext, Effect, MoneyLine } from "@agentkit-policy/schema";
import { type CompiledLimit, limitFor } from "./limit.js";
import { applies } from "./matching.js";

/** What an admitted "unlimited" counts as: the largest amount that a token can be told to move. */
const unlimitedAmount = (2n ** 256n - 1n).toString();

/** Everything that is known of who acts; limits ask for a part of it today and perhaps another tomorrow. */
export function scopesOf(context: ActionContext): ScopeValues {
  const { walletAddress, chainId, userId, sessionId, runId, agentId } = context;
  const namespace = chainId?.split(":")[0];
  return {
    ...(walletAddress === undefined || namespace === undefined ? {} : { wallet: `${namespace}:${walletAddress}` }),
    ...(userId === undefined ? {} : { user: userId }),
    ...(sessionId === undefined ? {} : { session: sessionId }),
    ...(runId === undefined ? {} : { run: runId }),
    ...(agentId === undefined ? {} : { agent: agentId }),
    action: context.canonicalAction ?? context.actionName,
  };
}

/** The money in effects, as the ledger counts it. An effect without an amount is none yet: the wallet call brings it. */
export function askedLines(effects: readonly Effect[]): AskedLine[] {
  return effects.flatMap(({ kind, asset, amount, counterparty }): AskedLine[] => {
    if (kind === "fee" || asset === undefined || amount === undefined || amount === "0") return [];
    return [{ unit: "amount", asset, amount: exactAmount(amount), ...(counterparty === undefined ? {} : { counterparty }) }];
  });
}

/** What an outcome's money is closed with. */
export function spentLines(lines: readonly MoneyLine[]): { asset: string; amount: string; counterparty?: string }[] {
  return lines.map(({ asset, amount, counterparty }) => ({
    asset,
    amount: exactAmount(amount),
    ...(counterparty === undefined ? {} : { counterparty }),
  }));
}

/** The limits that may concern a context, as queries. */
export function limitsFor(limits: readonly CompiledLimit[], context: ActionContext): Limit[] {
  return limits.flatMap((limit) => {
    const query = applies(limit.when, context) ? limitFor(limit, context) : undefined;
    return query === undefined ? [] : [query];
  });
}

function exactAmount(amount: string): string {
  return amount === "unlimited" ? unlimitedAmount : amount;
}

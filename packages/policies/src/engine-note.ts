import { type ActionContext, isActionContext, problemOf } from "@agentkit-policy/schema";
import { z } from "zod";
import type { EngineSettlements } from "./grants.js";

/** What the ledger keeps of an attempt for the engines that allowed it: all that is needed to settle it in another process. */
export interface EngineNote {
  /**
   * The facts of the attempt; its arguments are `null`, which may hold what nobody should store. Its effects are all that it was allowed,
   * with what its calls did beyond what it had said: an approval among them is used by others, whatever its wallet has sent.
   */
  readonly context: ActionContext;
  readonly settlements: readonly EngineSettlements[];
}

const settlement = z.record(z.string(), z.unknown());
const note = z.strictObject({
  version: z.literal(1),
  context: z.unknown(),
  settlements: z.array(z.record(z.string(), settlement.nullable())),
});

export function noteText({ context, settlements }: EngineNote): string {
  // The call that arms is one of the attempt's; what is settled is the attempt.
  const { callId: _callId, excess: _excess, ...facts } = context;
  return JSON.stringify({ version: 1, context: { ...facts, layer: "action", args: null }, settlements });
}

/** @throws Error for what is no note of this version's */
export function noteOf(text: string): EngineNote {
  const parsed = note.safeParse(jsonOf(text));
  if (!parsed.success)
    throw new Error(`it is no note of version 1: ${parsed.error.issues[0]?.message ?? "it has another shape"}`);
  const { context, settlements } = parsed.data;
  if (!isActionContext(context)) throw new Error(`its attempt cannot be read: ${problemOf(isActionContext, context)}`);
  return { context, settlements };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

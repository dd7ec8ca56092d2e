import { type ActionContext, isActionContext, problemOf } from "@agentkit-policy/schema";
import * as z from "zod";
import { type EngineOwners, ownerIn } from "./engine-owner.js";
import type { EngineSettlements } from "./grants.js";

/** What the ledger keeps of an attempt for the engines that allowed it: all that is needed to settle it in another process. */
export interface EngineNote {
  /**
   * The facts of the attempt; its arguments are `null`, which may hold what nobody should store. Its effects are all that it was allowed,
   * with what its calls did beyond what it had said: an approval among them is used by others, whatever its wallet has sent.
   */
  readonly context: ActionContext;
  readonly settlements: readonly EngineSettlements[];
  /** Whose the settlements are, by rule; of none that was written before notes said it. */
  readonly owners: EngineOwners;
}

const settlement = z.record(z.string(), z.unknown());
const owner = z.strictObject({ adapter: z.string(), identity: z.string().optional() });
const note = z.strictObject({
  version: z.literal(1),
  context: z.unknown(),
  settlements: z.array(z.record(z.string(), settlement.nullable())),
  owners: z.record(z.string(), owner).optional(),
});

export function noteText({ context, settlements, owners }: EngineNote): string {
  // The call that arms is one of the attempt's; what is settled is the attempt.
  const { callId: _callId, excess: _excess, ...facts } = context;
  const rules = new Set(settlements.flatMap((given) => Object.keys(given)));
  const theirs = Object.fromEntries([...rules].flatMap((rule) => [[rule, ownerIn(owners, rule)] as const]));
  return JSON.stringify({ version: 1, context: { ...facts, layer: "action", args: null }, settlements, owners: theirs });
}

/** @throws Error for what is no note of this version's */
export function noteOf(text: string): EngineNote {
  const parsed = note.safeParse(jsonOf(text));
  if (!parsed.success)
    throw new Error(`it is no note of version 1: ${parsed.error.issues[0]?.message ?? "it has another shape"}`);
  const { context, settlements, owners = {} } = parsed.data;
  if (!isActionContext(context)) throw new Error(`its attempt cannot be read: ${problemOf(isActionContext, context)}`);
  return { context, settlements, owners };
}

/** The rules whose engines hold something by a note; none of one that cannot be read. */
export function rulesIn(text: string): string[] {
  const parsed = note.safeParse(jsonOf(text));
  return parsed.success ? parsed.data.settlements.flatMap((given) => Object.keys(given).filter((id) => given[id] !== null)) : [];
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

import { type Logger, type Settlement, UnsettledError } from "@agentkit-policy/core";
import type { Ledger, NoteRequest } from "@agentkit-policy/ledger";
import type { ActionContext, Effect } from "@agentkit-policy/schema";
import { noteText } from "./engine-note.js";
import type { EngineSettlements } from "./grants.js";
import { messageOf } from "./message-of.js";

/** An engine that could not write is asked again by whoever looks after so long, if it says nothing itself. */
const laterMs = 10_000;

/** So many attempts are remembered of those that are left to another process: of a forgotten one it is said again. */
const mostLeft = 10_000;

/** What this process knows of the note of an attempt that engines have a say in. */
interface KnownNote {
  /** Its effects are all that the attempt was ever allowed: what it said that it would do, and what its calls did beyond that. */
  context: ActionContext;
  settlements: readonly EngineSettlements[];
  /** Whether the ledger has a note of the attempt. */
  isStored: boolean;
}

/**
 * What engines hold for attempts, in the ledger: stored with the arm, in the same write, and taken out once the engines have been told
 * (section 9 of the design). A note that is told twice costs an engine a look at its own keys; one that is lost would cost the money.
 */
export class EngineJournal {
  readonly #ledger: Ledger;
  readonly #logger: Logger;
  readonly #known = new Map<string, KnownNote>();
  /** Attempts whose notes are for engines that this policy does not have. */
  readonly #left = new Set<string>();

  constructor(ledger: Ledger, logger: Logger) {
    this.#ledger = ledger;
    this.#logger = logger;
  }

  /** An attempt begins, and this is what its engines were granted: what they were before, where its decision is asked again, they hold too. */
  begun(context: ActionContext, settlements: EngineSettlements): void {
    const before = this.#known.get(context.actionId)?.settlements ?? [];
    this.#known.set(context.actionId, { context, settlements: [...before, settlements], isStored: false });
  }

  /**
   * The note that an arm has to store now; undefined where the ledger has it, and a call brought nothing new.
   *
   * What is new is known from here on, and not only once it is stored: of two calls at once, the note that is written last has the grants
   * of both. Where the arm is refused, a later note tells of a grant that nobody used, which its engine gives back, and of effects that
   * nothing came of, for which what is held counts rather too long: both on the safe side.
   */
  noteFor(context: ActionContext, settlements: readonly EngineSettlements[]): string | undefined {
    const { actionId } = context;
    // An approval of nothing takes one back.
    const excess = (context.excess ?? []).filter(({ amount }) => amount !== "0");
    const known = this.#known.get(actionId);
    if (known === undefined && settlements.length === 0) return undefined;
    const isNew = excess.length > 0 || settlements.some((given) => Object.values(given).some((of) => of !== null));
    if (known?.isStored === true && !isNew) return undefined;
    const { isStored = false, settlements: before = [] } = known ?? {};
    const now = {
      context: known === undefined ? context : withEffects(known.context, excess),
      settlements: [...before, ...settlements],
    };
    this.#known.set(actionId, { ...now, isStored });
    return noteText(now);
  }

  /** The ledger has armed an attempt with its note. */
  stored(actionId: string): void {
    const known = this.#known.get(actionId);
    if (known !== undefined) known.isStored = true;
  }

  /** Keeps what an engine wants to be told after a crash, too. @throws LedgerFault where it could not be stored */
  async remember(context: ActionContext, engine: string, settlement: Settlement): Promise<void> {
    const known = this.#known.get(context.actionId);
    // Of what was never armed nothing can have left.
    if (known?.isStored !== true) return;
    known.settlements = [...known.settlements, { [engine]: settlement }];
    await this.#ledger.note({ attemptId: context.actionId, mark: { kind: "replaced", note: noteText(known) } });
  }

  /** An attempt was given back before it was armed, or holds nothing that this process tells of: there is no note of it to take out. */
  forget(actionId: string): void {
    this.#known.delete(actionId);
  }

  /** All engines have been told. In the background: a note that stays is told again, and no more. */
  told(actionId: string): void {
    if (this.#mayBeStored(actionId)) this.#mark(actionId, { kind: "told" });
    this.#known.delete(actionId);
  }

  /** An engine could not write what it was told. */
  untold(actionId: string, error: unknown): void {
    if (this.#mayBeStored(actionId)) this.#mark(actionId, this.#markOf(actionId, error));
  }

  /**
   * The note is for engines of these rules, which this policy does not have: it stays for a process that has them. It is put off once, so
   * that it comes behind what can be told here, and never again: the passes of two processes may be so far apart that one which puts it off
   * each time hides it from the other for good.
   * @param note what is left of it, where others have been told
   */
  leave(actionId: string, rules: readonly string[], note?: string): void {
    this.#known.delete(actionId);
    if (note !== undefined) this.#mark(actionId, { kind: "replaced", note });
    if (this.#left.has(actionId)) return;
    this.#left.add(actionId);
    const [oldest] = this.#left;
    if (this.#left.size > mostLeft && oldest !== undefined) this.#left.delete(oldest);
    const named = rules.map((rule) => `"${rule}"`).join(", ");
    this.#logger.warn(
      `what the engines of the rules ${named} hold for ${actionId} stays in the ledger until a policy that has them tells them: this one has not, or only in the shadow`,
    );
    this.#mark(actionId, { kind: "later", afterMs: laterMs });
  }

  /** Whether an attempt is left to a process with another policy. */
  isLeft(actionId: string): boolean {
    return this.#left.has(actionId);
  }

  /** How many notes may be due that this process leaves where they are. */
  get leftCount(): number {
    return this.#left.size;
  }

  /** The attempt of another process, whose note is known now. */
  found(context: ActionContext, settlements: readonly EngineSettlements[]): void {
    this.#known.set(context.actionId, { context, settlements, isStored: true });
  }

  /** Of an attempt that another process began, the ledger knows. */
  #mayBeStored(actionId: string): boolean {
    return this.#known.get(actionId)?.isStored ?? true;
  }

  #markOf(actionId: string, error: unknown): NoteRequest["mark"] {
    const { isHopeless = false, retryAfterMs = 0 } = UnsettledError.isInstance(error) ? error : {};
    const reason = messageOf(error);
    if (isHopeless) {
      this.#logger.warn(`what ${actionId} came to is set aside for an operator: ${reason}`);
      return { kind: "set_aside", reason: reason || "an engine refuses it" };
    }
    return { kind: "later", afterMs: Math.max(laterMs, Math.ceil(retryAfterMs)) };
  }

  #mark(attemptId: string, mark: NoteRequest["mark"]): void {
    Promise.resolve()
      .then(() => this.#ledger.note({ attemptId, mark }))
      // The note stays as it was, and is due: the safe side.
      .catch(() => undefined);
  }
}

/** An attempt that was allowed more. */
function withEffects(context: ActionContext, more: readonly Effect[]): ActionContext {
  return more.length === 0 ? context : { ...context, effects: [...context.effects, ...more] };
}

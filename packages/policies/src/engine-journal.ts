import { type Logger, type Settlement, UnsettledError } from "@agentkit-policy/core";
import type { Ledger, NoteRequest } from "@agentkit-policy/ledger";
import type { ActionContext, Clock } from "@agentkit-policy/schema";
import { type EngineNote, noteText, rulesIn } from "./engine-note.js";
import type { EngineOwners } from "./engine-owner.js";
import type { EngineSettlements } from "./grants.js";
import { type Unheard, unsettledOf } from "./hearing.js";
import { isSame, type KnownNote, rulesOf, textOf, withEffects, withoutArgs } from "./known-note.js";
import { messageOf } from "./message-of.js";

/** An engine that could not write is asked again by whoever looks after so long, if it says nothing itself. */
const laterMs = 10_000;

/** So many attempts are remembered of those that are left to another process: of a forgotten one it is said again. */
const mostLeft = 10_000;

/** So long after a note is due another process may be telling it. Afterwards one that is not due in the ledger is not there any more. */
const othersTurnMs = 60_000;

/**
 * What engines hold for attempts, in the ledger: stored with the arm, in the same write, and taken out once the engines have been told
 * (section 9 of the design). A note that is told twice costs an engine a look at its own keys; one that is lost would cost the money.
 */
export class EngineJournal {
  readonly #ledger: Ledger;
  readonly #logger: Logger;
  readonly #owners: EngineOwners;
  readonly #clock: Clock;
  readonly #known = new Map<string, KnownNote>();
  /** Attempts whose notes are for engines that this policy does not have. */
  readonly #left = new Set<string>();

  /** @param owners whose it is what engines grant here, by rule */
  constructor(ledger: Ledger, logger: Logger, owners: EngineOwners, clock: Clock) {
    this.#ledger = ledger;
    this.#logger = logger;
    this.#owners = owners;
    this.#clock = clock;
  }

  /** How many attempts anything is known of. */
  get size(): number {
    return this.#known.size;
  }

  /** An attempt begins, and this is what its engines were granted: what they were before, where its decision is asked again, they hold too. */
  begun(context: ActionContext, settlements: EngineSettlements): void {
    const before = this.#known.get(context.actionId)?.settlements ?? [];
    const all = [...before, settlements];
    const owners = this.#owners;
    this.#known.set(context.actionId, {
      context: withoutArgs(context),
      settlements: all,
      owners,
      isStored: false,
      isBegun: true,
    });
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
    const { isStored = false, isBegun = false, settlements: before = [], owners = this.#owners } = known ?? {};
    const now = {
      context: known === undefined ? withoutArgs(context) : withEffects(known.context, excess),
      settlements: [...before, ...settlements],
      owners,
    };
    this.#known.set(actionId, { ...now, isStored, isBegun });
    return noteText(now);
  }

  /** The ledger has armed an attempt with its note. */
  stored(actionId: string): void {
    const known = this.#known.get(actionId);
    if (known !== undefined) known.isStored = true;
  }

  /** The ledger has refused an arm: of what is no attempt of its own, such as a call of one that has been told, nothing is left to say. */
  refused(actionId: string): void {
    const known = this.#known.get(actionId);
    if (known !== undefined && !known.isStored && !known.isBegun) this.#known.delete(actionId);
  }

  /** Keeps what an engine wants to be told after a crash, too. @throws LedgerFault where it could not be stored */
  async remember(actionId: string, engine: string, settlement: Settlement): Promise<void> {
    const known = this.#known.get(actionId);
    // Of what was never armed nothing can have left.
    if (known?.isStored !== true) return;
    known.settlements = [...known.settlements, { [engine]: settlement }];
    if (known.rules !== undefined) known.rules = [...new Set([...known.rules, engine])];
    await this.#ledger.note({ attemptId: actionId, mark: { kind: "replaced", note: textOf(known) } });
  }

  /** An attempt was given back before it was armed, or holds nothing that this process tells of: there is no note of it to take out. */
  forget(actionId: string): void {
    this.#known.delete(actionId);
  }

  /** Forgets the notes that were to be told by now, and are not among all those that the ledger has due: another process has told them. */
  forgetUnless(due: ReadonlySet<string>): void {
    const now = this.#clock.now();
    for (const [actionId, { dueAt }] of this.#known)
      if (dueAt !== undefined && dueAt + othersTurnMs < now && !due.has(actionId)) this.#known.delete(actionId);
  }

  /** All engines have been told. In the background: a note that stays is told again, and no more. */
  told(actionId: string): void {
    if (this.#mayBeStored(actionId)) this.#mark(actionId, { kind: "told" });
    this.#known.delete(actionId);
  }

  /**
   * Engines could not write what they were told. The note is for them from now on, and for those of rules that this policy does not have:
   * what the others held has been told, and a process that dies before that is written tells it twice, which loses nothing.
   */
  untold(actionId: string, unheard: readonly Unheard[], strangers: readonly string[] = []): void {
    const known = this.#known.get(actionId);
    if (known !== undefined && !known.isStored) {
      // Nothing can have left, and no note of it was written.
      this.#known.delete(actionId);
      return;
    }
    if (known !== undefined) this.#keepFor(actionId, known, [...strangers, ...unheard.map(({ rule }) => rule)]);
    const error = unsettledOf(unheard);
    // It is not given up as long as others have not heard.
    if (error.isHopeless && strangers.length > 0) {
      this.leave(actionId, strangers, known && rulesOf(known));
      return;
    }
    this.putOff(actionId, error);
    if (known === undefined) return;
    // Not the errors themselves: each keeps all that was in reach where it was made.
    const telling = Symbol("a telling");
    known.telling = telling;
    for (const { rule, late } of unheard)
      void late?.then((hasHeard) => {
        if (hasHeard) this.#heardLate(actionId, rule, telling);
      });
  }

  /** An attempt cannot be told of yet. */
  putOff(actionId: string, error: unknown): void {
    const mark = this.#markOf(actionId, error);
    this.#mark(actionId, mark);
    const known = this.#known.get(actionId);
    if (mark.kind === "set_aside") this.#known.delete(actionId);
    else if (known !== undefined && mark.kind === "later") known.dueAt = this.#clock.now() + mark.afterMs;
  }

  /**
   * The note is for engines of these rules, which this policy does not have: it stays for a process that has them. It is put off once, so
   * that it comes behind what can be told here, and never again: the passes of two processes may be so far apart that one which puts it off
   * each time hides it from the other for good.
   * @param kept the rules whose part of it is left, where that is more
   */
  leave(actionId: string, strangers: readonly string[], kept = strangers): void {
    const known = this.#known.get(actionId);
    if (known?.isStored === true) this.#keepFor(actionId, known, kept);
    this.#known.delete(actionId);
    if (this.#left.has(actionId)) return;
    this.#left.add(actionId);
    const [oldest] = this.#left;
    if (this.#left.size > mostLeft && oldest !== undefined) this.#left.delete(oldest);
    this.#logger.warn(
      `what the engines of the rules ${namesOf(strangers)} hold for ${actionId} stays in the ledger until a policy that has them tells them: this one has not, or others under these names, or only in the shadow`,
    );
    this.#mark(actionId, { kind: "later", afterMs: laterMs });
  }

  /** Whoever opens a policy without any engine leaves all notes where they are. Says it once, of those that are due by then. */
  async sayWhatIsLeft(): Promise<void> {
    try {
      const due = await this.#ledger.untold(mostLeft);
      const rules = new Set(due.flatMap(({ note }) => rulesIn(note)));
      if (due.length === 0) return;
      this.#logger.warn(
        `what the engines of the rules ${namesOf([...rules])} hold for ${due.length} of the attempts stays in the ledger until a policy that has them tells them: this one has none`,
      );
    } catch (error) {
      // The policy is as good as it was without: what cannot be read now is left where it is.
      this.#logger.warn(`whether the ledger has something to tell engines could not be read: ${messageOf(error)}`);
    }
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
  found(note: EngineNote): void {
    this.#known.set(note.context.actionId, { ...note, isStored: true, isBegun: true });
  }

  /** One of those that had not heard in time has heard. It counts unless more has been told since. */
  #heardLate(actionId: string, rule: string, telling: symbol): void {
    const known = this.#known.get(actionId);
    if (known?.telling !== telling) return;
    const rules = rulesOf(known).filter((kept) => kept !== rule);
    if (rules.length === 0) this.told(actionId);
    else this.#keepFor(actionId, known, rules);
  }

  /** Takes out of the note what is for no engine of these rules: of two processes that each know some, neither would ever know all. */
  #keepFor(actionId: string, known: KnownNote, rules: readonly string[]): void {
    const before = rulesOf(known);
    const after = [...new Set(known.settlements.flatMap((given) => Object.keys(given)))].filter((id) => rules.includes(id));
    // A note of nobody's would be lost: where those who are left hold nothing in it, it stays as it is.
    if (after.length === 0 || isSame(before, after)) return;
    known.rules = after;
    this.#mark(actionId, { kind: "replaced", note: textOf(known) });
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

function namesOf(rules: readonly string[]): string {
  return rules.map((rule) => `"${rule}"`).join(", ");
}

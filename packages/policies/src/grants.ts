import type { Settlement } from "@agentkit-policy/core";

/** By rule: what an engine wants to hear again, or null where it allowed and has nothing to say. */
export type EngineSettlements = Readonly<Record<string, Settlement | null>>;

/** What one round of engines, or one late answer, has granted. */
interface Grant {
  readonly settlements: EngineSettlements;
  /** Whether it was in vain: nobody will hand it out any more. */
  isInVain: boolean;
}

/** An attempt whose engines have granted what nobody else knows of, or may do so yet. */
interface Attempt {
  grants: Grant[];
  /** How many rounds and late answers may still bring something. */
  open: number;
  /** Tells again what was told last; undefined while nothing was, and once nothing can come any more. */
  tellAgain: (() => Promise<unknown>) | undefined;
  /** Whether what was told last was all, but for what may still be granted. */
  isOver: boolean;
}

/** The grants that go into what is told. */
export interface ToldGrants {
  readonly settlements: readonly EngineSettlements[];
  /** Those of which nothing else will be said: once they are told, they are done with. */
  readonly inVain: ReadonlySet<EngineSettlements>;
}

/** So many attempts are kept whose grants no engine could be told of: what is forgotten of the oldest ends with its engine's own lease. */
const mostKept = 10_000;

/**
 * What engines have granted and nobody else knows of: it is kept from the moment on at which it was granted until whoever asked says that
 * it is kept elsewhere, or a settlement that came after its round has told it. An attempt may be settled while a round is under way.
 */
export class Grants {
  readonly #attempts = new Map<string, Attempt>();

  /** How many attempts anything is kept of. */
  get size(): number {
    return this.#attempts.size;
  }

  /** A round begins. @returns what it grants is added to this, at once */
  begin(actionId: string): Record<string, Settlement | null> {
    const settlements: Record<string, Settlement | null> = {};
    const attempt = this.#opened(actionId);
    attempt.grants.push({ settlements, isInVain: false });
    return settlements;
  }

  /** An answer is late, and waited for. */
  expect(actionId: string): void {
    this.#opened(actionId);
  }

  /** The late answer came, with a grant or none, or is waited for no more. */
  cameLate(actionId: string, settlements: EngineSettlements | undefined): void {
    const attempt = this.#attempts.get(actionId);
    if (attempt === undefined) return;
    if (settlements !== undefined) attempt.grants.push({ settlements, isInVain: true });
    this.#ended(actionId, attempt, settlements !== undefined);
  }

  /** What a round has granted is with whoever asked, and comes back with what is settled: it must not be told twice. */
  returned(actionId: string, settlements: EngineSettlements): void {
    const attempt = this.#attempts.get(actionId);
    if (attempt === undefined) return;
    attempt.grants = attempt.grants.filter((grant) => grant.settlements !== settlements);
    this.#ended(actionId, attempt, false);
  }

  /** What a round has granted nobody will use: it is told with its attempt, at once where that was settled meanwhile. */
  inVain(actionId: string, settlements: EngineSettlements): void {
    const attempt = this.#attempts.get(actionId);
    if (attempt === undefined) return;
    const isNews = Object.keys(settlements).length > 0;
    for (const grant of attempt.grants) if (grant.settlements === settlements) grant.isInVain = true;
    if (!isNews) attempt.grants = attempt.grants.filter((grant) => grant.settlements !== settlements);
    this.#ended(actionId, attempt, isNews);
  }

  /**
   * An attempt is told of, with all that was granted to it by now.
   * @param tellAgain tells the same once more, with what will have been granted by then
   */
  telling(actionId: string, isOver: boolean, tellAgain: () => Promise<unknown>): ToldGrants {
    const attempt = this.#attempts.get(actionId);
    if (attempt === undefined) return { settlements: [], inVain: new Set() };
    attempt.isOver = isOver;
    if (attempt.open > 0) attempt.tellAgain = tellAgain;
    const { grants } = attempt;
    const inVain = new Set(grants.flatMap((grant) => (grant.isInVain ? [grant.settlements] : [])));
    return { settlements: grants.map(({ settlements }) => settlements), inVain };
  }

  /** All engines know of these. What a round still grants to is told again with it, and so is all of what is not over. */
  told(actionId: string, { inVain }: ToldGrants): void {
    const attempt = this.#attempts.get(actionId);
    if (attempt === undefined || !attempt.isOver) return;
    attempt.grants = attempt.grants.filter(({ settlements }) => !inVain.has(settlements));
    this.#forgetUnlessNeeded(actionId, attempt);
  }

  #opened(actionId: string): Attempt {
    const attempt = this.#attempts.get(actionId) ?? { grants: [], open: 0, tellAgain: undefined, isOver: false };
    attempt.open += 1;
    this.#attempts.set(actionId, attempt);
    const [oldest] = this.#attempts.keys();
    if (this.#attempts.size > mostKept && oldest !== undefined) this.#attempts.delete(oldest);
    return attempt;
  }

  #ended(actionId: string, attempt: Attempt, isNews: boolean): void {
    const { tellAgain } = attempt;
    attempt.open -= 1;
    if (attempt.open === 0) attempt.tellAgain = undefined;
    this.#forgetUnlessNeeded(actionId, attempt);
    // What cannot be told now is told with whatever is settled of the attempt later, or is an engine's own to free: its hold has a lease.
    if (isNews) tellAgain?.().catch(() => undefined);
  }

  #forgetUnlessNeeded(actionId: string, { grants, open }: Attempt): void {
    if (grants.length === 0 && open === 0) this.#attempts.delete(actionId);
  }
}

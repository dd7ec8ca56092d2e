import type { Entry, Line } from "./entry.js";
import type { Scope } from "./ledger.js";
import { scopeKey, scopeKeyText } from "./scope-key.js";
import type { LineQuery, LineVisitor } from "./store.js";

type Kind = Pick<LineQuery, "unit" | "asset">;
type Who = Pick<LineQuery, "scope" | "perCounterparty">;

const everybody: Who = { scope: {}, perCounterparty: true };

/** The sums of an hour's closed lines per the same few scopes. */
interface Sums {
  readonly per: readonly Scope[];
  readonly perCounterparty: boolean;
  readonly byKey: Map<string, bigint>;
}

/**
 * The lines of one asset, or of actions, whose dates lie in one hour. What is closed counts by its date alone: its sums are
 * made when they are first asked for and kept, so that a decision costs the same however much was spent before it.
 */
export class HourOfLines {
  readonly #kind: Kind;
  readonly #open = new Map<string, Entry>();
  readonly #closed = new Map<string, Entry>();
  readonly #sums = new Map<string, Sums>();

  constructor(kind: Kind) {
    this.#kind = kind;
  }

  get isEmpty(): boolean {
    return this.#open.size === 0 && this.#closed.size === 0;
  }

  /** Adds a line of an entry; each of its lines of this asset has to be added, and none twice. */
  add(entry: Entry, line: Line): void {
    if (entry.state !== "closed") {
      this.#open.set(entry.attemptId, entry);
      return;
    }
    this.#closed.set(entry.attemptId, entry);
    for (const sums of this.#sums.values()) addUp(sums, entry, line);
  }

  /** Forgets all lines of an entry. */
  remove({ attemptId }: Entry): void {
    this.#open.delete(attemptId);
    // An entry that was closed seldom changes again, and then its hour is added up anew.
    if (this.#closed.delete(attemptId)) this.#sums.clear();
  }

  eachOpen(who: Who, visit: LineVisitor): void {
    for (const entry of this.#open.values()) eachLineOf(entry, this.#kind, who, visit);
  }

  eachClosed(who: Who, visit: LineVisitor): void {
    for (const entry of this.#closed.values()) eachLineOf(entry, this.#kind, who, visit);
  }

  closedSum({ scope, perCounterparty }: Who): bigint {
    if (this.#closed.size === 0) return 0n;
    return this.#sumsPer(Object.keys(scope) as Scope[], perCounterparty).byKey.get(scopeKeyText(scope)) ?? 0n;
  }

  #sumsPer(per: readonly Scope[], perCounterparty: boolean): Sums {
    const name = per.join(" ") + (perCounterparty ? " +" : "");
    const known = this.#sums.get(name);
    if (known !== undefined) return known;
    const sums: Sums = { per, perCounterparty, byKey: new Map() };
    this.eachClosed(everybody, (entry, line) => addUp(sums, entry, line));
    this.#sums.set(name, sums);
    return sums;
  }
}

function addUp({ per, perCounterparty, byKey }: Sums, entry: Entry, line: Line): void {
  if (line.perCounterpartyOnly === true && !perCounterparty) return;
  const key = scopeKey(per, entry.scopes, line);
  // A line without one of the scopes is in no balance of theirs.
  if (typeof key === "string") return;
  const text = scopeKeyText(key);
  byKey.set(text, (byKey.get(text) ?? 0n) + line.amount);
}

/** Visits those lines of one entry that a query asks for. */
export function eachLineOf(entry: Entry, { unit, asset }: Kind, { scope, perCounterparty }: Who, visit: LineVisitor): void {
  for (const name in scope) {
    if (name !== "counterparty" && entry.scopes[name as keyof typeof entry.scopes] !== scope[name as Scope]) return;
  }
  const { counterparty } = scope;
  for (const line of entry.lines) {
    if (line.unit !== unit || line.asset !== asset || line.amount === 0n) continue;
    if (line.perCounterpartyOnly === true && !perCounterparty) continue;
    if (counterparty === undefined || counterparty === line.counterparty) visit(entry, line);
  }
}

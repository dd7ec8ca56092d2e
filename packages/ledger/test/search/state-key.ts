import type { Mutant } from "./mutants.js";
import { forever, type ModelEntry, type ModelLedger } from "./rules.js";
import type { State, World } from "./world.js";

/** What one character says: a number from -64 to 189, or that two more say another one. */
const offset = 64;
const widest = 253;
const wide = 254;
const endless = 255;

/** Writes numbers and words as one short text, mostly a byte each, since a search compares some millions of them. */
class KeyWriter {
  readonly #units = new Uint16Array(1_024);
  readonly #words = new Map<string, number>();
  #length = 0;

  /** A whole number, or `forever`. @throws RangeError of any other, which would be taken for another one */
  number(value: number): void {
    if (value !== value >> 0) throw new RangeError(`${value} has no room in a key`);
    const unit = value + offset;
    if (value === forever) this.#push(endless);
    else if (unit >= 0 && unit <= widest) this.#push(unit);
    else {
      this.#push(wide);
      this.#push(value >>> 16);
      this.#push(value & 0xffff);
    }
  }

  #push(unit: number): void {
    if (this.#length === this.#units.length) throw new RangeError("a state has no room in a key");
    this.#units[this.#length] = unit;
    this.#length += 1;
  }

  flag(value: boolean): void {
    this.number(value ? 1 : 0);
  }

  word(value: string): void {
    let number = this.#words.get(value);
    if (number === undefined) {
      number = this.#words.size;
      this.#words.set(value, number);
    }
    this.number(number);
  }

  /** Its length goes first, so that no two lists read alike. */
  list<T>(values: readonly T[], write: (value: T) => void): void {
    this.number(values.length);
    for (const value of values) write(value);
  }

  /** What was written since the last time. */
  take(): string {
    const text = String.fromCharCode.apply(null, this.#units.subarray(0, this.#length) as unknown as number[]);
    this.#length = 0;
    return text;
  }
}

const key = new KeyWriter();
const word = (value: string): void => key.word(value);

/**
 * Two states are the same where nothing that follows can tell them apart: all times are written from now, those that lie too
 * far back to matter are one, and what nobody will look at again is left out. So the space is finite although time is not.
 */
export function keyOf(state: State, { rules }: World): string {
  const { time, anchorError, drift, lastDrift, ledger, disk, processes, movements, outflows } = state;
  const { times, mutant } = rules;
  let longest = 0;
  for (const { window } of rules.limits) if ("length" in window) longest = Math.max(longest, window.length);
  const reach = longest + 2 * rules.margin + 2 * times.tolerance + times.blockError + 2;
  const from = (moment: number, back = reach): number => (moment >= forever ? forever : Math.max(moment - time, -back));
  const dated = (moment: number): number => (moment === 0 ? 0 : from(moment));
  const writeLedger = ({ highWater, entries }: ModelLedger): void => {
    // No clock that is believed reads earlier than this.
    key.number(from(highWater, 2 * times.tolerance + 1));
    key.list(Object.keys(entries), (attempt) => {
      key.word(attempt);
      writeEntry(entries[Number(attempt)] as ModelEntry, from, mutant);
    });
  };
  for (const { window } of rules.limits) key.number(window.kind === "calendar" ? time % window.length : 0);
  key.number(anchorError);
  key.number(drift);
  key.number(mutant === "compares the clock with its last reading" ? lastDrift : 0);
  writeLedger(ledger);
  key.flag(disk === ledger);
  if (disk !== ledger) writeLedger(disk);
  for (const { phase: at, calls, steps, armed, validUntil, deadline, asked, closes, waiting } of processes) {
    const isOver = at === "gone" || (at === "ended" && closes > 0);
    key.word(at);
    key.list(calls, (call) => {
      key.word(call.status);
      if (call.status !== "handed") return;
      key.number(from(call.checkedAt));
      key.number(dated(call.deadline));
    });
    key.list(isOver ? [] : Object.keys(steps), word);
    key.flag(!isOver && armed);
    key.number(at === "open" || at === "queued" ? Math.max(validUntil - time, -1) : 0);
    key.number(isOver ? 0 : dated(deadline));
    key.number(isOver ? 0 : dated(asked));
    key.number(closes);
    key.flag(waiting !== undefined);
    if (waiting === undefined) continue;
    key.word(JSON.stringify(waiting.request));
    key.number(from(waiting.reading.now));
    key.flag(waiting.reading.jumped);
    key.number(from(waiting.askedAt));
  }
  key.list(movements, ({ attempt, call, status, block, lastAt }) => {
    const open = status === "pending" || status === "mined" || status === "reverted";
    const isTold = ledger.entries[attempt]?.calls.some((known) => known.call === call && known.verdict !== "live") === true;
    key.number(attempt);
    key.number(call);
    key.word(status);
    key.number(open ? Math.max(lastAt - time, -1) : 0);
    key.number(isTold || block === 0 ? 0 : from(block));
  });
  key.list(outflows, ({ block, amount, attempt, call }) => {
    key.number(from(block));
    key.number(amount);
    key.number(attempt);
    key.number(call);
  });
  return key.take();
}

function writeEntry(entry: ModelEntry, from: (moment: number) => number, mutant: Mutant | undefined): void {
  const { state, reservedAt, sendBy, until, deadline, steps, amount, calls } = entry;
  const isOpen = state === "reserved" || state === "armed";
  const mayChange = isOpen || calls.some((call) => call.verdict === "live");
  key.word(state);
  key.number(mutant === "counts at reserve time" ? from(reservedAt) : 0);
  key.number(isOpen ? from(sendBy) : 0);
  key.number(state === "reserved" || amount === 0 ? 0 : from(until));
  key.number(deadline === 0 || !mayChange ? 0 : from(deadline));
  key.list(isOpen ? Object.keys(steps) : [], word);
  key.number(amount);
  key.list(calls, ({ call, found, verdict, block }) => {
    key.number(call);
    key.flag(found);
    key.word(verdict);
    key.number(mayChange && block !== 0 ? from(block) : 0);
  });
}

import type { Mutant } from "./mutants.js";
import { problemOf } from "./oracle.js";
import { forever, type ModelEntry, type ModelLedger } from "./rules.js";
import type { State, World } from "./world.js";

/** What a search found. */
export interface Found {
  readonly states: number;
  /** The shortest way to a loss, as its steps; absent where the whole space holds none. */
  readonly trace?: readonly string[];
  readonly problem?: string;
}

/** Visits every state that a world can reach, nearest first, to the end of the space. @throws when there are too many */
export function searchAll(world: World, maxStates = 12_000_000): Found {
  const seen = new Set<string>();
  let frontier: Node[] = [];
  const visit = (node: Node): void => {
    const key = keyOf(node.state, world);
    if (seen.has(key)) return;
    seen.add(key);
    frontier.push(node);
  };
  for (const state of world.starts()) visit({ state, label: "start", before: undefined });
  while (frontier.length > 0) {
    const nodes = frontier;
    frontier = [];
    for (const node of nodes) {
      const problem = problemOf(node.state, world.rules);
      if (problem !== undefined) return { states: seen.size, trace: traceOf(node), problem };
      for (const { label, next } of world.steps(node.state)) visit({ state: next, label, before: node });
    }
    if (seen.size > maxStates) throw new Error(`the space has more than ${maxStates} states`);
  }
  return { states: seen.size };
}

interface Node {
  readonly state: State;
  readonly label: string;
  readonly before: Node | undefined;
}

function traceOf(node: Node): string[] {
  const trace: string[] = [];
  for (let at: Node | undefined = node; at !== undefined; at = at.before) trace.unshift(at.label);
  return trace;
}

/**
 * Two states are the same where nothing that follows can tell them apart: all times are written from now, those that lie too
 * far back to matter are one, and what nobody will look at again is left out. So the space is finite although time is not.
 */
function keyOf(state: State, { rules }: World): string {
  const { time, anchorError, drift, lastDrift, ledger, disk, processes, movements, outflows } = state;
  const { times, mutant } = rules;
  const longest = Math.max(...rules.limits.map(({ window }) => ("length" in window ? window.length : 0)));
  const reach = longest + 2 * rules.margin + 2 * times.tolerance + times.blockError + 2;
  const from = (moment: number, back = reach): number => (moment >= forever ? forever : Math.max(moment - time, -back));
  const dated = (moment: number): number => (moment === 0 ? 0 : from(moment));
  const ledgerKey = ({ highWater, entries }: ModelLedger): unknown => [
    // No clock that is believed reads earlier than this.
    from(highWater, 2 * times.tolerance + 1),
    Object.entries(entries).map(([attempt, entry]) => [attempt, ...entryKey(entry, from, mutant)]),
  ];
  const phase = rules.limits.map(({ window }) => (window.kind === "calendar" ? time % window.length : 0));
  const parts: unknown[] = [phase, anchorError, drift, mutant === "compares the clock with its last reading" ? lastDrift : 0];
  parts.push(ledgerKey(ledger), disk === ledger ? 0 : ledgerKey(disk));
  for (const { phase: at, calls, steps, armed, validUntil, deadline, asked, closes, waiting } of processes) {
    const isOver = at === "gone" || (at === "ended" && closes > 0);
    parts.push([
      at,
      calls.map((call) => (call.status === "handed" ? [call.status, from(call.checkedAt), dated(call.deadline)] : [call.status])),
      isOver ? 0 : Object.keys(steps),
      !isOver && armed,
      at === "open" || at === "queued" ? Math.max(validUntil - time, -1) : 0,
      isOver ? 0 : dated(deadline),
      isOver ? 0 : dated(asked),
      closes,
      waiting === undefined ? 0 : [waiting.request, from(waiting.reading.now), waiting.reading.jumped, from(waiting.askedAt)],
    ]);
  }
  for (const { attempt, call, status, block, lastAt } of movements) {
    const open = status === "pending" || status === "mined" || status === "reverted";
    const isTold = ledger.entries[attempt]?.calls.some((known) => known.call === call && known.verdict !== "live") === true;
    parts.push([attempt, call, status, open ? Math.max(lastAt - time, -1) : 0, isTold || block === 0 ? 0 : from(block)]);
  }
  parts.push(outflows.map(({ block, amount, attempt, call }) => [from(block), amount, attempt, call]));
  return JSON.stringify(parts);
}

function entryKey(entry: ModelEntry, from: (moment: number) => number, mutant: Mutant | undefined): unknown[] {
  const { state, reservedAt, sendBy, until, deadline, steps, amount, calls } = entry;
  const isOpen = state === "reserved" || state === "armed";
  const mayChange = isOpen || calls.some((call) => call.verdict === "live");
  return [
    state,
    mutant === "counts at reserve time" ? from(reservedAt) : 0,
    isOpen ? from(sendBy) : 0,
    state === "reserved" || amount === 0 ? 0 : from(until),
    deadline === 0 || !mayChange ? 0 : from(deadline),
    isOpen ? Object.keys(steps) : 0,
    amount,
    calls.map(({ call, found, verdict, block }) => [call, found, verdict, mayChange && block !== 0 ? from(block) : 0]),
  ];
}

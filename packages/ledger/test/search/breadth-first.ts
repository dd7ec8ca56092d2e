import { problemOf } from "./oracle.js";
import { keyOf } from "./state-key.js";
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

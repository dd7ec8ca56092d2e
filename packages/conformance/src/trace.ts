import type { JsonValue } from "@agentkit-policy/schema";
import type { TraceEntry } from "./vector.js";

/** A line of a trace: an entry, and who it belongs to in the background. */
export interface TraceLine {
  readonly entry: TraceEntry;
  /** Whether nobody waited for it. */
  readonly aside?: boolean;
  /** The outcome that came with it. */
  readonly outcome?: JsonValue;
}

/** Where the parts of a scripted world write down what happens, whatever process they are in. */
export interface Trace {
  add(line: TraceLine): void;
  /** Resolves when `invoke` has come back. */
  whenReturned(): Promise<void>;
}

/** The line by which a host says that `invoke` has come back. */
export const returnedLine: TraceLine = { entry: { host: "returned" } };

/** A trace in this process. */
export class MemoryTrace implements Trace {
  readonly lines: TraceLine[] = [];
  readonly #returned: Promise<void>;
  #setReturned: () => void = () => undefined;

  constructor() {
    this.#returned = new Promise((resolve) => {
      this.#setReturned = resolve;
    });
  }

  add(line: TraceLine): void {
    this.lines.push(line);
    if (line === returnedLine) this.#setReturned();
  }

  whenReturned(): Promise<void> {
    return this.#returned;
  }
}

/** A whole trace, parted into what `invoke` waited for and what came in the background, with the outcome told last. */
export function partedTrace(lines: readonly TraceLine[]): {
  readonly trace: TraceEntry[];
  readonly later: TraceEntry[];
  readonly record: JsonValue;
} {
  const trace: TraceEntry[] = [];
  const later: TraceEntry[] = [];
  let record: JsonValue = null;
  let returned = false;
  for (const { entry, aside, outcome } of lines) {
    if (outcome !== undefined) record = outcome;
    if (entry["host"] === "returned") returned = true;
    else (returned || aside === true ? later : trace).push(entry);
  }
  return { trace, later, record };
}

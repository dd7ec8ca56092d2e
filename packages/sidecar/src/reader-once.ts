import type { ActionFacts, ActionReader, AttemptFacts, Read } from "@agentkit-policy/core";

type Reading = ReturnType<ActionReader["describe"]>;

/**
 * A policy's reader, which reads an attempt once although two ask: whoever looks for what only the host can tell, and then
 * the machine that judges.
 */
export class ReaderOnce implements ActionReader {
  readonly decode: ActionReader["decode"];
  readonly classify: ActionReader["classify"];
  readonly #reader: ActionReader;
  readonly #ahead = new WeakMap<ActionFacts, Reading>();

  constructor(reader: ActionReader) {
    this.#reader = reader;
    this.decode = (call) => reader.decode(call);
    this.classify = (result, actionName) => reader.classify(result, actionName);
  }

  /** Reads before the machine does. Never throws: what cannot be read is read again by the machine, which then denies. */
  async readAhead(facts: AttemptFacts, read: Read): Promise<void> {
    // These say themselves what they do, and nobody reads their arguments.
    if (facts.call !== undefined || facts.described !== undefined) return;
    try {
      const reading = this.#reader.describe(facts, read);
      this.#ahead.set(facts, reading instanceof Promise ? await reading : reading);
    } catch {
      // Nothing is kept.
    }
  }

  describe(facts: ActionFacts, read: Read): Reading {
    return this.#ahead.get(facts) ?? this.#reader.describe(facts, read);
  }
}

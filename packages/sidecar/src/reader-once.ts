import type { ActionFacts, ActionReader, AttemptFacts, Read } from "@agentkit-policy/core";

type Reading = ReturnType<ActionReader["describe"]>;

/**
 * A policy's reader, which reads an attempt once although two ask: whoever looks for what only the host can tell, and then
 * the machine that judges.
 */
export class ReaderOnce implements ActionReader {
  readonly decode: ActionReader["decode"];
  readonly named: NonNullable<ActionReader["named"]>;
  readonly #reader: ActionReader;
  #ahead: { readonly facts: ActionFacts; readonly reading: Reading } | undefined;

  constructor(reader: ActionReader) {
    this.#reader = reader;
    this.decode = (call) => reader.decode(call);
    this.named = (effect) => reader.named?.(effect) ?? effect;
  }

  /**
   * Reads before the machine does, and at once where the reader can. Never fails: what cannot be read is read again by the
   * machine, which then denies.
   */
  readAhead(facts: AttemptFacts, read: Read): Promise<void> | undefined {
    // These say themselves what they do, and nobody reads their arguments.
    if (facts.call !== undefined || facts.described !== undefined) return undefined;
    const keep = (reading: Reading): void => {
      this.#ahead = { facts, reading };
    };
    try {
      const reading = this.#reader.describe(facts, read);
      if (reading instanceof Promise) return reading.then(keep, () => undefined);
      keep(reading);
    } catch {
      // Nothing is kept.
    }
    return undefined;
  }

  describe(facts: ActionFacts, read: Read): Reading {
    const ahead = this.#ahead;
    // Only the last is kept: where another attempt has come between, this one is read a second time.
    return ahead?.facts === facts ? ahead.reading : this.#reader.describe(facts, read);
  }
}

import type { Clock } from "@agentkit-policy/schema";

/** The ids of a walk's attempts: each is made when it is first named, so that late ones are not too old. */
export class AttemptIds {
  readonly #clock: Clock;
  readonly #ids = new Map<number, string>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  of(attempt: number): string {
    const known = this.#ids.get(attempt) ?? attemptIdAt(this.#clock.now(), attempt);
    this.#ids.set(attempt, known);
    return known;
  }
}

/** A UUIDv7 of a moment. */
export function attemptIdAt(now: number, serial: number): string {
  const time = now.toString(16).padStart(12, "0");
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-${serial.toString(16).padStart(12, "0")}`;
}

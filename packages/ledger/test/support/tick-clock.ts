import type { Clock } from "@agentkit-policy/schema";

/** A clock whose two readings are set apart from one another. */
export class TickClock implements Clock {
  #wall: number;
  #steady: number;

  constructor(wall: number, steady: number) {
    this.#wall = wall;
    this.#steady = steady;
  }

  now(): number {
    return this.#wall;
  }

  uptime(): number {
    return this.#steady;
  }

  set(wall: number, steady: number): void {
    this.#wall = wall;
    this.#steady = steady;
  }
}

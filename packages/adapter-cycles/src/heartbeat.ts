import type { CyclesClient } from "./cycles-client.js";
import { LeaseSchedule, type LeaseStep } from "./lease-schedule.js";
import { timerMs } from "./timer-ms.js";

export interface HeartbeatParts {
  readonly client: CyclesClient;
  readonly reservationId: string;
  /** What the keys of its extensions begin with. */
  readonly key: string;
  /** By how much it is extended each time, in milliseconds. */
  readonly ttlMs: number;
  /** How long one request may take, in milliseconds. */
  readonly timeoutMs: number;
  /** The hold lasts so long from now. */
  readonly onLease: (remainingMs: number) => void;
  /** An extension failed, and is repeated with its key. */
  readonly onRetry: (problem: string) => void;
  /** It will end with what it has. */
  readonly onStop: (problem: string) => void;
}

/** Keeps one hold alive for as long as its attempt is open. */
export class Heartbeat {
  readonly #parts: HeartbeatParts;
  readonly #schedule: LeaseSchedule;
  #timer: NodeJS.Timeout | undefined;
  #serial = 0;
  #isStopped = false;

  constructor(parts: HeartbeatParts) {
    this.#parts = parts;
    this.#schedule = new LeaseSchedule(parts.timeoutMs);
  }

  /** From the answer to the reserve on. */
  start({ remainingMs, rttMs }: { readonly remainingMs: number; readonly rttMs: number }): void {
    this.#plan(this.#schedule.succeeded({ remainingMs, rttMs, nowMs: performance.now() }));
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
  }

  #plan(step: LeaseStep): void {
    if (this.#isStopped) return;
    if (step.kind === "stop") {
      this.#isStopped = true;
      this.#parts.onStop(step.problem);
      return;
    }
    if (!step.isRetry) this.#serial += 1;
    else this.#parts.onRetry(`it is extended again in ${Math.ceil(step.afterMs)} ms`);
    this.#timer = setTimeout(() => {
      this.#extend().then(
        (next) => this.#plan(next),
        // A client that throws has told nothing of the lease.
        (error) => this.#plan({ kind: "stop", problem: String(error) }),
      );
    }, timerMs(step.afterMs));
    // A hold keeps no program alive that has nothing else to do.
    this.#timer.unref();
  }

  async #extend(): Promise<LeaseStep> {
    const { client, reservationId, key, ttlMs, onLease } = this.#parts;
    const request = { idempotency_key: `${key}.${this.#serial}`, extend_by_ms: ttlMs };
    const result = await client.extend(reservationId, request);
    const nowMs = performance.now();
    if (result.kind === "unknown") return this.#schedule.failed({ nowMs, isBusy: false });
    if (result.kind === "refused") {
      if (result.status !== 429) return { kind: "stop", problem: `${result.code}: ${result.message}` };
      const { retryAfterMs } = result;
      return this.#schedule.failed({ nowMs, isBusy: true, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) });
    }
    const { remaining_ttl_ms: remainingMs } = result.body;
    if (remainingMs == null) return { kind: "stop", problem: "the server does not say how long the hold lasts" };
    const { roundTripMs: rttMs } = result;
    onLease(Math.max(0, remainingMs - rttMs));
    return this.#schedule.succeeded({ remainingMs, rttMs, nowMs });
  }
}

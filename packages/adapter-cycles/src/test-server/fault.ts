import * as z from "zod";
import { errorCodes } from "../wire/answers.js";

const operations = ["decide", "reserve", "commit", "release", "extend", "event", "get", "list", "balances"] as const;

/** Something that goes wrong with the next requests of an operation. */
export const fault = z.strictObject({
  operation: z.enum(operations),
  /**
   * - `lost_request`: the connection breaks before the server does anything.
   * - `lost_answer`: it breaks after the server did it.
   * - `twice`: the request arrives twice; the second answer is sent.
   * - `late`: the server does it at once, and answers after `delayMs`.
   * - `slow`: the server does it only after `delayMs`, whether or not anybody waits for it still.
   * - `malformed`: the server does it, and answers with what is no answer of the protocol.
   * - `refused`: the server does nothing, and answers with `code` and `status`.
   * - `store_down`: as `refused`, like the real server without its database: 401 UNAUTHORIZED, whatever the key.
   * - `none`: nothing goes wrong, so that what was asked for next falls on a later request.
   */
  kind: z.enum(["lost_request", "lost_answer", "twice", "late", "slow", "malformed", "refused", "store_down", "none"]),
  /** How many requests; 1 unless said. */
  times: z.number().int().min(1).default(1),
  delayMs: z.number().int().min(0).default(0),
  status: z.number().int().min(300).max(599).default(500),
  code: z.enum(errorCodes).default("INTERNAL_ERROR"),
  /** Seconds of `Retry-After`. */
  retryAfterS: z.number().int().min(0).optional(),
});

export type Fault = z.output<typeof fault>;
export type FaultOptions = z.input<typeof fault>;

/** What is to go wrong, in the order in which it was asked for. */
export class Faults {
  #waiting: { readonly fault: Fault; left: number }[] = [];

  add(options: FaultOptions): void {
    const parsed = fault.parse(options);
    this.#waiting.push({ fault: parsed, left: parsed.times });
  }

  clear(): void {
    this.#waiting = [];
  }

  /** How many requests are to go wrong still. */
  get left(): number {
    return this.#waiting.reduce((sum, { left }) => sum + left, 0);
  }

  /** The fault of the next request, which is used up by it. */
  next(operation: Fault["operation"]): Fault | undefined {
    const waiting = this.#waiting.find(({ fault: { operation: of } }) => of === operation);
    if (waiting === undefined) return undefined;
    waiting.left -= 1;
    if (waiting.left === 0) this.#waiting = this.#waiting.filter((other) => other !== waiting);
    return waiting.fault.kind === "none" ? undefined : waiting.fault;
  }
}

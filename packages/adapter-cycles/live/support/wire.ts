import { exchange } from "../../src/index.js";

/** What was written over it, as it was sent. */
export interface Sent {
  readonly path: string;
  readonly body: string;
  readonly status: number;
}

/**
 * The client's own way to the server, which shows what it wrote. It loses answers on the way back, where the server has done what it was
 * asked, and requests on the way there.
 */
export class Wire {
  readonly #sent: Sent[] = [];
  #losing: RegExp | undefined;
  #left = 0;
  #cut: RegExp | undefined;

  /** The next answers to what is written to such a path are lost. Looks are answered. */
  lose(path: RegExp, times: number): void {
    this.#losing = path;
    this.#left = times;
  }

  /** From now on nothing that is written to such a path arrives. */
  cut(path: RegExp): void {
    this.#cut = path;
  }

  readonly exchange: typeof exchange = async (destination, asked) => {
    if (this.#cut?.test(asked.path) === true) throw new Error("the request was lost");
    const answer = await exchange(destination, asked);
    const { method, path, body } = asked;
    if (method !== "POST") return answer;
    this.#sent.push({ path, body: String(body), status: answer.status });
    if (this.#left === 0 || this.#losing?.test(path) !== true) return answer;
    this.#left -= 1;
    throw new Error("the answer was lost");
  };

  /** What was written to such a path. */
  to(path: RegExp): Sent[] {
    return this.#sent.filter((sent) => path.test(sent.path));
  }
}

/** The paths of the operations that write. */
export const paths = {
  reserve: /\/reservations$/,
  commit: /\/commit$/,
  extend: /\/extend$/,
  event: /\/events$/,
} as const;

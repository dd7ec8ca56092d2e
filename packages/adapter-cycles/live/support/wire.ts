/** What was written over it, as it was sent. */
export interface Sent {
  readonly path: string;
  readonly body: string;
  readonly status: number;
}

/** The platform's `fetch`, which shows what it wrote, and loses answers on the way back: the server has done what it was asked. */
export class Wire {
  readonly #sent: Sent[] = [];
  #losing: RegExp | undefined;
  #left = 0;

  /** The next answers to what is written to such a path are lost. Looks are answered. */
  lose(path: RegExp, times: number): void {
    this.#losing = path;
    this.#left = times;
  }

  readonly fetch: typeof fetch = async (input, init) => {
    const response = await fetch(input, init);
    if (init?.method !== "POST") return response;
    const path = new URL(String(input)).pathname;
    this.#sent.push({ path, body: String(init.body), status: response.status });
    if (this.#left === 0 || this.#losing?.test(path) !== true) return response;
    this.#left -= 1;
    await response.arrayBuffer();
    throw new TypeError("the answer was lost");
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
  event: /\/events$/,
} as const;

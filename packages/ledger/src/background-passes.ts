/** The pause after a pass that found something to do, in milliseconds; it doubles after each that found nothing. */
const shortestPauseMs = 2_000;
const longestPauseMs = 60_000;

/**
 * Something that is looked at again and again in the background: at once, and then less and less often while there is nothing to do. It
 * keeps no process alive and delays nobody.
 */
export class BackgroundPasses<Done> {
  readonly #once: (signal: AbortSignal) => Promise<readonly Done[]>;
  /** Hears of a pass that failed; it is tried again later. */
  readonly #onFailure: (problem: string) => void;
  #pauseMs = shortestPauseMs;
  #timer: NodeJS.Timeout | undefined;
  #passing: Promise<readonly Done[]> | undefined;
  /** Stops the pass that is under way; each has its own, so that nothing gathers at one that lasts. */
  #stopping = new AbortController();
  #stopped = false;

  /** @param once does what there is to do, and says what it did; once the signal fires it ends soon, and writes nothing more */
  constructor(once: (signal: AbortSignal) => Promise<readonly Done[]>, onFailure: (problem: string) => void) {
    this.#once = once;
    this.#onFailure = onFailure;
  }

  /** Looks once; whoever asks while that is under way waits for it. Once it was stopped it looks no more. @returns what was done */
  pass(): Promise<readonly Done[]> {
    this.#passing ??= this.#passOnce().finally(() => {
      this.#passing = undefined;
    });
    return this.#passing;
  }

  /** Looks by itself from now on. */
  start(): void {
    if (this.#timer === undefined) this.#schedule(0);
  }

  /** Stops looking; a pass that is under way finishes what it writes, and is not waited for longer than that. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#stopping.abort();
    clearTimeout(this.#timer);
    await this.#passing?.catch(() => undefined);
  }

  async #passOnce(): Promise<readonly Done[]> {
    if (this.#stopped) return [];
    this.#stopping = new AbortController();
    return await this.#once(this.#stopping.signal);
  }

  #schedule(ms: number): void {
    if (this.#stopped) return;
    this.#timer = setTimeout(() => void this.#inBackground(), ms);
    this.#timer.unref();
  }

  async #inBackground(): Promise<void> {
    let done = 0;
    try {
      done = (await this.pass()).length;
    } catch (error) {
      // What was stopped has not failed.
      if (!this.#stopped) this.#onFailure(error instanceof Error ? error.message : String(error));
    }
    this.#pauseMs = done > 0 ? shortestPauseMs : Math.min(this.#pauseMs * 2, longestPauseMs);
    this.#schedule(this.#pauseMs);
  }
}

/** What is promised, or undefined where the signal fires first: whatever comes of it later is dropped, an error too. */
export async function unlessStopped<T>(answer: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  let stop = (): void => undefined;
  const stopped = new Promise<undefined>((resolve) => {
    stop = () => resolve(undefined);
  });
  if (signal.aborted) stop();
  else signal.addEventListener("abort", stop, { once: true });
  try {
    return await Promise.race([stopped, answer]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

/** The pause after a pass that found something to do, in milliseconds; it doubles after each that found nothing. */
const shortestPauseMs = 2_000;
const longestPauseMs = 60_000;

/**
 * Something that is looked at again and again in the background: at once, and then less and less often while there is nothing to do. It
 * keeps no process alive and delays nobody.
 */
export class BackgroundPasses<Done> {
  readonly #once: () => Promise<readonly Done[]>;
  /** Hears of a pass that failed; it is tried again later. */
  readonly #onFailure: (problem: string) => void;
  #pauseMs = shortestPauseMs;
  #timer: NodeJS.Timeout | undefined;
  #passing: Promise<readonly Done[]> | undefined;
  #stopped = false;

  /** @param once does what there is to do, and says what it did */
  constructor(once: () => Promise<readonly Done[]>, onFailure: (problem: string) => void) {
    this.#once = once;
    this.#onFailure = onFailure;
  }

  /** Looks once; whoever asks while that is under way waits for it. @returns what was done */
  pass(): Promise<readonly Done[]> {
    this.#passing ??= this.#once().finally(() => {
      this.#passing = undefined;
    });
    return this.#passing;
  }

  /** Looks by itself from now on. */
  start(): void {
    if (this.#timer === undefined) this.#schedule(0);
  }

  /** Stops looking by itself; a pass that is under way is waited for. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#passing?.catch(() => undefined);
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
      this.#onFailure(error instanceof Error ? error.message : String(error));
    }
    this.#pauseMs = done > 0 ? shortestPauseMs : Math.min(this.#pauseMs * 2, longestPauseMs);
    this.#schedule(this.#pauseMs);
  }
}

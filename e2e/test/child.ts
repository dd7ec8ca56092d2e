import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** What a child says: one JSON object a line, named by `say`. */
export type Said = { readonly say: string } & Readonly<Record<string, unknown>>;

/** A process of `test/children` that talks in lines of JSON. */
export class Child {
  /** Everything that it said, in order. */
  readonly said: Said[] = [];
  /** Why it cannot go on; undefined while it can, and after it was killed. */
  failure: string | undefined;
  readonly #process: ChildProcess;
  readonly #ended: Promise<void>;
  readonly #waiting = new Set<() => void>();
  #read = 0;
  #killed = false;
  #complaint = "";

  constructor(file: string, config: unknown) {
    const path = fileURLToPath(new URL(`./children/${file}`, import.meta.url));
    this.#process = spawn(process.execPath, [path, JSON.stringify(config)], { stdio: ["pipe", "pipe", "pipe"] });
    this.#process.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.#complaint = (this.#complaint + text).slice(-4_000);
    });
    const lines = createInterface({ input: this.#process.stdout as NodeJS.ReadableStream });
    lines.on("line", (line) => {
      // AgentKit prints on standard output too.
      if (line.startsWith('{"say"')) this.said.push(JSON.parse(line) as Said);
      this.#wake();
    });
    this.#ended = new Promise((resolve) => {
      this.#process.once("close", (code, signal) => {
        if (!this.#killed && code !== 0) this.failure = `${file} ended with ${signal ?? code}\n${this.#complaint}`;
        this.#wake();
        resolve();
      });
    });
  }

  send(message: unknown): void {
    this.#process.stdin?.write(`${JSON.stringify(message)}\n`);
  }

  /**
   * The next thing of this name that it says; what it said before that is passed over.
   * @throws Error when it ended first
   */
  async next(say: string): Promise<Said> {
    for (;;) {
      while (this.#read < this.said.length) {
        const said = this.said[this.#read] as Said;
        this.#read += 1;
        if (said.say === say) return said;
      }
      if (this.#process.exitCode !== null || this.#process.signalCode !== null) {
        await this.#ended;
        if (this.#read < this.said.length) continue;
        throw new Error(this.failure ?? `the child ended before it said "${say}"`);
      }
      await new Promise<void>((resolve) => this.#waiting.add(resolve));
    }
  }

  /** Resolves once it has ended by itself. */
  async ended(): Promise<void> {
    await this.#ended;
  }

  /** SIGKILL: it gets no chance to tidy up. Resolves once it is gone. */
  async kill(): Promise<void> {
    this.#killed = true;
    this.#process.kill("SIGKILL");
    await this.#ended;
  }

  #wake(): void {
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }
}

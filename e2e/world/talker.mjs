// @ts-check
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

/** @typedef {{ readonly say: string } & Readonly<Record<string, unknown>>} Said what a process says: one JSON object a line, named by `say` */

/** @type {Set<import("node:child_process").ChildProcess>} */
const running = new Set();
process.once("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});

/** A process, in whatever language, that is told things and says things in lines of JSON. It ends with this process at the latest. */
export class Talker {
  /**
   * Everything that it said, in order.
   * @type {Said[]}
   */
  said = [];
  /**
   * Why it cannot go on; undefined while it can, and after it was killed.
   * @type {string | undefined}
   */
  failure;
  #process;
  /** @type {Promise<void>} */
  #ended;
  #waiting = /** @type {Set<() => void>} */ (new Set());
  #read = 0;
  #killed = false;
  #complaint = "";

  /**
   * @param {string} name what it is called where it fails
   * @param {string} command
   * @param {readonly string[]} args
   * @param {{ cwd?: string, env?: NodeJS.ProcessEnv }} [options] `env` is added to this process's
   */
  constructor(name, command, args, { cwd, env = {} } = {}) {
    this.#process = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio: ["pipe", "pipe", "pipe"] });
    running.add(this.#process);
    this.#process.stderr.setEncoding("utf8").on("data", (text) => {
      this.#complaint = (this.#complaint + text).slice(-4_000);
    });
    // What is written to one that has ended is lost; that it has ended is told by `next`.
    this.#process.stdin.on("error", () => undefined);
    createInterface({ input: this.#process.stdout }).on("line", (line) => {
      // AgentKit prints on standard output too.
      if (line.startsWith('{"say"')) this.said.push(JSON.parse(line));
      this.#wake();
    });
    this.#ended = new Promise((resolve) => {
      /** @param {string | number | null} how */
      const end = (how) => {
        running.delete(this.#process);
        if (!this.#killed && how !== 0) this.failure = `${name} ended with ${how}\n${this.#complaint}`;
        this.#wake();
        resolve();
      };
      this.#process.once("error", (error) => end(error.message));
      this.#process.once("close", (code, signal) => end(signal ?? code));
    });
  }

  /** @param {unknown} message */
  send(message) {
    this.#process.stdin.write(`${JSON.stringify(message)}\n`);
  }

  /**
   * The next thing of this name that it says; what it said before that is passed over.
   * @param {string} say
   * @returns {Promise<Said>}
   * @throws Error when it ended first
   */
  async next(say) {
    for (;;) {
      while (this.#read < this.said.length) {
        const said = /** @type {Said} */ (this.said[this.#read]);
        this.#read += 1;
        if (said.say === say) return said;
      }
      if (this.failure !== undefined || this.#process.exitCode !== null || this.#process.signalCode !== null) {
        await this.#ended;
        if (this.#read < this.said.length) continue;
        throw new Error(this.failure ?? `the process ended before it said "${say}"`);
      }
      await new Promise((resolve) => this.#waiting.add(() => resolve(undefined)));
    }
  }

  /**
   * Says that nothing more will come, and resolves once it has ended by itself.
   * @throws Error when it ended with anything but 0
   */
  async finish() {
    this.#process.stdin.end();
    await this.#ended;
    if (this.failure !== undefined) throw new Error(this.failure);
  }

  /** Resolves once it has ended by itself. */
  async ended() {
    await this.#ended;
  }

  /** SIGKILL: it gets no chance to tidy up. Resolves once it is gone. */
  async kill() {
    this.#killed = true;
    this.#process.kill("SIGKILL");
    await this.#ended;
  }

  #wake() {
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }
}

import { equal, ok } from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { type CheckOptions, type DriverCheck, newPlace } from "./check.js";
import type { Driver } from "./ledger-checks.js";
import { countedBy } from "./payment.js";

const child = fileURLToPath(new URL("./child.js", import.meta.url));
const processes = 4;
const callersEach = 4;

/**
 * What a ledger that processes share has to keep, with real processes.
 * @param module the URL of a module that exports `open`, as a `Driver` has it, in a form that Node loads by itself
 */
export function processChecks(module: URL, { scale = 1 }: CheckOptions = {}): readonly DriverCheck[] {
  return [
    { name: "grants exactly the maximum to processes that ask at once", run: () => raceOfProcesses(module) },
    {
      name: "still counts everything that it granted to a process that was killed",
      async run() {
        for (let killed = 0; killed < Math.ceil(5 * scale); killed += 1) await killOne(module, killed);
      },
    },
  ];
}

async function raceOfProcesses(module: URL): Promise<void> {
  const place = newPlace();
  const max = 60;
  const granted = await Promise.all(Array.from({ length: processes }, () => new Payer(module, place, max).toTheEnd()));
  const sum = granted.reduce((one, other) => one + other);
  equal(sum, max, `${processes} processes were granted ${sum} of a maximum of ${max}`);
  equal(await countedAt(module, place), String(max));
}

/** Kills a process after some grants, and asks what there is in another one. */
async function killOne(module: URL, serial: number): Promise<void> {
  const place = newPlace();
  const payer = new Payer(module, place, 1_000_000);
  const granted = await payer.killedAfter(1 + 7 * serial);
  const counted = Number(await countedAt(module, place));
  ok(counted >= granted, `${granted} were granted to a process before it was killed, and ${counted} of them are counted`);
  // Of what was granted and not yet said there is no more than was asked for at once.
  ok(
    counted <= granted + callersEach,
    `${counted} are counted of the ${granted} that were granted to a process before it was killed`,
  );
}

async function countedAt(module: URL, place: string): Promise<string> {
  const { open } = (await import(module.href)) as Driver;
  const ledger = await open(place);
  try {
    return await countedBy(ledger);
  } finally {
    await ledger.dispose();
  }
}

/** A process that pays 1 after the other. */
class Payer {
  readonly #process: ChildProcess;
  readonly #ended: Promise<unknown>;
  readonly #lines: AsyncIterable<string>;

  constructor(module: URL, place: string, max: number) {
    const args = [child, module.href, place, String(max), String(callersEach)];
    this.#process = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
    this.#ended = once(this.#process, "close");
    this.#lines = createInterface({ input: this.#process.stdout as NodeJS.ReadableStream });
  }

  /** @returns how many payments it was granted */
  async toTheEnd(): Promise<number> {
    const lines = await this.#rest(Number.POSITIVE_INFINITY);
    equal(lines.at(-1), "end", "a process ended before it was refused");
    return lines.length - 1;
  }

  /** @returns how many payments it said it was granted; it may have said some more before the signal reached it */
  async killedAfter(grants: number): Promise<number> {
    const lines = await this.#rest(grants);
    await this.#ended;
    return lines.length;
  }

  /** All that it says; it is killed after so many lines, and what it had said by then is still read. */
  async #rest(killAfter: number): Promise<string[]> {
    const lines: string[] = [];
    for await (const line of this.#lines) if (lines.push(line) === killAfter) this.#process.kill("SIGKILL");
    return lines;
  }
}

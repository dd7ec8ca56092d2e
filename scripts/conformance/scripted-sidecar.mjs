import { appendFileSync, readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { readerOf, returnedLine, ScriptedClock, scriptedPolicy } from "../../packages/conformance/dist/index.js";
import { createActionReader } from "../../packages/effects/dist/index.js";
import { runSidecar } from "../../packages/sidecar/dist/index.js";

/*
 * The sidecar's own process, its frames and its methods, over the scripted policy of one vector instead of a policy file.
 * What `initialize` names is a file with the vector and the file of its trace, to which host and policy both add.
 */

/** A trace in a file that several processes add to. A line goes in with one write. */
export class FileTrace {
  #file;

  constructor(file) {
    this.#file = file;
  }

  add(line) {
    appendFileSync(this.#file, `${JSON.stringify(line)}\n`);
  }

  get lines() {
    return readFileSync(this.#file, "utf8").split("\n").filter(Boolean).map(JSON.parse);
  }

  async whenReturned() {
    const isReturn = ({ entry }) => entry.host === returnedLine.entry.host;
    while (!this.lines.some(isReturn)) await delay(2);
  }
}

/**
 * Opens a vector's policy over a trace.
 * @param {(change: object) => void} changeCallersArgs changes what the caller holds, where it is in this process
 */
export function openVector({ policy, invoke = {} }, trace, changeCallersArgs = refuseToChange) {
  const clock = new ScriptedClock();
  const world = { trace, advance: (milliseconds) => clock.advance(milliseconds), changeCallersArgs };
  return {
    policy: policy.map((part) => scriptedPolicy(part, world)),
    reader: invoke.reads === "catalogue" ? createActionReader() : readerOf(invoke),
    clock,
    ledgerId: "scripted",
    version: "0".repeat(64),
    dispose: async () => undefined,
  };
}

function refuseToChange() {
  throw new Error("the caller is another process");
}

if (process.argv[1] === import.meta.filename) {
  await runSidecar(async ({ policy: file }) => {
    const { vector, trace } = JSON.parse(readFileSync(file, "utf8"));
    return openVector(vector, new FileTrace(trace));
  });
}

// What a decision and its settlement cost in process, beside the hooks of two peers, and whether a million of them leave
// anything behind.
import { fork } from "node:child_process";
import { join } from "node:path";
import { root } from "../scripts/lib/paths.mjs";
import { step } from "../scripts/lib/progress.mjs";
import { run } from "../scripts/lib/run.mjs";
import { ensureBenchPeers, ensureBuild } from "../scripts/lib/setup.mjs";

const bars = {
  /** Times hedera's hooks with five policies, median over the bare call of each. */
  five: 1.5,
  /** Times our own median. */
  tail: 5,
  /** Times the governance SDK's p99 with as many rules. */
  hundred: 0.2,
  /** What the heap may grow by between the first look and the last, in megabytes. */
  heapMb: 2,
};
const [warmUp, pieces, piece] = [20_000, 100, 500];
const contestants = [
  ["bare invoke", "bare", 0],
  ["ours, a policy of one line", "ours", 0],
  ["ours, 1 rule", "ours", 1],
  ["ours, 5 rules of which 3 limits", "ours", 5],
  ["ours, 100 rules", "ours", 100],
  ["hedera, no policy", "hedera", 0],
  ["hedera, 5 policies", "hedera", 5],
  ["governance SDK, 100 rules", "governance", 100],
];

await ensureBuild();
await ensureBenchPeers();
const figures = await step(`Asking ${contestants.length} hooks in turn (about a minute)`, measure);
const { seen: looks, ledgerBytes } = await step("A million calls (about a minute)", async () => {
  const output = await run(process.execPath, ["--expose-gc", join("bench", "hook", "flat.mjs")], { quiet: true });
  return JSON.parse(output.trim().split("\n").at(-1));
});
table();

const over = (name, floor) => figures[name].p50 - figures[floor].p50;
const ours = over("ours, 5 rules of which 3 limits", "bare invoke");
const peer = over("hedera, 5 policies", "hedera, no policy");
bar("5 rules, p50 over the bare invoke", ours / peer, bars.five, "of hedera's five policies");
const five = figures["ours, 5 rules of which 3 limits"];
bar("5 rules, p99", five.p99 / five.p50, bars.tail, "of their own p50");
const tail = figures["ours, 100 rules"].p99 / figures["governance SDK, 100 rules"].p99;
bar("100 rules, p99", tail, bars.hundred, "of the governance SDK's");
const [first, last] = [looks[0], looks.at(-1)];
const grown = last.heapMb - first.heapMb;
say(
  `heap after ${last.calls} calls: ${grown.toFixed(1)} MB more than after ${first.calls}, bar ${bars.heapMb} MB`,
  grown <= bars.heapMb,
);
say(`handles after ${last.calls} calls: ${last.handles}, before ${first.handles}`, last.handles <= first.handles);
process.stdout.write(`hook note: a ledger in memory keeps ${ledgerBytes} bytes of every action that it has counted\n`);
process.stdout.write(
  "hook note: the rule kind `repeat`, which the first bar names, does not exist yet, and is not in these figures\n",
);

/** Every contestant in turn, a piece each, so that whatever else the machine does falls on all of them alike. */
async function measure() {
  const children = await Promise.all(contestants.map(([name, kind, count]) => start(name, kind, count)));
  for (const child of children) await child.ask(warmUp);
  const times = new Map(children.map(({ name }) => [name, []]));
  for (let round = 0; round < pieces; round += 1) {
    for (const child of children) times.get(child.name).push(...(await child.ask(piece)));
  }
  for (const { stop } of children) stop();
  return Object.fromEntries([...times].map(([name, values]) => [name, figuresOf(values)]));
}

async function start(name, kind, count) {
  const child = fork(join(root, "bench", "hook", "contestant.mjs"), [kind, String(count)]);
  const ended = new Promise((_, reject) => child.once("exit", (code) => reject(new Error(`${name} ended with ${code}`))));
  const answer = () => Promise.race([new Promise((resolve) => child.once("message", resolve)), ended]);
  await answer();
  const ask = async (calls) => {
    const answered = answer();
    child.send(calls);
    return await answered;
  };
  return { name, ask, stop: () => child.removeAllListeners("exit").kill() };
}

function figuresOf(values) {
  const sorted = values.sort((one, other) => one - other);
  const at = (share) => sorted[Math.floor(sorted.length * share)];
  return { p50: at(0.5), p99: at(0.99), count: sorted.length };
}

function table() {
  const lines = [`${`Node ${process.version}`.padEnd(36)}      p50         p99      times`];
  for (const [name, { p50, p99, count }] of Object.entries(figures)) {
    lines.push(
      `${name.padEnd(36)} ${p50.toFixed(1).padStart(6)} us ${p99.toFixed(1).padStart(8)} us ${String(count).padStart(8)}`,
    );
  }
  lines.push("", "calls        heap     handles");
  for (const { calls, heapMb, handles } of looks) {
    lines.push(`${String(calls).padStart(8)} ${heapMb.toFixed(1).padStart(6)} MB ${String(handles).padStart(8)}`);
  }
  process.stdout.write(`${lines.join("\n")}\n`);
}

function bar(text, ratio, most, of) {
  say(`${text}: ${ratio.toFixed(2)}x ${of}, bar ${most.toFixed(2)}x`, ratio <= most);
}

function say(text, holds) {
  process.stdout.write(`hook ${text}, ${holds ? "holds" : "falls short"}\n`);
  if (!holds) process.exitCode = 1;
}

// One spending attempt on a ledger, again and again, by one caller or by many, and how long each took.

const asset = "eip155:84532/slip44:60";
const day = { kind: "rolling", ms: 86_400_000 };
let serial = 0;

/** After so many of each, all that an attempt runs is compiled: after a few hundred, a process that goes on for days is not what is measured. */
export const warmUps = 3_000;

/** A limit that every caller shares, or one for each wallet. */
export function limitOf({ hot }) {
  return { id: "budget", unit: "amount", asset, per: hot ? [] : ["wallet"], window: day, max: "1000000000000000000000000" };
}

export function attemptId() {
  serial += 1;
  const time = Date.now().toString(16).padStart(12, "0");
  const rest = `${process.pid.toString(16).padStart(6, "0").slice(-6)}${serial.toString(16).padStart(6, "0").slice(-6)}`;
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-${rest}`;
}

/** Reserve, arm and close of one payment. */
export async function spend(ledger, limit, caller) {
  const id = attemptId();
  const scopes = { wallet: `eip155:0x${caller}` };
  const line = { asset, amount: "7", counterparty: `eip155:84532:0x${caller}` };
  const reserved = await ledger.reserve({
    attemptId: id,
    stepId: "root",
    scopes,
    lines: [{ unit: "amount", ...line }],
    limits: [limit],
  });
  const armed = await ledger.arm({ attemptId: id, steps: ["root"] });
  if (!reserved.ok || !armed.ok) throw new Error(`a payment was refused: ${JSON.stringify([reserved, armed])}`);
  const call = { callId: "call", chainId: "eip155:84532", transactionId: `0x${id}`, lines: [line] };
  await ledger.close({ attemptId: id, scopes, entered: true, inFlight: false, spent: [line], calls: [call] });
}

/**
 * Does something a number of times, by so many callers at once.
 * @param {(caller: number) => Promise<unknown>} once
 */
export async function measure(count, callers, once) {
  const times = [];
  let left = count;
  const start = performance.now();
  await Promise.all(
    Array.from({ length: callers }, async (_, caller) => {
      while (left > 0) {
        left -= 1;
        const began = performance.now();
        await once(caller);
        times.push(performance.now() - began);
      }
    }),
  );
  return figuresOf(times, performance.now() - start);
}

/**
 * Measures several things in turn, so that whatever else the machine does troubles all of them.
 * @param {(() => Promise<ReturnType<typeof figuresOf>>)[]} measures
 * @returns the figures of each, all rounds together
 */
export async function inTurn(rounds, measures) {
  const all = measures.map(() => ({ times: [], tookMs: 0 }));
  for (let round = 0; round < rounds; round += 1) {
    for (const [index, once] of measures.entries()) {
      const { times, rate } = await once();
      all[index].times.push(...times);
      all[index].tookMs += (times.length / rate) * 1_000;
    }
  }
  return all.map(({ times, tookMs }) => figuresOf(times, tookMs));
}

/** Measures one caller on each of these ledgers, in turn, and closes them. @returns the figures of each */
export async function compare(ledgers, limit) {
  const attempts = (count, ledger) => measure(count, 1, (caller) => spend(ledger, limit, caller));
  for (const ledger of ledgers) await attempts(200, ledger);
  const figures = await inTurn(
    10,
    ledgers.map((ledger) => () => attempts(100, ledger)),
  );
  for (const ledger of ledgers) await ledger.dispose();
  return figures;
}

/** @returns attempts a second, and p50 and p99 in microseconds */
export function figuresOf(times, tookMs) {
  const sorted = [...times].sort((one, other) => one - other);
  const at = (part) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] * 1_000;
  return { rate: sorted.length / (tookMs / 1_000), p50: at(0.5), p99: at(0.99), times };
}

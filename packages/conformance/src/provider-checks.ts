import { deepEqual, equal, ok } from "node:assert/strict";
import { type PolicyProvider, type SettledOutcome, type Settlement, UnsettledError } from "@agentkit-policy/core";
import { type ActionContext, type Effect, isPolicyDecision, type PolicyDecision } from "@agentkit-policy/schema";

/** What an engine is asked to show: that it decides, that it books what was spent, that what it allows has room. */
export type Level = "decide" | "settle" | "reserve";

/** An engine whose provider is checked. */
export interface CheckedEngine {
  /** What its provider does; the checks of other levels are left out, by name. */
  readonly levels: readonly Level[];
  /** An engine of its own, with room for so many payments. */
  start(room: number): Promise<RunningEngine>;
}

export interface RunningEngine {
  /** The provider as a process makes it that begins anew. */
  provider(): PolicyProvider;
  /** One payment: a transfer of an amount, of which the engine has room for some. */
  readonly payment: Effect & { readonly asset: string; readonly amount: string };
  /** What the engine counts, in atomic units of the payment's asset. */
  counts(): Promise<{ readonly spent: bigint; readonly held: bigint }>;
  stop(): Promise<void>;
}

/** One thing that a provider has to keep, to be run by any test runner: `for (const { name, run } of checks) it(name, run)`. */
export interface ProviderCheck {
  readonly level: Level;
  /** What holds, as a sentence. */
  readonly name: string;
  /** @throws Error that says what did not hold */
  run(): Promise<void>;
}

/** So often an engine that has not written yet is told again, so long apart. */
const tellings = 100;
const pauseMs = 50;

const remainingMs = 5_000;
let serial = 0;

/** What every provider of these levels keeps, asked and told as the hook does it. */
export function providerChecks(engine: CheckedEngine): readonly ProviderCheck[] {
  const on = (room: number, check: (running: RunningEngine) => Promise<void>) => async (): Promise<void> => {
    const running = await engine.start(room);
    try {
      await check(running);
    } finally {
      await running.stop();
    }
  };
  const checks: ProviderCheck[] = [
    { level: "decide", name: "answers everything with a decision, or throws", run: on(5, answersEverything) },
    { level: "decide", name: "allows a payment that has room", run: on(1, async (running) => void (await allowed(running))) },
    { level: "reserve", name: "allows exactly as many payments at once as have room", run: on(4, exactly) },
    { level: "reserve", name: "denies what has no bound", run: on(5, unbounded) },
    {
      level: "reserve",
      name: "allows a wallet call that goes beyond what was held, as far as there is room",
      run: on(2, excess),
    },
    { level: "reserve", name: "tells what it holds as plain data", run: on(1, plainData) },
    { level: "settle", name: "books what was spent, once, however often it is told", run: on(3, bookedOnce) },
    { level: "settle", name: "books what has left although the action failed", run: on(3, failedAndSpent) },
    { level: "settle", name: "gives back what was not spent", run: on(1, givenBack) },
    { level: "settle", name: "books what becomes known later beside what it has booked", run: on(3, knownLater) },
    { level: "settle", name: "settles in a process that begins anew, with what it was told", run: on(3, anotherProcess) },
  ];
  return checks.filter(({ level }) => engine.levels.includes(level));
}

async function answersEverything(running: RunningEngine): Promise<void> {
  const { payment } = running;
  const provider = running.provider();
  const strange: Effect[][] = [
    [payment],
    [],
    [{ ...payment, amount: "0" }],
    [{ ...payment, amount: "unlimited" }],
    [{ ...payment, amount: (2n ** 256n - 1n).toString() }],
    [{ ...payment, asset: "eip155:1/erc20:0x0000000000000000000000000000000000000001" }],
    [{ kind: "contract_call", basis: "decoded" }],
    Array.from({ length: 50 }, () => payment),
  ];
  for (const effects of strange) {
    const context = contextOf(effects);
    const answers = [await answerOf(() => provider.beforeAction(context, scopeOf()))];
    if (provider.beforeWalletCall !== undefined)
      answers.push(await answerOf(() => provider.beforeWalletCall?.(callOf(context), { ...scopeOf(), settlements: [] })));
    for (const answer of answers)
      ok(
        answer === "threw" || isPolicyDecision(answer),
        `${JSON.stringify(answer)} is no decision, on ${JSON.stringify(effects)}`,
      );
  }
}

async function exactly(running: RunningEngine): Promise<void> {
  const provider = running.provider();
  const asked = Array.from({ length: 12 }, () => contextOf([running.payment]));
  const answers = await Promise.all(asked.map((context) => answerOf(() => provider.beforeAction(context, scopeOf()))));
  equal(answers.filter(isAllow).length, 4, "four payments had room");
}

async function unbounded(running: RunningEngine): Promise<void> {
  const context = contextOf([{ ...running.payment, amount: "unlimited" }]);
  const answer = await answerOf(() => running.provider().beforeAction(context, scopeOf()));
  ok(!isAllow(answer), "an amount without a bound was allowed");
}

async function excess(running: RunningEngine): Promise<void> {
  const { provider, context, settlements } = await allowed(running);
  const ask = (call: ActionContext) =>
    answerOf(() => provider.beforeWalletCall?.(call, { ...scopeOf(), settlements: [...settlements] }));
  ok(provider.beforeWalletCall !== undefined, "no wallet call is judged: what an action moves beyond what it said passes");
  ok(isAllow(await ask(callOf(context))), "a wallet call that had room was not allowed");
  ok(!isAllow(await ask(callOf(context))), "a wallet call was allowed that had no room");
}

async function plainData(running: RunningEngine): Promise<void> {
  const { settlements } = await allowed(running);
  deepEqual(JSON.parse(JSON.stringify(settlements)), settlements);
}

async function bookedOnce(running: RunningEngine): Promise<void> {
  const { provider, context, settlements } = await allowed(running);
  for (const _ of [1, 2, 3]) await tell(provider, context, spending(running), settlements);
  await countsBecome(running, BigInt(running.payment.amount));
}

async function failedAndSpent(running: RunningEngine): Promise<void> {
  const { provider, context, settlements } = await allowed(running);
  await tell(provider, context, { ...spending(running), status: "failed" }, settlements);
  await countsBecome(running, BigInt(running.payment.amount));
}

async function givenBack(running: RunningEngine): Promise<void> {
  const { provider, context, settlements } = await allowed(running);
  await tell(provider, context, { ...spending(running), status: "failed", spent: [] }, settlements);
  await countsBecome(running, 0n);
  await allowed(running, provider);
}

async function knownLater(running: RunningEngine): Promise<void> {
  const { provider, context, settlements } = await allowed(running);
  const amount = BigInt(running.payment.amount);
  await tell(provider, context, spending(running), settlements);
  await tell(provider, context, spending(running, 2n * amount), settlements);
  await countsBecome(running, 2n * amount);
}

async function anotherProcess(running: RunningEngine): Promise<void> {
  const { context, settlements } = await allowed(running);
  const stored = JSON.parse(JSON.stringify(settlements)) as Settlement[];
  const facts = { ...context, args: null };
  await tell(running.provider(), facts, spending(running), stored, true);
  await countsBecome(running, BigInt(running.payment.amount));
  await tell(running.provider(), facts, spending(running), stored, true);
  await countsBecome(running, BigInt(running.payment.amount));
}

/** A payment that was allowed, and what the provider holds for it. */
async function allowed(running: RunningEngine, provider = running.provider()) {
  const context = contextOf([running.payment]);
  const answer = await answerOf(() => provider.beforeAction(context, scopeOf()));
  ok(isAllow(answer), `a payment that had room was not allowed: ${JSON.stringify(answer)}`);
  return { provider, context, settlements: answer.settlement === undefined ? [] : [answer.settlement] };
}

/** Tells a provider what became of an attempt, until it has written it. */
async function tell(
  provider: PolicyProvider,
  context: ActionContext,
  outcome: SettledOutcome,
  settlements: readonly Settlement[],
  recovered = false,
): Promise<void> {
  for (let left = tellings; ; left -= 1) {
    try {
      await provider.settle?.(context, outcome, { settlements, recovered });
      return;
    } catch (error) {
      if (!UnsettledError.isInstance(error) || error.isHopeless || left === 0) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}

async function countsBecome({ counts }: RunningEngine, spent: bigint): Promise<void> {
  deepEqual(await counts(), { spent, held: 0n });
}

function spending({ payment: { asset, amount, kind } }: RunningEngine, sum = BigInt(amount)): SettledOutcome {
  const spent = [{ kind, asset, amount: sum.toString() }];
  return { status: "succeeded", entered: true, spent, transactions: [], journalComplete: true, durationMs: 1, calls: [] };
}

/** An engine that throws denies. */
async function answerOf(ask: () => unknown): Promise<unknown> {
  try {
    return await ask();
  } catch {
    return "threw";
  }
}

function isAllow(answer: unknown): answer is Extract<PolicyDecision, { decision: "allow" }> & { settlement?: Settlement } {
  return isPolicyDecision(answer) && answer.decision === "allow";
}

function scopeOf() {
  return { signal: new AbortController().signal, remainingMs };
}

function callOf(context: ActionContext): ActionContext {
  return { ...context, layer: "wallet", callId: nextId(), excess: context.effects };
}

function nextId(): string {
  serial += 1;
  const time = Date.now().toString(16).padStart(12, "0");
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-${serial.toString(16).padStart(12, "0")}`;
}

function contextOf(effects: Effect[]): ActionContext {
  return {
    layer: "action",
    actionId: nextId(),
    actionName: "native_transfer",
    canonicalAction: "wallet.native_transfer",
    chainId: "eip155:84532",
    walletAddress: "0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266",
    args: null,
    effects,
    moneyVisible: true,
    actionHash: "0".repeat(64),
    requestedAt: new Date().toISOString(),
  };
}

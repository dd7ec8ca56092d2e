// @ts-check
// Pays once under Cycles (`pay`), asks and tells its policy as the hook does for a payment (`attempt`), or recovers what another one has
// left (`recover`), and announces each of its steps: the hook's, and each request to the ledger and to Cycles, before it is sent and
// after it was answered. At the step `stopAt` it blocks for good and waits to be killed.
import "../../world/network-guard.mjs";
import { writeSync } from "node:fs";
import { CyclesClient, cycles, cyclesAdapter } from "@agentkit-policy/adapter-cycles";
import { openSqliteLedger, systemClock } from "@agentkit-policy/ledger";
import { defineAdapter, definePolicy, withPolicy } from "agentkit-policy";

const {
  order,
  rpcUrl,
  accountName,
  definition,
  to,
  stopAt,
  context,
  outcome,
  aheadMs = 0,
} = JSON.parse(/** @type {string} */ (process.argv[2]));
const logger = { info: () => undefined, warn: () => undefined };

/** @param {Record<string, unknown> & { say: string }} message */
function say(message) {
  // Synchronous, so that what was announced is announced even if the very next instruction never runs.
  writeSync(1, `${JSON.stringify(message)}\n`);
}

/** Resolved once the ledger knows that Cycles has been told, which happens in the background. */
let isMarked = () => {};
const marked = new Promise((resolve) => {
  isMarked = () => resolve(undefined);
});

/** @param {string} step */
function announce(step) {
  say({ say: "step", step, at: Date.now() });
  if (step === "the ledger has answered note") isMarked();
  if (step === stopAt) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}

/**
 * The same object, whose named methods are announced before they are asked and after they have answered.
 * @template {object} Asked
 * @param {Asked} asked
 * @param {string} name
 * @param {readonly string[]} methods
 * @returns {Asked}
 */
function announced(asked, name, methods) {
  return new Proxy(asked, {
    get(target, method) {
      const value = Reflect.get(target, method, target);
      if (typeof value !== "function") return value;
      if (!methods.includes(String(method))) return value.bind(target);
      return async (/** @type {unknown[]} */ ...args) => {
        announce(`${name} is asked to ${String(method)}`);
        const answer = await Reflect.apply(value, target, args);
        announce(`${name} has answered ${String(method)}`);
        return answer;
      };
    },
  });
}

const announcedCycles = defineAdapter({
  name: "cycles",
  options: cycles.options,
  create: (settings) => {
    const client = announced(new CyclesClient(settings), "Cycles", ["reserve", "commit", "release", "event"]);
    return cyclesAdapter(settings, { client, logger });
  },
});

const policy = await definePolicy(definition, {
  adapters: { cycles: async () => announcedCycles },
  openLedger: async (options) => {
    const ledger = await openSqliteLedger(definition.ledger.slice("sqlite:".length), options);
    return announced(ledger, "the ledger", ["reserve", "arm", "close", "note"]);
  },
  // Where nothing but time has to pass, it need not.
  clock: { now: () => Date.now() + aheadMs, uptime: () => systemClock.uptime() + aheadMs },
  background: false,
  logger,
});

if (order === "pay") {
  const { invoke, makeKit, nativeTransfer } = await import("../../world/kit.mjs");
  const { freshAccount } = await import("../../world/recipients.mjs");
  const { kit } = await makeKit({ rpcUrl, account: freshAccount(accountName) });
  const guarded = withPolicy(kit, policy, {
    logger,
    onEvent: (event) => announce(event.hook === undefined ? event.type : `${event.type} ${event.hook}`),
  });
  const text = await invoke(guarded, nativeTransfer, { to, value: "0.01" });
  await marked;
  say({ say: "done", text });
} else if (order === "attempt") {
  const scope = { signal: new AbortController().signal, remainingMs: 5_000 };
  const decision = await policy.beforeAction(context, scope);
  const settlements = decision.decision === "allow" && decision.settlement !== undefined ? [decision.settlement] : [];
  await policy.beforeWalletCall?.(
    { ...context, layer: "wallet", callId: context.actionId, excess: [] },
    { ...scope, settlements },
  );
  if (outcome !== undefined) await policy.settle?.(context, outcome, { settlements, recovered: false });
  await marked;
} else {
  const told = await policy.replay?.pass();
  await marked;
  say({ say: "done", told });
}
await policy.dispose();
process.exit(0);

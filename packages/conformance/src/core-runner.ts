import { setTimeout as delay } from "node:timers/promises";
import { type ActionReader, type PolicyProvider, PolicySetupError, runWithContext, withPolicy } from "@agentkit-policy/core";
import type { JsonValue } from "@agentkit-policy/schema";
import { runBody } from "./scripted-body.js";
import { scriptedPolicy } from "./scripted-policy.js";
import { MemoryTrace, partedTrace, returnedLine, type TraceLine } from "./trace.js";
import type { AttemptVector, Observed, Step, VectorError } from "./vector.js";
import { readerOf, ScriptedClock, ScriptedWallet } from "./world.js";

const defaultPatienceMs = 10_000;

/** How long after an attempt is over its trace is still watched, in milliseconds: what comes too much is seen. */
const defaultWatchMs = 500;

/** What came back from `invoke`. */
export type Ending = { readonly returned: JsonValue } | { readonly thrown: VectorError };

/**
 * Runs one vector with core's own hook.
 * @param catalogue the reader of AgentKit's own actions, for the vectors that need it
 * @param times how long what has to come in the background is awaited (a busy machine takes its time), and how long what
 *   must not come is watched for, in milliseconds
 * @returns what was seen, once nobody watches any more; the next vector can run meanwhile
 */
export async function runInCore(
  vector: AttemptVector,
  catalogue: ActionReader,
  times: { readonly patienceMs?: number; readonly watchMs?: number } = {},
): Promise<() => Promise<Observed>> {
  const { invoke: invocation = {}, body = [] } = vector;
  const trace = new MemoryTrace();
  const args = structuredClone(invocation.args ?? {});
  const clock = new ScriptedClock();
  const policyWorld = {
    trace,
    advance: (milliseconds: number) => clock.advance(milliseconds),
    changeCallersArgs: (change: JsonValue) => void Object.assign(args as object, change),
  };
  const scripted = builtPolicy(() => vector.policy.map((policy) => scriptedPolicy(policy, policyWorld)));
  if ("refused" in scripted) return async () => refusedPolicy(scripted.refused);
  const wallet = new ScriptedWallet(body, trace);
  const kit = withPolicy(scriptedKit(vector, wallet, trace), scripted.policy, {
    reader: invocation.reads === "catalogue" ? catalogue : readerOf(invocation),
    clock,
    logger: { info: () => undefined, warn: () => undefined },
    ...(invocation.onDeny === undefined ? {} : { onDeny: invocation.onDeny }),
    ...(invocation.wallet === undefined ? {} : { wallet: invocation.wallet }),
    ...(invocation.deadlineMs === undefined ? {} : { decisionDeadlineMs: invocation.deadlineMs }),
  });
  const [action] = kit.getActions();
  if (action === undefined) throw new Error("the scripted kit has no action");
  const ending = await runWithContext(invocation.identity ?? {}, () => endingOf(() => action.invoke(args)));
  trace.add(returnedLine);
  const watched = await watchedTrace(() => trace.lines, vector, times);
  return async () => observed(ending, await watched());
}

/** A policy as it was put together, or the code with which that was refused. */
function builtPolicy(build: () => PolicyProvider[]): { readonly policy: PolicyProvider[] } | { readonly refused: string } {
  try {
    return { policy: build() };
  } catch (error) {
    if (PolicySetupError.isInstance(error)) return { refused: error.code };
    throw error;
  }
}

/** What is seen of a policy that could not be put together: nothing else. */
export function refusedPolicy(code: string): Observed {
  return { decision: { decision: "refused", code }, trace: [], later: [], record: null };
}

/**
 * Waits until as much has come in the background as the vector says. Whether it is the right thing is compared later.
 * @returns the trace as it is when nobody watches any more
 */
export async function watchedTrace(
  lines: () => readonly TraceLine[],
  { expect }: AttemptVector,
  { patienceMs = defaultPatienceMs, watchMs = defaultWatchMs }: { readonly patienceMs?: number; readonly watchMs?: number } = {},
): Promise<() => Promise<readonly TraceLine[]>> {
  const end = performance.now() + patienceMs;
  while (partedTrace(lines()).later.length < expect.later.length && performance.now() < end) await delay(2);
  // A copy of that moment: a settlement that fails is tried again for as long as anybody lets it.
  const watched = delay(watchMs).then(() => [...lines()]);
  return () => watched;
}

/** What came of a call, thrown or returned. */
export async function endingOf(call: () => unknown): Promise<Ending> {
  try {
    return { returned: ((await call()) ?? null) as JsonValue };
  } catch (error) {
    const { name, message } = error as Error;
    return { thrown: { name, message } };
  }
}

const denialPattern = /^(?:Error: )?denied by policy \(([^)]*)\): (.*)/;

/** What was seen of an attempt, in the form in which vectors expect it. */
export function observed(ending: Ending, lines: readonly TraceLine[]): Observed {
  const parted = partedTrace(lines);
  const entered = parted.trace.some((entry) => "body" in entry);
  return { decision: entered ? { decision: "allow" } : denialIn(ending), ...ending, ...parted };
}

function denialIn(ending: Ending): Observed["decision"] {
  const text = "thrown" in ending ? ending.thrown.message : ending.returned;
  const [, code, reason] = denialPattern.exec(String(text)) ?? [];
  if (code === undefined || reason === undefined) throw new Error(`the body did not run, and nobody says why: ${String(text)}`);
  return { decision: "deny", code, reason };
}

/** A kit built like AgentKit, which reads its wallet from `this`: its one action does what the vector says. */
function scriptedKit({ invoke: { action = "pay" } = {}, body = [] }: AttemptVector, bare: ScriptedWallet, trace: MemoryTrace) {
  return {
    walletProvider: bare,
    getActions() {
      const wallet = this.walletProvider;
      const bodyWallet = {
        send: (to: string, value: string) => wallet.sendTransaction({ to, value: BigInt(value) }),
        sign: (message: string) => wallet.signMessage(message),
        reached: (step: Step) => bare.reached(step),
      };
      // The name is read by AgentKit for its analytics, before the body runs.
      const invoke = async (args: unknown): Promise<unknown> => {
        wallet.getName();
        return await runBody(body, args, bodyWallet, trace);
      };
      return [{ name: action, invoke }];
    },
  };
}

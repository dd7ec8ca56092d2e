import type { JsonValue } from "@agentkit-policy/schema";
import { errorOf } from "./scripted-answer.js";
import type { Trace } from "./trace.js";
import type { Step } from "./vector.js";

/** The wallet as the scripted action sees it. */
export interface BodyWallet {
  send(to: string, value: string): Promise<unknown>;
  sign(message: string): Promise<unknown>;
  /** Resolves when the call of a step has reached the bare wallet. */
  reached(step: Step): Promise<void>;
}

/** Runs the body of a vector's action: like AgentKit's own, it tells most failures as text. */
export async function runBody(steps: readonly Step[], args: unknown, wallet: BodyWallet, trace: Trace): Promise<unknown> {
  trace.add({ entry: { body: structuredClone(args) as JsonValue } });
  for (const step of steps) {
    if ("returns" in step) return step.returns;
    if ("throws" in step) throw errorOf(step.throws);
    if ("changesArgs" in step) {
      Object.assign(args as object, step.changesArgs);
      continue;
    }
    const call = "send" in step ? wallet.send(step.send.to, step.send.value) : wallet.sign(step.sign);
    if ("wallet" in step && step.wallet !== undefined && "pending" in step.wallet) {
      call.catch(() => undefined);
      await wallet.reached(step);
      continue;
    }
    try {
      await call;
    } catch (error) {
      if (step.onError === "thrown") throw error;
      if (step.onError !== "ignored") return `Error: ${(error as Error).message}`;
    }
  }
  return "done";
}

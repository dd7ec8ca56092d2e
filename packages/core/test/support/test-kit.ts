import type { ActionContext, ActionOutcome } from "@agentkit-policy/schema";
import type { PolicyEvent } from "../../src/events.js";
import type { Logger } from "../../src/logger.js";
import type { Policy, PolicyOptions } from "../../src/options.js";
import type { PolicyProvider } from "../../src/provider.js";
import { withPolicy } from "../../src/with-policy.js";
import { testReader, ViemWalletProvider } from "./test-wallet.js";

export interface TestAction {
  readonly name: string;
  readonly description: string;
  readonly schema: object;
  invoke(args: unknown): Promise<unknown>;
}

export type ActionBody = (wallet: ViemWalletProvider, args: never) => unknown;

/** A kit built like AgentKit: the wallet is read from `this` at every `getActions()`, and each call makes new actions. */
export class TestKit {
  walletProvider: ViemWalletProvider;
  readonly bodies: Readonly<Record<string, ActionBody>>;
  readonly schema = {};

  constructor(wallet: ViemWalletProvider, bodies: Readonly<Record<string, ActionBody>>) {
    this.walletProvider = wallet;
    this.bodies = bodies;
  }

  getActions(): TestAction[] {
    const wallet = this.walletProvider;
    return Object.entries(this.bodies).map(([name, body]) => ({
      name,
      description: `does ${name}`,
      schema: this.schema,
      invoke: (args) => {
        // AgentKit reads the wallet's name for its analytics before the body runs.
        wallet.getName();
        return body(wallet, args as never) as Promise<unknown>;
      },
    }));
  }
}

/** Transfers as AgentKit's native_transfer does: failures come back as text. */
export const pay: ActionBody = async (wallet, { to, value }: { to: string; value: string }) => {
  try {
    return `Transferred ${value} to ${to}: ${await wallet.nativeTransfer(to, value)}`;
  } catch (error) {
    return `Error during transaction: ${(error as Error).message}`;
  }
};

export const silent: Logger = { info: () => undefined, warn: () => undefined };

/** A guarded kit with everything a test wants to look at. */
export function guarded(policy: Policy, bodies: Readonly<Record<string, ActionBody>> = { pay }, options: PolicyOptions = {}) {
  const wallet = new ViemWalletProvider();
  const bare = new TestKit(wallet, bodies);
  const events: PolicyEvent[] = [];
  const kit = withPolicy(bare, policy, {
    logger: silent,
    reader: testReader,
    onEvent: (event) => void events.push(event),
    ...options,
  });
  const invoke = async (name: string, args: unknown): Promise<unknown> => {
    const action = kit.getActions().find((candidate) => candidate.name === name);
    if (action === undefined) throw new Error(`the kit has no action ${name}`);
    return await action.invoke(args);
  };
  return { wallet, bare, kit, events, invoke };
}

export const allowAll: PolicyProvider = { name: "allow-all", beforeAction: () => ({ decision: "allow" }) };

/** An allowing provider that writes down every hook it is called with. */
export function recorder(name: string, log: string[], overrides: Partial<PolicyProvider> = {}): PolicyProvider {
  return {
    name,
    beforeAction: () => {
      log.push(`${name}.before`);
      return { decision: "allow" };
    },
    settle: (_context: ActionContext, outcome: ActionOutcome) => void log.push(`${name}.settle:${outcome.status}`),
    ...overrides,
  };
}

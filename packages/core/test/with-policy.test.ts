import type { ActionContext, Effect, Identity } from "@agentkit-policy/schema";
import { describe, expect, it } from "vitest";
import type { ActionReader } from "../src/action-reader.js";
import { allOf } from "../src/composition.js";
import { PolicySetupError } from "../src/errors.js";
import { runWithContext } from "../src/identity.js";
import type { PolicyProvider } from "../src/provider.js";
import { assertGuarded, guardActions, withPolicy } from "../src/with-policy.js";
import { allowAll, guarded, pay, silent, TestKit } from "./support/test-kit.js";
import { alice, bob, chainId, testReader, ViemWalletProvider } from "./support/test-wallet.js";

const payment = { to: alice, value: "5" };

function seeing(contexts: ActionContext[]): PolicyProvider {
  return {
    beforeAction: (context) => {
      contexts.push(context);
      return { decision: "allow" };
    },
  };
}

describe("withPolicy", () => {
  it("without a policy returns the very same kit and says so", () => {
    const kit = new TestKit(new ViemWalletProvider(), { pay });
    const warnings: string[] = [];
    expect(withPolicy(kit, undefined, { logger: { ...silent, warn: (message) => warnings.push(message) } })).toBe(kit);
    expect(warnings).toEqual(["withPolicy was given no policy: this kit is not guarded"]);
    expect(() => assertGuarded(kit)).toThrow(/no policy/);
  });

  it("keeps names, descriptions and the same schema objects, and leaves the given kit bare", async () => {
    const { bare, kit, wallet } = guarded({ beforeAction: () => ({ decision: "deny", reason: "no" }) });
    const shape = (actions: ReturnType<typeof kit.getActions>) =>
      actions.map(({ name, description, schema }) => ({ name, description, schema }));
    expect(shape(kit.getActions())).toEqual(shape(bare.getActions()));
    expect(kit.getActions()[0]?.schema).toBe(bare.schema);
    expect(kit).toBeInstanceOf(TestKit);
    expect(bare.walletProvider).toBe(wallet);
    expect(await bare.getActions()[0]?.invoke(payment)).toMatch(/^Transferred/);
  });

  it("guards every list of actions that the kit hands out, also after its wallet was replaced", async () => {
    const { bare, kit } = guarded({ ...allowAll, beforeWalletCall: () => ({ decision: "deny", reason: "no" }) });
    for (const wallet of [bare.walletProvider, new ViemWalletProvider()]) {
      bare.walletProvider = wallet;
      expect(await kit.getActions()[0]?.invoke(payment)).toMatch(/^Error: denied/);
      expect(wallet.sent).toEqual([]);
    }
  });

  it.each([
    ["a guarded kit", () => withPolicy(guarded(allowAll).kit, allowAll, { logger: silent }), "already_guarded"],
    ["an empty list of policies", () => guarded([]), "invalid_policy"],
    ["an empty allOf", () => guarded(allOf()), "invalid_policy"],
    ["something that is no provider", () => guarded({} as PolicyProvider), "invalid_policy"],
    ["the same provider twice", () => guarded([allowAll, allOf(allowAll)]), "invalid_policy"],
    ["a deadline that is no time", () => guarded(allowAll, undefined, { decisionDeadlineMs: Number.NaN }), "invalid_option"],
    [
      "a deadline without end",
      () => guarded(allowAll, undefined, { settleDeadlineMs: Number.POSITIVE_INFINITY }),
      "invalid_option",
    ],
    ["a bound that is none", () => guarded(allowAll, undefined, { argumentBounds: { maxBytes: Number.NaN } }), "invalid_option"],
    ["a listener that is none", () => guarded(allowAll, undefined, { onEvent: "log" as never }), "invalid_option"],
    ["a misspelt onDeny", () => guarded(allowAll, undefined, { onDeny: "retrun" as never }), "invalid_option"],
    ["an identity that is not text", () => guarded(allowAll, undefined, { context: { userId: 5 as never } }), "invalid_option"],
  ])("refuses %s at start", (_name, setUp, code) => {
    expect(setUp).toThrow(expect.objectContaining({ name: "PolicySetupError", code }));
  });

  it("says when a kit's actions do not use the guarded wallet, and then counts what they declare", async () => {
    const warnings: string[] = [];
    const wallet = new ViemWalletProvider();
    class ClosedKit {
      readonly walletProvider = wallet;
      // The closure holds the bare wallet, as a kit with truly private fields would.
      getActions = () => new TestKit(wallet, { pay }).getActions();
    }
    const contexts: ActionContext[] = [];
    const kit = withPolicy(new ClosedKit(), seeing(contexts), {
      reader: testReader,
      logger: { ...silent, warn: (message) => warnings.push(message) },
    });
    await kit.getActions()[0]?.invoke(payment);
    expect(warnings).toEqual([expect.stringContaining("do not use the guarded wallet")]);
    expect(contexts).toMatchObject([{ moneyVisible: false }]);
  });

  it("leaves an action that is an instance of a class its own members, and a kit with private fields its actions", async () => {
    class PayAction {
      readonly name = "pay";
      label(): string {
        return `the action ${this.name}`;
      }
      async invoke(_args: never): Promise<string> {
        return "paid";
      }
    }
    class PrivateKit {
      readonly #actions = [new PayAction()];
      readonly walletProvider = new ViemWalletProvider();
      getActions(): PayAction[] {
        return this.#actions;
      }
    }
    const [action] = withPolicy(new PrivateKit(), allowAll, { reader: testReader, logger: silent }).getActions();
    expect(action?.label()).toBe("the action pay");
    expect(action).toBeInstanceOf(PayAction);
    expect(await action?.invoke(payment as never)).toBe("paid");
  });

  it("guards actions without their kit, and says what it cannot see", async () => {
    const warnings: string[] = [];
    const actions = new TestKit(new ViemWalletProvider(), { pay }).getActions();
    const [action] = guardActions(
      actions,
      { beforeAction: () => ({ decision: "deny", reason: "no" }) },
      { logger: { ...silent, warn: (message) => warnings.push(message) } },
    );
    expect(await action?.invoke(payment)).toMatch(/^Error: denied/);
    expect(warnings).toHaveLength(1);
    expect(() => guardActions([action as NonNullable<typeof action>], allowAll, { logger: silent })).toThrow(PolicySetupError);
  });
});

describe("a context", () => {
  it("says what runs, for whom and with what effects, and is frozen all through", async () => {
    const contexts: ActionContext[] = [];
    const { invoke } = guarded(seeing(contexts), undefined, { context: { agentId: "a1" } });
    await runWithContext({ userId: "u1", runId: "r1" }, () => invoke("pay", payment));
    const [context] = contexts;
    expect(context).toMatchObject({
      layer: "action",
      actionName: "pay",
      canonicalAction: "test.pay",
      chainId: "eip155:84532",
      network: "base-sepolia",
      walletAddress: "0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266",
      args: payment,
      agentId: "a1",
      userId: "u1",
      runId: "r1",
      moneyVisible: true,
    });
    expect(context?.actionId).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/);
    expect(context?.actionHash).toMatch(/^[0-9a-f]{64}$/);
    for (const part of [context, context?.args, context?.effects, context?.effects[0]]) expect(Object.isFrozen(part)).toBe(true);
  });

  it("says of an effect all that its reader says of it", async () => {
    const effect: Effect = {
      kind: "approval",
      asset: `${chainId}/erc20:${alice}`,
      amount: "unlimited",
      counterparty: `${chainId}:${bob}`,
      contract: `${chainId}:${alice}`,
      method: "permit",
      deadline: "1800000000",
      basis: "declared",
    };
    const contexts: ActionContext[] = [];
    const reader: ActionReader = { ...testReader, describe: () => ({ effects: [effect], spends: true, throughWallet: true }) };
    await guarded(seeing(contexts), undefined, { reader }).invoke("pay", payment);
    expect(contexts[0]?.effects).toEqual([effect]);
  });

  it("is of no attempt whose reader fails, and the log names the class of the error and not what it says", async () => {
    const lines: string[] = [];
    const reader: ActionReader = {
      ...testReader,
      describe: () => {
        throw new RangeError("no answer from https://rpc.example/sk_live_hush");
      },
    };
    const logger = { info: () => undefined, warn: (line: string) => void lines.push(line) };
    const contexts: ActionContext[] = [];
    const result = await guarded(seeing(contexts), undefined, { reader, logger }).invoke("pay", payment);
    expect(result).toMatch(/policy_error/);
    expect(contexts).toEqual([]);
    expect(lines.join()).toMatch(/what an action would move could not be read: RangeError/);
    expect(lines.join()).not.toContain("hush");
  });

  it("is the same object for every hook of a provider", async () => {
    const seen = new Set<unknown>();
    const { invoke } = guarded({
      beforeAction: (context) => {
        seen.add(context);
        return { decision: "allow" };
      },
      settle: (context) => void seen.add(context),
    });
    await invoke("pay", payment);
    expect(seen.size).toBe(1);
  });

  it("never takes identity from arguments", async () => {
    const contexts: ActionContext[] = [];
    const { invoke } = guarded(seeing(contexts));
    await invoke("pay", { ...payment, userId: "evil", approved: true, policy: "none" });
    expect(contexts[0]?.userId).toBeUndefined();
  });

  it("never takes what runs from an identity that a program put together of foreign data", async () => {
    const contexts: ActionContext[] = [];
    const foreign = { userId: "u1", actionName: "read", args: { value: "0" }, effects: [], moneyVisible: false } as Identity;
    const { invoke } = guarded(seeing(contexts), undefined, { context: foreign });
    await invoke("pay", payment);
    expect(contexts[0]).toMatchObject({ userId: "u1", actionName: "pay", args: payment, moneyVisible: true });
    expect(contexts[0]?.effects).toHaveLength(1);
  });

  it("is bound to the call: what is judged is what runs, whatever the caller's object becomes", async () => {
    const args = { to: alice, value: "5" };
    const ran: unknown[] = [];
    const { invoke } = guarded(
      {
        beforeAction: async () => {
          args.value = "500";
          await Promise.resolve();
          return { decision: "allow" };
        },
      },
      {
        pay: (_wallet, given) => {
          ran.push(given);
        },
      },
    );
    await invoke("pay", args);
    expect(ran).toEqual([{ to: alice, value: "5" }]);
  });

  it("lets the action mutate its own copy", async () => {
    const { invoke } = guarded(allowAll, {
      pay: (_wallet, given: { to: string }) => {
        given.to = `0x${given.to}`;
        return "ok";
      },
    });
    expect(await invoke("pay", payment)).toBe("ok");
  });

  it("carries labels of 64 KiB, and none that are larger", async () => {
    const contexts: ActionContext[] = [];
    const { invoke } = guarded(seeing(contexts));
    const labels = { é: "x".repeat(64 * 1024 - 2) };
    await runWithContext({ labels }, () => invoke("pay", payment));
    expect(contexts[0]?.labels).toEqual(labels);
    const larger = { labels: { ...labels, more: "" } };
    const refused = /the context's labels are longer than 65536 bytes/;
    expect(() => runWithContext(larger, () => undefined)).toThrow(refused);
    expect(() => guarded(seeing([]), undefined, { context: larger })).toThrow(refused);
  });

  it("gives nested runs the inner identity and nothing to the outside", async () => {
    const contexts: ActionContext[] = [];
    const { invoke } = guarded(seeing(contexts));
    await runWithContext({ userId: "u1" }, async () => {
      await Promise.all(["r1", "r2"].map((runId) => runWithContext({ runId }, () => invoke("pay", payment))));
    });
    await invoke("pay", payment);
    expect(contexts.map(({ userId, runId }) => [userId, runId])).toEqual([
      ["u1", "r1"],
      ["u1", "r2"],
      [undefined, undefined],
    ]);
  });
});

import { describe, expect, it } from "vitest";
import { allowAll, guarded, pay } from "./support/test-kit.js";
import { alice, type ViemWalletProvider } from "./support/test-wallet.js";

const payment = { to: alice, value: "5" };
const judging = { ...allowAll, beforeWalletCall: () => ({ decision: "allow" as const }) };
const asked = (hook: string) => [`provider.started ${hook}`, `provider.ended ${hook}`];

function told(policy: Parameters<typeof guarded>[0], body: (wallet: ViemWalletProvider, args: never) => unknown = pay) {
  const { invoke, events } = guarded(policy, { pay: body });
  return async (): Promise<string[]> => {
    await invoke("pay", payment).catch(() => undefined);
    return events.map(({ type, hook }) => (hook === undefined ? type : `${type} ${hook}`));
  };
}

// `events`
describe("the events of an attempt", () => {
  it("tell a payment from its request to its end, in the order in which it happens", async () => {
    expect(await told(judging)()).toEqual([
      "action.requested",
      ...asked("beforeAction"),
      "action.allowed",
      "wallet.requested",
      "wallet.turn",
      ...asked("beforeWalletCall"),
      "wallet.allowed",
      "wallet.handed_over",
      "wallet.returned",
      "wallet.receipt",
      "action.sealed",
      "action.succeeded",
    ]);
  });

  it("tell of a denial, and of nothing after it", async () => {
    const denying = { name: "a", beforeAction: () => ({ decision: "deny" as const, reason: "no" }) };
    expect(await told(denying)()).toEqual(["action.requested", ...asked("beforeAction"), "action.denied"]);
  });

  it("tell of a denied wallet call that it was denied, and of the action that it failed", async () => {
    const denying = { ...allowAll, beforeWalletCall: () => ({ decision: "deny" as const, reason: "no" }) };
    expect(await told(denying)()).toEqual([
      "action.requested",
      ...asked("beforeAction"),
      "action.allowed",
      "wallet.requested",
      "wallet.turn",
      ...asked("beforeWalletCall"),
      "wallet.denied",
      "action.sealed",
      "action.failed",
    ]);
  });

  it("tell of an action that says it paid and sent nothing", async () => {
    expect((await told(judging, () => "paid")()).slice(-3)).toEqual([
      "action.sealed",
      "action.succeeded",
      "success_without_send",
    ]);
  });

  it("tell of a settlement that failed", async () => {
    const failing = { ...judging, afterAction: () => Promise.reject(new Error("no")) };
    expect((await told(failing)()).at(-1)).toBe("settlement.failed afterAction");
  });

  it("that a listener fails at change nothing", async () => {
    const onEvent = (): never => {
      throw new Error("no");
    };
    const { invoke, wallet } = guarded(judging, { pay }, { onEvent });
    const { invoke: bare, wallet: bareWallet } = guarded(judging);
    expect(await invoke("pay", payment)).toEqual(await bare("pay", payment));
    expect(wallet.sent).toEqual(bareWallet.sent);
    expect(wallet.sent).toHaveLength(1);
  });
});

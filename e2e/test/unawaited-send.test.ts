import type { Action, WalletProvider } from "@coinbase/agentkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ActionProvider } from "../world/agentkit.mjs";
import type { Anvil } from "../world/anvil.mjs";
import { invoke } from "../world/kit.mjs";
import { balanceOf, freshAddress } from "../world/recipients.mjs";
import { startWorld } from "../world/world.mjs";
import { makeSpender } from "./spender.js";
import { counted, type Heard } from "./support.js";

let anvil: Anvil;
beforeAll(async () => {
  anvil = await startWorld();
});
afterAll(async () => {
  await anvil.stop();
});

const payLater = "PayLaterProvider_pay_later";

/** An action that starts a payment of 0.01 ETH and returns without awaiting it, or once `before` resolves. */
class PayLaterProvider extends ActionProvider {
  readonly #to: string;
  readonly #before: () => Promise<void>;
  /** What became of the payment. */
  sending: Promise<string> = Promise.resolve("not started");

  constructor(to: string, before: () => Promise<void> = async () => undefined) {
    super("pay_later", []);
    this.#to = to;
    this.#before = before;
  }

  override getActions(wallet: WalletProvider): Action[] {
    const invokePayLater = async (): Promise<string> => {
      this.sending = wallet.nativeTransfer(this.#to, (10n ** 16n).toString()).catch((error: Error) => error.message);
      await this.#before();
      return "queued";
    };
    return [{ name: payLater, description: "pays later", schema: undefined as never, invoke: invokePayLater }];
  }

  supportsNetwork = (): boolean => true;
}

describe("an action that does not await its send", () => {
  test("is sealed before the call was handed over: it is refused, and nothing moves or counts", async () => {
    const to = freshAddress("unawaited refused to");
    const provider = new PayLaterProvider(to);
    const { account, policy, kit } = await makeSpender(anvil, "unawaited refused", { own: { provider, action: payLater } });
    expect(await invoke(kit, payLater, {})).toBe("queued");
    expect(await provider.sending).toMatch(/^denied by policy \(attempt_closed\)/);
    expect(Number(await anvil.request("eth_getTransactionCount", [account.address, "pending"]))).toBe(0);
    expect(await balanceOf(anvil, to)).toBe(0n);
    expect(await counted(policy, "eth")).toBe(0n);
  });

  test("is sealed while the call is in flight: it counts at once, and to the wei once it is there", async () => {
    const to = freshAddress("unawaited in flight to");
    let heard: Heard | undefined;
    const provider = new PayLaterProvider(to, async () => await heard?.first("wallet.handed_over"));
    const world = await makeSpender(anvil, "unawaited in flight", { own: { provider, action: payLater } });
    heard = world.heard;
    const { policy, kit } = world;

    expect(await invoke(kit, payLater, {})).toBe("queued");
    expect(await counted(policy, "eth")).toBe(10n ** 16n);

    expect(await provider.sending).toMatch(/^0x/);
    await heard.first("wallet.returned");
    expect(await balanceOf(anvil, to)).toBe(10n ** 16n);
    expect(await counted(policy, "eth")).toBe(10n ** 16n);
  });

  test("awaited, the same payment goes as usual", async () => {
    const to = freshAddress("awaited to");
    const provider: PayLaterProvider = new PayLaterProvider(to, async () => void (await provider.sending));
    const { policy, kit } = await makeSpender(anvil, "awaited", { own: { provider, action: payLater } });
    expect(await invoke(kit, payLater, {})).toBe("queued");
    expect(await balanceOf(anvil, to)).toBe(10n ** 16n);
    expect(await counted(policy, "eth")).toBe(10n ** 16n);
  });
});

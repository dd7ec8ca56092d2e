import { describe, expect, it } from "vitest";
import { ActionDeniedError } from "../src/errors.js";
import type { PolicyProvider, SettledOutcome } from "../src/provider.js";
import { type ActionBody, guarded, silent } from "./support/test-kit.js";
import { alice, testReader } from "./support/test-wallet.js";

const payment = { to: alice, value: "5" };

/** A provider that keeps every outcome that it was told. */
function listener() {
  const outcomes: SettledOutcome[] = [];
  const provider: PolicyProvider = {
    beforeAction: () => ({ decision: "allow" }),
    beforeWalletCall: () => ({ decision: "allow" }),
    settle: (_context, outcome) => void outcomes.push(outcome),
  };
  return { provider, outcomes };
}

const refuse = (): never => {
  throw new Error("nobody reads this");
};
const refusing = (target: object): object =>
  new Proxy(target, { get: refuse, has: refuse, getPrototypeOf: refuse, ownKeys: refuse, getOwnPropertyDescriptor: refuse });

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

const unreadable: [string, () => unknown][] = [
  ["has a name that throws when it is read", () => Object.defineProperty(new Error("real"), "name", { get: refuse })],
  ["has a name that is no text and becomes none", () => Object.assign(new Error("real"), { name: Object.create(null) })],
  ["has a mark that throws when it is read", () => Object.defineProperty(new Error("real"), "is_bubble_up", { get: refuse })],
  ["is a Proxy that refuses everything", () => refusing(new Error("real"))],
  ["is a Proxy that was revoked", revoked],
];

/** What an invoke threw, in a box: looking at such a value throws. */
async function thrownBy(work: Promise<unknown>): Promise<{ value: unknown }> {
  try {
    await work;
  } catch (value) {
    return { value };
  }
  throw new Error("nothing was thrown");
}

describe("an action that throws a value that", () => {
  it.each(unreadable)("%s fails with that very value, and settles as any other that failed", async (_case, make) => {
    const value = make();
    const { provider, outcomes } = listener();
    const { invoke } = guarded(provider, {
      pay: () => {
        throw value;
      },
    });
    const thrown = await thrownBy(invoke("pay", payment));
    expect(thrown.value === value).toBe(true);
    expect(outcomes).toMatchObject([{ status: "failed", entered: true, spent: [] }]);
  });

  it.each(unreadable)("%s is settled again when the call that it left behind comes back", async (_case, make) => {
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const { provider, outcomes } = listener();
    const { wallet, invoke, events } = guarded(provider, {
      pay: async (own) => {
        void own.sendTransaction({ to: alice, value: 5n });
        while (!events.some((event) => event.type === "wallet.handed_over"))
          await new Promise((resolve) => setImmediate(resolve));
        throw make();
      },
    });
    wallet.onSend = () => held;
    await thrownBy(invoke("pay", payment));
    expect(outcomes).toMatchObject([{ status: "unknown", calls: [{ state: "in_flight" }] }]);
    release();
    await expect.poll(() => outcomes.length).toBe(2);
    expect(outcomes[1]).toMatchObject({ status: "unknown", calls: [{ state: "live" }], spent: [{ amount: "5" }] });
  });

  it.each([
    ["is named as an interrupt", () => Object.assign(new Error("ask"), { name: "GraphInterrupt" }), "cancelled"],
    ["is named as an abort", () => new DOMException("stopped", "AbortError"), "cancelled"],
    ["says that it only bubbles up", () => Object.assign(new Error("ask"), { is_bubble_up: true }), "cancelled"],
    ["is an ordinary error", () => new Error("503"), "failed"],
    ["is no object", () => "503", "failed"],
  ])("%s is known by it", async (_case, make, status) => {
    const value = make();
    const { provider, outcomes } = listener();
    const { invoke } = guarded(provider, {
      pay: () => {
        throw value;
      },
    });
    expect((await thrownBy(invoke("pay", payment))).value).toBe(value);
    expect(outcomes).toMatchObject([{ status, spent: [] }]);
  });
});

describe("a wallet that throws a value that", () => {
  const catching: ActionBody = async (wallet) => {
    try {
      return await wallet.sendTransaction({ to: alice, value: 5n });
    } catch {
      return "Error: the wallet failed";
    }
  };

  it.each([
    ...unreadable,
    ["has a cause that cannot be read", () => Object.assign(new Error("real"), { cause: refusing({}) })] as const,
  ])("%s has proven nothing: the call is settled as one that may have left", async (_case, make) => {
    const { provider, outcomes } = listener();
    const { wallet, invoke, events } = guarded(provider, { pay: catching });
    wallet.onSend = () => {
      throw make();
    };
    expect(await invoke("pay", payment)).toBe("Error: the wallet failed");
    expect(outcomes).toMatchObject([{ status: "unknown", spent: [{ amount: "5" }], calls: [{ state: "live" }] }]);
    expect(events.map((event) => event.type)).toContain("wallet.raised");
  });
});

it("a value that refuses to be looked at is no denial", () => {
  expect([ActionDeniedError.isInstance(refusing({})), ActionDeniedError.isInstance(revoked())]).toEqual([false, false]);
});

describe("an outcome that cannot be told, because the reader fails once the money has moved,", () => {
  const forgetful = () => {
    let broken = false;
    return {
      reader: { ...testReader, decode: (call: never) => (broken ? (null as never) : testReader.decode(call)) },
      breakDown: () => {
        broken = true;
      },
    };
  };

  it("changes nothing for the agent, is told as an event, and gives nothing back", async () => {
    const { provider, outcomes } = listener();
    const { reader, breakDown } = forgetful();
    const { wallet, invoke, events } = guarded(provider, undefined, { reader, logger: silent });
    wallet.onSend = breakDown;
    expect(await invoke("pay", payment)).toMatch(/^Transferred 5/);
    expect(outcomes).toEqual([]);
    expect(events.filter((event) => event.type === "settlement.failed")).toHaveLength(1);
  });

  it("is no unhandled rejection where nobody waits for it", async () => {
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const { provider } = listener();
    const { reader, breakDown } = forgetful();
    const { wallet, invoke, events } = guarded(
      provider,
      {
        pay: async (own) => {
          void own.sendTransaction({ to: alice, value: 5n });
          while (!events.some((event) => event.type === "wallet.handed_over"))
            await new Promise((resolve) => setImmediate(resolve));
          return "done";
        },
      },
      { reader, logger: silent },
    );
    wallet.onSend = () => held;
    expect(await invoke("pay", payment)).toBe("done");
    breakDown();
    release();
    await expect.poll(() => events.some((event) => event.type === "settlement.failed")).toBe(true);
  });
});

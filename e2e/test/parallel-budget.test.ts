import { join } from "node:path";
import { definePolicy, withPolicy } from "agentkit-policy";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type Anvil, caipChainId } from "../world/anvil.mjs";
import { invoke, makeKit, nativeTransfer } from "../world/kit.mjs";
import { balanceOf, freshAccount, freshAddress, setBalance } from "../world/recipients.mjs";
import { startWorld } from "../world/world.mjs";
import { Child } from "./child.js";
import { counted, scale, silentLogger, temporaryFolder } from "./support.js";

const repetitions = 10 * scale;
const oneEther = 10n ** 18n;
const payment = 10n ** 16n;
const budget = 5n * 10n ** 16n;
const overLimit = /^Error: denied by policy \(over_limit\)/;

const chains = { [caipChainId]: { confirmations: 1 } };

let anvil: Anvil;
beforeAll(async () => {
  anvil = await startWorld();
});
afterAll(async () => {
  await anvil.stop();
});

/** What the recipients hold, one by one. */
async function received(recipients: readonly string[]): Promise<bigint[]> {
  return await Promise.all(recipients.map(async (recipient) => await balanceOf(anvil, recipient)));
}

function sum(amounts: readonly bigint[]): bigint {
  return amounts.reduce((total, amount) => total + amount, 0n);
}

describe.each(["memory", "sqlite"] as const)("20 parallel transfers of 0.01 ETH against 0.05 a day, %s ledger", (driver) => {
  test.each(Array.from({ length: repetitions }, (_, index) => index + 1))(
    "exactly 5 arrive and 15 are told why not, repetition %i",
    async (repetition) => {
      const name = `parallel ${driver} ${repetition}`;
      const account = freshAccount(name);
      await setBalance(anvil, account.address, oneEther);
      const recipients = Array.from({ length: 20 }, (_, index) => freshAddress(`${name} to ${index}`));
      const policy = await definePolicy({
        version: 1,
        ledger: driver === "memory" ? "memory" : `sqlite:${join(temporaryFolder(), "ledger.db")}`,
        rules: [{ id: "daily-eth", limit: "native", max: "0.05", per: ["wallet"], window: "day" }],
        chains,
      });
      try {
        const { kit } = await makeKit({ rpcUrl: anvil.rpcUrl, account });
        const guarded = withPolicy(kit, policy, { logger: silentLogger });

        const texts: string[] = await Promise.all(
          recipients.map(async (to) => await invoke(guarded, nativeTransfer, { to, value: "0.01" })),
        );

        const amounts = await received(recipients);
        expect(amounts.filter((amount) => amount === payment)).toHaveLength(5);
        expect(amounts.filter((amount) => amount === 0n)).toHaveLength(15);
        expect(texts.filter((text) => overLimit.test(text))).toHaveLength(15);
        expect(texts.filter((text) => text.startsWith("Transferred 0.01 ETH"))).toHaveLength(5);
        expect(texts.map((text) => text.startsWith("Transferred"))).toEqual(amounts.map((amount) => amount === payment));
        expect(await counted(policy, "daily-eth")).toBe(sum(amounts));
        // The wallet's own side: value and fees of exactly five transactions, and nothing else.
        expect(Number(await anvil.request("eth_getTransactionCount", [account.address, "latest"]))).toBe(5);
        // One more would have been over.
        expect(
          await invoke(guarded, nativeTransfer, { to: freshAddress(`${name} one more`), value: "0.000000000000000001" }),
        ).toMatch(overLimit);
      } finally {
        await policy.dispose();
      }
    },
  );
});

describe("4 processes with a wallet each, one ledger file, 0.05 a day per user", () => {
  const children: Child[] = [];
  beforeAll(async () => {
    for (let index = 0; index < 4; index += 1) {
      const account = freshAccount(`process ${index}`);
      // Enough for every repetition: the same four wallets pay in all of them.
      await setBalance(anvil, account.address, oneEther * BigInt(repetitions));
      children.push(new Child("budget-sharer.mjs", { rpcUrl: anvil.rpcUrl, accountName: `process ${index}` }));
    }
    await Promise.all(children.map(async (child) => await child.next("ready")));
  });
  afterEach(() => {
    for (const child of children) if (child.failure !== undefined) throw new Error(child.failure);
  });
  afterAll(async () => {
    await Promise.all(children.map(async (child) => await child.kill()));
  });

  test.each(Array.from({ length: repetitions }, (_, index) => index + 1))(
    "exactly 5 of 20 arrive, repetition %i",
    async (repetition) => {
      const ledger = `sqlite:${join(temporaryFolder(), "ledger.db")}`;
      const userId = `user ${repetition}`;
      const shares = children.map((_, child) =>
        Array.from({ length: 5 }, (__, index) => freshAddress(`processes ${repetition} ${child} to ${index}`)),
      );
      for (const child of children) child.send({ do: "open", ledger });
      await Promise.all(children.map(async (child) => await child.next("open")));
      for (const [index, child] of children.entries()) child.send({ do: "spend", userId, recipients: shares[index] });
      const answers = await Promise.all(children.map(async (child) => await child.next("spent")));
      const texts = answers.flatMap((answer) => answer.texts as string[]);

      const amounts = await received(shares.flat());
      expect(amounts.filter((amount) => amount === payment)).toHaveLength(5);
      expect(sum(amounts)).toBe(budget);
      expect(texts.filter((text) => overLimit.test(text))).toHaveLength(15);
      expect(texts.map((text) => text.startsWith("Transferred"))).toEqual(amounts.map((amount) => amount === payment));

      // A fifth process, ours, reads the same file: the one budget is the user's, whichever wallet paid.
      const policy = await definePolicy({
        version: 1,
        ledger,
        rules: [{ id: "daily-eth", limit: "native", max: "0.05", per: ["user"], window: "day" }],
        chains,
      });
      try {
        expect(await counted(policy, "daily-eth")).toBe(sum(amounts));
      } finally {
        await policy.dispose();
      }
      for (const child of children) child.send({ do: "close" });
      await Promise.all(children.map(async (child) => await child.next("closed")));
    },
  );

  test("another user of the same four processes still has a budget of their own", async () => {
    const ledger = `sqlite:${join(temporaryFolder(), "ledger.db")}`;
    const [first, second] = children as [Child, Child];
    for (const child of [first, second]) child.send({ do: "open", ledger });
    await Promise.all([first, second].map(async (child) => await child.next("open")));
    const spend = async (child: Child, userId: string): Promise<string[]> => {
      const recipients = Array.from({ length: 5 }, (_, index) => freshAddress(`two users ${userId} to ${index}`));
      child.send({ do: "spend", userId, recipients });
      return (await child.next("spent")).texts as string[];
    };
    const texts = await Promise.all([spend(first, "ann"), spend(second, "bob")]);
    expect(texts.flat().filter((text) => text.startsWith("Transferred"))).toHaveLength(10);
  });
});

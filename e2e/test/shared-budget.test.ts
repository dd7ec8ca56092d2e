import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { loadPolicy, runWithContext, withPolicy } from "agentkit-policy";
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { type Anvil, caipChainId } from "../world/anvil.mjs";
import { invoke, makeKit, nativeTransfer } from "../world/kit.mjs";
import { balanceOf, freshAccount, freshAddress, setBalance } from "../world/recipients.mjs";
import { startWorld } from "../world/world.mjs";
import { type Child, pythonChild } from "./child.js";
import { counted, type OpenPolicy, scale, silentLogger, temporaryFolder } from "./support.js";

// One user, one policy file with its one ledger, and two agents with a wallet each: this process and a Python process.

const repetitions = 10 * scale;
const oneEther = 10n ** 18n;
const payment = 10n ** 16n;
const budget = 5n * 10n ** 16n;
const oneWei = "0.000000000000000001";
const overLimit = /^Error: denied by policy \(over_limit\)/;

let anvil: Anvil;
let child: Child;
let bareKit: Awaited<ReturnType<typeof makeKit>>["kit"];

beforeAll(async () => {
  anvil = await startWorld();
  // Enough for every repetition: the same two wallets pay in all of them.
  const wei = oneEther * BigInt(repetitions);
  const account = freshAccount("shared budget");
  await setBalance(anvil, account.address, wei);
  child = await pythonChild("budget_sharer.py", { rpcUrl: anvil.rpcUrl, accountName: "shared budget", wei: String(wei) });
  ({ kit: bareKit } = await makeKit({ rpcUrl: anvil.rpcUrl, account }));
  expect((await child.next("ready")).address).not.toBe(account.address);
});
afterEach(() => {
  if (child.failure !== undefined) throw new Error(child.failure);
});
afterAll(async () => {
  await child.kill();
  await anvil.stop();
});

/** Payments of one amount, whole units as text, to each of some recipients, all at once. */
interface Payments {
  readonly userId?: string;
  readonly value: string;
  readonly recipients: readonly string[];
}

/** Begins to pay; what it resolves to holds what each payment came to. */
type Agent = (payments: Payments) => Promise<{ readonly texts: Promise<string[]> }>;

interface Agents {
  readonly policy: OpenPolicy;
  readonly typescript: Agent;
  readonly python: Agent;
}

/** Has both agents open a new policy file with these rules, and close it when the test ends. */
async function agentsUnder(...rules: readonly string[]): Promise<Agents> {
  const file = join(temporaryFolder(), "policy.yaml");
  const chains = `chains: { "${caipChainId}": { confirmations: 1 } }`;
  const lines = ["version: 1", "ledger: sqlite:./ledger.db", chains, "rules:", ...rules.map((rule) => `  - ${rule}`), ""];
  writeFileSync(file, lines.join("\n"));
  const policy = await loadPolicy(file);
  onTestFinished(async () => await policy.dispose());
  child.send({ do: "open", policy: file });
  await child.next("open");
  onTestFinished(async () => {
    child.send({ do: "close" });
    await child.next("closed");
  });
  const kit = withPolicy(bareKit, policy, { logger: silentLogger });
  return {
    policy,
    typescript: async ({ userId = "ann", value, recipients }) => ({
      texts: runWithContext(
        { userId },
        async () => await Promise.all(recipients.map(async (to) => await invoke(kit, nativeTransfer, { to, value }))),
      ),
    }),
    python: async ({ userId = "ann", value, recipients }) => {
      child.send({ do: "spend", userId, value, recipients });
      await child.next("spending");
      return { texts: child.next("spent").then((said) => said.texts as string[]) };
    },
  };
}

function addresses(name: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => freshAddress(`shared budget ${name} ${index}`));
}

/** What each of them holds, in wei. */
async function received(recipients: readonly string[]): Promise<bigint[]> {
  return await Promise.all(recipients.map(async (recipient) => await balanceOf(anvil, recipient)));
}

/** Whether each text says that its own recipient was paid. */
function saysPaid(texts: readonly string[], recipients: readonly string[]): boolean[] {
  return recipients.map((recipient, index) => texts[index]?.startsWith(`Transferred 0.01 ETH to ${recipient}`) === true);
}

/** Until the budget counts something. The first payments are judged within a millisecond or two, so it asks without a pause. */
async function somebodyHolds(policy: OpenPolicy): Promise<void> {
  const startedAt = performance.now();
  while ((await counted(policy, "daily-eth")) === 0n) {
    if (performance.now() - startedAt > 60_000) throw new Error("nobody took anything of the budget");
  }
}

describe("20 parallel transfers of 0.01 ETH, half from each language, against 0.05 a day per user", () => {
  // An agent that waits for the other's first hold comes late, often in the middle; left alone, the one in this process
  // would always be the first.
  const starts = ["both at once", "Python first", "TypeScript first"] as const;
  const cases = Array.from(
    { length: repetitions },
    (_, index) => [index + 1, starts[index % 3] as (typeof starts)[number]] as const,
  );

  test.each(cases)("exactly 5 arrive and 15 are told why not, repetition %i, %s", async (repetition, start) => {
    const { policy, typescript, python } = await agentsUnder(
      '{ id: daily-eth, limit: native, max: "0.05", per: [user], window: day }',
    );
    const toTypescript = addresses(`${repetition} TypeScript`, 10);
    const toPython = addresses(`${repetition} Python`, 10);
    const recipients = [...toTypescript, ...toPython];
    const share = { typescript: { value: "0.01", recipients: toTypescript }, python: { value: "0.01", recipients: toPython } };

    let paying: Awaited<ReturnType<Agent>>[];
    if (start === "TypeScript first") {
      const first = await typescript(share.typescript);
      await somebodyHolds(policy);
      paying = [first, await python(share.python)];
    } else {
      const first = await python(share.python);
      if (start === "Python first") await somebodyHolds(policy);
      paying = [await typescript(share.typescript), first];
    }
    const texts = (await Promise.all(paying.map(async (payments) => await payments.texts))).flat();

    const amounts = await received(recipients);
    const paid = amounts.map((amount) => amount === payment);
    expect(paid.filter((isPaid) => isPaid)).toHaveLength(5);
    expect(amounts.filter((amount) => amount === 0n)).toHaveLength(15);
    expect(saysPaid(texts, recipients)).toEqual(paid);
    expect(texts.map((text) => overLimit.test(text))).toEqual(paid.map((isPaid) => !isPaid));
    // Whoever had taken of the budget before the other began was paid.
    if (start === "TypeScript first") expect(paid.slice(0, 10)).toContain(true);
    if (start === "Python first") expect(paid.slice(10)).toContain(true);

    const balances = await policy.balances();
    expect(balances.map(({ counted: amount, open, scope }) => ({ amount, open, scope }))).toEqual([
      { amount: String(budget), open: "0", scope: { user: "ann" } },
    ]);
    // Not a wei more in either language, and a whole day's budget for another user in both.
    const more = { value: oneWei, recipients: [freshAddress("shared budget one wei more")] };
    const bobs = { userId: "bob", value: "0.025", recipients: [freshAddress(`shared budget ${repetition} bob`)] };
    for (const agent of [typescript, python]) {
      expect((await (await agent(more)).texts)[0]).toMatch(overLimit);
      expect((await (await agent(bobs)).texts)[0]).toMatch(/^Transferred 0\.025 ETH/);
    }
  });
});

describe("one action of both languages", () => {
  test("counts the same amount, to the wei", async () => {
    const { policy, typescript, python } = await agentsUnder(
      '{ id: daily-eth, limit: native, max: "0.024691357802469134", per: [user], window: day }',
    );
    const recipients = addresses("to the wei", 2);
    for (const [index, agent] of [typescript, python].entries()) {
      const payments = { value: "0.012345678901234567", recipients: recipients.slice(index, index + 1) };
      expect((await (await agent(payments)).texts)[0]).toMatch(/^Transferred 0\.012345678901234567 ETH/);
      expect(await counted(policy, "daily-eth")).toBe(12_345_678_901_234_567n * BigInt(index + 1));
    }
    expect(await received(recipients)).toEqual([12_345_678_901_234_567n, 12_345_678_901_234_567n]);
    for (const agent of [typescript, python]) {
      expect((await (await agent({ value: oneWei, recipients: recipients.slice(0, 1) })).texts)[0]).toMatch(overLimit);
    }
  });

  test("is denied by one name, in the same words", async () => {
    const { typescript, python } = await agentsUnder("{ id: no-transfers, deny: { actions: [wallet.native_transfer] } }");
    const recipients = addresses("denied by name", 2);
    const texts: (string | undefined)[] = [];
    for (const [index, agent] of [typescript, python].entries()) {
      texts.push((await (await agent({ value: "0.01", recipients: recipients.slice(index, index + 1) })).texts)[0]);
    }
    expect(texts[0]).toMatch(/^Error: denied by policy \(\w+\): .*no-transfers/);
    expect(texts[1]).toBe(texts[0]);
    expect(await received(recipients)).toEqual([0n, 0n]);
  });

  test("is untouched by the name of another action", async () => {
    const { typescript, python } = await agentsUnder("{ id: no-tokens, deny: { actions: [erc20.transfer] } }");
    const recipients = addresses("not denied by name", 2);
    for (const [index, agent] of [typescript, python].entries()) {
      const payments = { value: "0.01", recipients: recipients.slice(index, index + 1) };
      expect((await (await agent(payments)).texts)[0]).toMatch(/^Transferred 0\.01 ETH/);
    }
    expect(await received(recipients)).toEqual([payment, payment]);
  });
});

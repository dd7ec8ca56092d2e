// A runaway agent: it pays and pays, in parallel and in a loop, and is stopped exactly at its budget.
// Run it with "npm run example -- runaway" from the repository's root.
import "@agentkit-policy/e2e/world/network-guard.mjs";
import { mkdirSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { developmentAccount } from "@agentkit-policy/e2e/world/anvil.mjs";
import { balanceOf, freshAddress } from "@agentkit-policy/e2e/world/recipients.mjs";
import { setTokenBalance, testTokenAddress, tokenBalance } from "@agentkit-policy/e2e/world/test-token.mjs";
import { startWorld } from "@agentkit-policy/e2e/world/world.mjs";
import { AgentKit, erc20ActionProvider, ViemWalletProvider, walletActionProvider } from "@coinbase/agentkit";
import { loadPolicy, runWithContext, withPolicy } from "agentkit-policy";
import { createWalletClient, formatEther, formatUnits, http, parseEther, parseUnits } from "viem";
import { baseSepolia } from "viem/chains";
import { isDenied, Report } from "../report.mjs";

const policyFile = fileURLToPath(new URL("policy.yaml", import.meta.url));
const stateFolder = fileURLToPath(new URL("state", import.meta.url));

const ethPayment = parseEther("0.007");
const ethBudget = parseEther("0.05");
const tokenPayment = parseUnits("3", 6);
const tokenBudget = parseUnits("10", 6);
const people = ["alice", "bob", "carol", "dave"];

const report = new Report([
  ["action", 16],
  ["amount", 10],
  ["to", 6],
  ["decision", 9],
  ["told", 86],
  ["left", 10],
]);

// Every run begins with a ledger of its own.
rmSync(stateFolder, { recursive: true, force: true });
mkdirSync(stateFolder);

report.say("Starting a chain on this machine …");
const chain = await startWorld();
try {
  const account = developmentAccount(0);
  await setTokenBalance(chain, account.address, parseUnits("1000", 6));

  // An ordinary AgentKit, with an ordinary wallet …
  const walletClient = createWalletClient({ account, chain: baseSepolia, transport: http(chain.rpcUrl) });
  const walletProvider = new ViemWalletProvider(walletClient, { rpcUrl: chain.rpcUrl });
  const bareKit = await AgentKit.from({ walletProvider, actionProviders: [walletActionProvider(), erc20ActionProvider()] });

  // … and the two lines that put a policy under it.
  const policy = await loadPolicy(policyFile);
  const kit = withPolicy(bareKit, policy);

  const act = async (name, args) => {
    const action = kit.getActions().find((candidate) => candidate.name === name);
    return await runWithContext({ agentId: "runaway", runId: "demo" }, () => action.invoke(args));
  };
  const left = async (limitId) => (await policy.balances()).find((balance) => balance.limitId === limitId);

  report.say("The agent pays 0.007 ETH a time, then 3 USDC a time, for as long as it is let.\n");
  report.head();

  // The loop knows no end: only the policy stops it. Thrice denied, the demo has seen enough.
  for (let round = 0, denied = 0; denied < 3; round += 1) {
    const to = people[round % people.length];
    const told = await act("WalletActionProvider_native_transfer", { to: freshAddress(to), value: formatEther(ethPayment) });
    if (isDenied(told)) denied += 1;
    report.row({
      action: "native_transfer",
      amount: "0.007 ETH",
      to,
      told,
      left: `${formatEther(BigInt((await left("eth-a-day")).left))} ETH`,
    });
    if (round > 100) throw new Error("nothing stopped the agent");
  }
  for (let round = 0, denied = 0; denied < 2; round += 1) {
    const to = people[round % people.length];
    const told = await act("ERC20ActionProvider_transfer", {
      amount: formatUnits(tokenPayment, 6),
      tokenAddress: testTokenAddress,
      destinationAddress: freshAddress(to),
    });
    if (isDenied(told)) denied += 1;
    report.row({
      action: "erc20 transfer",
      amount: "3 USDC",
      to,
      told,
      left: `${formatUnits(BigInt((await left("usdc-a-run")).left), 6)} USDC`,
    });
    if (round > 100) throw new Error("nothing stopped the agent");
  }

  // The process forgets everything; the ledger does not.
  await policy.dispose();
  const reopened = await loadPolicy(policyFile);
  const again = withPolicy(bareKit, reopened);
  const once = again.getActions().find(({ name }) => name === "WalletActionProvider_native_transfer");
  const told = await once.invoke({ to: freshAddress("alice"), value: formatEther(ethPayment) });
  const closed = Object.fromEntries((await reopened.balances()).map((balance) => [balance.limitId, balance]));
  await reopened.dispose();

  report.say("\nWhat the chain says:");
  const ethMoved = await sumOf((address) => balanceOf(chain, address));
  const tokenMoved = await sumOf((address) => tokenBalance(chain.rpcUrl, address));
  const ethClosed = BigInt(closed["eth-a-day"].counted);
  const tokenClosed = BigInt(closed["usdc-a-run"].counted);
  report.prove(
    `left the wallet: ${formatEther(ethMoved)} ETH, to the wei what the ledger closed`,
    ethMoved === ethClosed && closed["eth-a-day"].open === "0",
  );
  report.prove(`that is at most 0.05 ETH, and more than nothing`, ethMoved > 0n && ethMoved <= ethBudget);
  report.prove(
    `one more payment would have been over: ${formatEther(ethMoved + ethPayment)} ETH`,
    ethMoved + ethPayment > ethBudget,
  );
  report.prove(`left the wallet: ${formatUnits(tokenMoved, 6)} USDC, exactly what the ledger closed`, tokenMoved === tokenClosed);
  report.prove(
    `that is at most 10 USDC, and one more payment would have been over`,
    tokenMoved <= tokenBudget && tokenMoved + tokenPayment > tokenBudget,
  );
  report.prove(`opened again, the ledger still says no: ${told}`, isDenied(told));
} finally {
  await chain.stop();
}
report.end();

async function sumOf(read) {
  const amounts = await Promise.all(people.map((name) => read(freshAddress(name))));
  return amounts.reduce((sum, amount) => sum + BigInt(amount), 0n);
}

// A TypeScript agent and a Python agent under one policy file: a limit of their own stops their ETH, and the budget at Cycles, which pays
// for ETH and USDC, stops what is more than it has left. Run it with "npm run example -- cycles" from the repository's root.
import { randomUUID } from "node:crypto";
import { mkdirSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { AgentProcess } from "@agentkit-policy/e2e/world/agent-process.mjs";
import { setTokenBalance, testTokenAddress, tokenBalance } from "@agentkit-policy/e2e/world/test-token.mjs";
import { startWorld } from "@agentkit-policy/e2e/world/world.mjs";
import { loadPolicy } from "agentkit-policy";
import { formatEther, formatUnits, parseEther, parseUnits } from "viem";
import { Report } from "../report.mjs";
import { CyclesServer } from "./cycles-server.mjs";

const folder = fileURLToPath(new URL(".", import.meta.url));
const limit = parseEther("0.00005");
const usdcPayment = parseUnits("0.01", 6);
const cast = [
  { language: "TypeScript", amount: parseEther("0.000007"), usdc: ["tokenAddress", "destinationAddress"] },
  { language: "Python", amount: parseEther("0.000004"), usdc: ["contract_address", "destination_address"] },
];
/** By the policy's prices, an ether is 2,500 dollars, and a dollar's hundred million microcents are a million of USDC's smallest. */
const worthOfWei = (wei) => (wei * 2_500n * 10n ** 8n) / 10n ** 18n;
const worthOfUsdc = (atomic) => atomic * 100n;

const report = new Report([
  ["who", 10],
  ["action", 15],
  ["amount", 18],
  ["decision", 8],
  ["told", 78],
  ["left", 14],
]);

// Every run begins with a ledger of its own, and is a run of its own at Cycles.
rmSync(`${folder}state`, { recursive: true, force: true });
mkdirSync(`${folder}state`);
const run = `example-${randomUUID()}`;

const cycles = await CyclesServer.open();
report.say(`The Cycles server is ${cycles.is}.`);
const before = await cycles.budget();
const most = worthOfWei(limit) + BigInt(cast.length) * worthOfUsdc(usdcPayment);
report.say(`It has ${dollars(before.remaining)} left, of which this run spends ${dollars(most)} at most.`);
if (before.remaining < most) throw new Error("that is too little to begin with");
report.say("Starting a chain on this machine, and two agents …");
const chain = await startWorld();
try {
  const env = { ...cycles.variables, AGENT_RUN: run };
  Object.assign(process.env, cycles.variables);
  const agents = await Promise.all(cast.map((agent) => AgentProcess.start({ ...agent, chain, folder, env })));
  // This process reads the ledger that the agents' processes write.
  const policy = await loadPolicy(`${folder}policy.yaml`);
  const show = async (answers, action, amountOf) => {
    const { remaining } = await cycles.budget();
    for (const [index, { agent, told }] of answers.entries()) {
      const left = index === answers.length - 1 ? dollars(remaining) : "";
      report.row({ who: agent.language, action, amount: amountOf(agent), told, left });
    }
    return remaining;
  };
  /** All of them at once; whoever is answered first is listed first. */
  const atOnce = async (ask) => {
    const answers = [];
    await Promise.all(agents.map(async (agent, index) => answers.push({ agent, told: await ask(agent, cast[index]) })));
    return answers;
  };
  const payUsdc = async (amount) =>
    await atOnce((agent, { usdc: [token, payee] }) =>
      agent.ask({
        action: "ERC20ActionProvider_transfer",
        amount: formatUnits(amount, 6),
        [token]: testTokenAddress,
        [payee]: agent.payee,
      }),
    );

  report.say(`Ann's agents may spend ${formatEther(limit)} ETH a day; USDC has no limit but what Cycles has left.\n`);
  report.head();
  // The rounds know no end: only the policy stops them. Once each agent was denied, the example has seen enough.
  const ofEth = [];
  let leftAtCycles = before.remaining;
  for (let round = 0; agents.some(({ denied }) => denied === 0); round += 1) {
    if (round > 100) throw new Error("nothing stopped the agents");
    const answers = await atOnce((agent) => agent.pay());
    leftAtCycles = await show(answers, "native_transfer", ({ amount }) => `${formatEther(amount)} ETH`);
    ofEth.push(...answers);
  }
  const ethDenials = ofEth.filter(({ told }) => told.startsWith("Error"));

  // Each wallet has what it asks for: nothing but the budget is in the way.
  const tooMuch = leftAtCycles / worthOfUsdc(1n) + 1n;
  for (const { address } of agents) await setTokenBalance(chain, address, 2n * tooMuch);
  const beyond = await payUsdc(tooMuch);
  await show(beyond, "erc20 transfer", () => `${formatUnits(tooMuch, 6)} USDC`);
  const within = await payUsdc(usdcPayment);
  await show(within, "erc20 transfer", () => `${formatUnits(usdcPayment, 6)} USDC`);
  await Promise.all(agents.map((agent) => agent.end()));

  const eth = sum(await Promise.all(agents.map((agent) => agent.paid())));
  const usdc = sum(await Promise.all(agents.map((agent) => tokenBalance(chain.rpcUrl, agent.payee))));
  const [counted] = (await policy.balances()).filter(({ limitId }) => limitId === "eth-a-day");
  await policy.dispose();
  const entries = await cycles.entriesOf(run);
  const after = await cycles.budget();
  const arrived = worthOfWei(eth) + worthOfUsdc(usdc);
  const allowed = agents.reduce((count, agent) => count + agent.allowed, 0);

  report.say("\nWhat the chain and Cycles say:");
  report.prove(
    `${formatEther(eth)} ETH arrived, at most ${formatEther(limit)}, to the wei what the ledger counted for ann`,
    eth > 0n && eth <= limit && BigInt(counted.counted) === eth && counted.open === "0",
  );
  for (const { language, amount } of cast) {
    report.prove(
      `the limit, not Cycles, stopped the ${language} agent's ETH: one more payment makes ${formatEther(eth + amount)}, and Cycles had room`,
      eth + amount > limit &&
        leftAtCycles >= worthOfWei(amount) &&
        ethDenials.some(({ agent }) => agent.language === language) &&
        ethDenials.every(({ told }) => told.includes('the limit "eth-a-day" has no room')),
    );
  }
  for (const { agent, told } of beyond) {
    report.prove(
      `Cycles, not a limit, stopped the ${agent.language} agent's ${formatUnits(tooMuch, 6)} USDC`,
      told.includes("(over_limit): the budget has no room for it"),
    );
  }
  report.prove(
    `${formatUnits(usdc, 6)} USDC arrived: what fitted afterwards, of each agent`,
    usdc === BigInt(agents.length) * usdcPayment && within.every(({ told }) => told.startsWith("Transferred")),
  );
  report.prove(
    `what arrived is worth ${dollars(arrived)}, and Cycles' budget shows ${dollars(after.spent - before.spent)} more spent than before`,
    arrived > 0n && after.spent - before.spent === arrived,
  );
  report.prove(
    `of this run Cycles keeps ${entries.length} holds for ${allowed} payments, each of them committed, ${dollars(sum(entries.map(({ committed }) => committed)))} together`,
    entries.length === allowed &&
      entries.every(({ status }) => status === "COMMITTED") &&
      sum(entries.map(({ committed }) => committed)) === arrived,
  );
} finally {
  await chain.stop();
  await cycles.close();
}
report.end();

function sum(amounts) {
  return amounts.reduce((total, amount) => total + amount, 0n);
}

function dollars(microcents) {
  return `${formatUnits(microcents, 8)} $`;
}

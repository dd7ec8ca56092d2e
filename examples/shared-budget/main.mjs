// A TypeScript agent and a Python agent, at once, on the budget of their one user: whatever they do, it is not overspent.
// Run it with "npm run demo" from the repository's root. With --python-only, the Python agent pays alone.
import { mkdirSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { AgentProcess } from "@agentkit-policy/e2e/world/agent-process.mjs";
import { startWorld } from "@agentkit-policy/e2e/world/world.mjs";
import { loadPolicy } from "agentkit-policy";
import { formatEther, parseEther } from "viem";
import { Report } from "../report.mjs";

const policyFile = fileURLToPath(new URL("policy.yaml", import.meta.url));
const stateFolder = fileURLToPath(new URL("state", import.meta.url));

const budget = parseEther("0.05");
const python = { language: "Python", amount: parseEther("0.004") };
const typescript = { language: "TypeScript", amount: parseEther("0.007") };
const isPythonOnly = process.argv.includes("--python-only");
const cast = isPythonOnly ? [python] : [typescript, python];
// How often each may pay, whoever is faster: four rounds of both fit, 0.044 ETH; then 0.004 fits once more, and 0.007 never.
const fitting = isPythonOnly ? [12] : [4, 5];

const report = new Report([
  ["round", 5],
  ["who", 10],
  ["action", 15],
  ["amount", 9],
  ["decision", 8],
  ["told", 86],
  ["left", 9],
]);

// Every run begins with a ledger of its own.
rmSync(stateFolder, { recursive: true, force: true });
mkdirSync(stateFolder);

report.say(`Starting a chain on this machine, and ${cast.length === 1 ? "an agent" : "two agents"} …`);
const chain = await startWorld();
const folder = fileURLToPath(new URL(".", import.meta.url));
const start = async () => await Promise.all(cast.map((agent) => AgentProcess.start({ ...agent, chain, folder })));
try {
  const agents = await start();
  // This process reads the ledger that the agents' processes write.
  const policy = await loadPolicy(policyFile);
  const balances = async () => (await policy.balances()).filter(({ limitId }) => limitId === "eth-a-day");

  const amounts = cast.map(({ language, amount }) => `the ${language} agent pays ${ether(amount)} a time`);
  report.say(`Ann's agents may spend 0.05 ETH a day; ${amounts.join(", ")}.\n`);
  report.head();
  // The rounds know no end: only the policy stops them. Once each agent was denied, the demo has seen enough.
  const rounds = [];
  while (agents.some(({ denied }) => denied === 0)) {
    if (rounds.length > 100) throw new Error("nothing stopped the agents");
    // All of them at once; whoever is answered first is listed first.
    const answers = [];
    await Promise.all(agents.map(async (agent) => answers.push({ agent, told: await agent.pay() })));
    rounds.push(answers);
    const [{ left }] = await balances();
    for (const [index, { agent, told }] of answers.entries()) {
      report.row({
        round: index === 0 ? String(rounds.length) : "",
        who: agent.language,
        action: "native_transfer",
        amount: ether(agent.amount),
        told,
        left: index === answers.length - 1 ? ether(BigInt(left)) : "",
      });
    }
  }
  await Promise.all(agents.map((agent) => agent.end()));

  // The processes are gone, and what they knew; the ledger is not.
  const again = await start();
  const toldAgain = await Promise.all(again.map((agent) => agent.pay()));
  await Promise.all(again.map((agent) => agent.end()));
  const closed = await balances();
  await policy.dispose();

  report.say("\nWhat the chain says:");
  const paid = await Promise.all(agents.map((agent) => agent.paid()));
  const transactions = await Promise.all(agents.map((agent) => agent.transactions()));
  const total = paid.reduce((sum, amount) => sum + amount, 0n);
  for (const [index, { language, amount, allowed, denied }] of agents.entries()) {
    report.prove(
      `the ${language} agent moved ${ether(paid[index])}: ${allowed} times ${ether(amount)}, and was denied ${denied === 1 ? "once" : `${denied} times`}`,
      allowed === fitting[index] && denied > 0 && transactions[index] === allowed && paid[index] === BigInt(allowed) * amount,
    );
  }
  report.prove(
    `left the ${cast.length === 1 ? "wallet" : "wallets"}: ${ether(total)}, to the wei what the ledger closed for ann, and nothing is open`,
    closed.length === 1 && BigInt(closed[0].counted) === total && closed[0].open === "0",
  );
  report.prove("that is at most 0.05 ETH, and more than nothing", total > 0n && total <= budget);
  for (const { language, amount } of cast) {
    report.prove(`one more payment in ${language} would have been over: ${ether(total + amount)}`, total + amount > budget);
  }
  for (const [index, agent] of again.entries()) {
    report.prove(
      `a fresh ${agent.language} process with another wallet is told: ${toldAgain[index]}`,
      agent.denied === 1 && (await agent.paid()) === 0n,
    );
  }
} finally {
  await chain.stop();
}
report.end();

function ether(amount) {
  return `${formatEther(amount)} ETH`;
}

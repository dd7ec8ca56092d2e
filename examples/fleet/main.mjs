// Eight agents in two languages on one ledger in PostgreSQL: a budget for each wallet, each user, and all of them together.
// Run it with "npm run example -- fleet" from the repository's root.
import { fileURLToPath } from "node:url";
import { AgentProcess } from "@agentkit-policy/e2e/world/agent-process.mjs";
import { startWorld } from "@agentkit-policy/e2e/world/world.mjs";
import { loadPolicy } from "agentkit-policy";
import { formatEther, parseEther } from "viem";
import { startPostgres } from "../../scripts/lib/postgres.mjs";
import { Report } from "../report.mjs";

const folder = fileURLToPath(new URL(".", import.meta.url));
const amount = parseEther("0.003");
const most = { wallet: parseEther("0.02"), user: parseEther("0.05"), fleet: parseEther("0.09") };
const cast = ["TypeScript", "Python"].flatMap((language) => ["ann", "ann", "ben", "ben"].map((user) => ({ language, user })));

const report = new Report([
  ["agent", 5],
  ["who", 10],
  ["for", 4],
  ["moved", 10],
  ["told", 86],
]);

report.say("Starting a chain, a database and eight agents on this machine …");
const [chain, database] = await Promise.all([startWorld(), startPostgres()]);
process.env.FLEET_LEDGER = database.url;
try {
  const start = ({ language, user }) =>
    AgentProcess.start({ language, amount, chain, folder, env: { AGENT_USER: user, FLEET_LEDGER: database.url } });
  const agents = await Promise.all(cast.map(start));
  const policy = await loadPolicy(`${folder}policy.yaml`);
  report.say("A wallet may spend 0.02 ETH a day, a user 0.05, and the fleet 0.09; each agent pays 0.003 ETH, again and again.\n");

  const denials = await Promise.all(
    agents.map(async (agent) => {
      // The agents know no end: only the policy stops them.
      for (let payment = 0; payment < 100; payment += 1) {
        const told = await agent.pay();
        if (agent.denied > 0) return told;
      }
      throw new Error(`nothing stopped the ${agent.language} agent`);
    }),
  );
  await Promise.all(agents.map((agent) => agent.end()));

  const paid = await Promise.all(agents.map((agent) => agent.paid()));
  report.head();
  for (const [index, { language, user }] of cast.entries()) {
    report.row({ agent: String(index + 1), who: language, for: user, moved: ether(paid[index]), told: denials[index] });
  }
  const balances = await policy.balances();
  await policy.dispose();

  report.say("\nWhat the chain says:");
  const sum = (amounts) => amounts.reduce((total, one) => total + one, 0n);
  const total = sum(paid);
  const counted = (limitId, scope = {}) =>
    balances.find(
      (balance) => balance.limitId === limitId && Object.entries(scope).every(([name, value]) => balance.scope[name] === value),
    );
  const isClosedWith = (balance, moved) => balance !== undefined && BigInt(balance.counted) === moved && balance.open === "0";
  report.prove(
    `no wallet moved more than ${ether(most.wallet)}, and each, to the wei, what the ledger counted for it`,
    agents.every(({ address }, index) => {
      const balance = counted("wallet-a-day", { wallet: `eip155:${address.toLowerCase()}` });
      return paid[index] <= most.wallet && (paid[index] === 0n ? balance === undefined : isClosedWith(balance, paid[index]));
    }),
  );
  for (const user of ["ann", "ben"]) {
    const own = sum(paid.filter((_, index) => cast[index].user === user));
    report.prove(
      `${user}'s four agents moved ${ether(own)} of ${ether(most.user)}, to the wei what the ledger counted`,
      own > 0n && own <= most.user && isClosedWith(counted("user-a-day", { user }), own),
    );
  }
  report.prove(
    `the fleet moved ${ether(total)} of ${ether(most.fleet)}, to the wei what the ledger counted, and one more payment would have been over`,
    total <= most.fleet && total + amount > most.fleet && isClosedWith(counted("fleet-a-day"), total),
  );
  report.prove(
    "each agent was denied once, and none was told anything else",
    agents.every(({ denied, allowed }, index) => denied === 1 && BigInt(allowed) * amount === paid[index]),
  );
} finally {
  await chain.stop();
  await database.stop();
}
report.end();

function ether(wei) {
  return `${formatEther(wei)} ETH`;
}

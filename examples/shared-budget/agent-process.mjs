import { fileURLToPath } from "node:url";
import { findInterpreter, shimFolder } from "@agentkit-policy/e2e/world/python.mjs";
import { balanceOf, freshAddress, setBalance } from "@agentkit-policy/e2e/world/recipients.mjs";
import { Talker } from "@agentkit-policy/e2e/world/talker.mjs";
import { formatEther, parseEther } from "viem";
import { generatePrivateKey, privateKeyToAddress } from "viem/accounts";

const folder = fileURLToPath(new URL(".", import.meta.url));

/** What runs an agent's program. A Python that was named brings its own agentkit_policy; any other takes the clone's. */
const runs = {
  TypeScript: async () => ({ command: process.execPath, program: "agent.mjs", env: {} }),
  Python: async () => {
    const { path, isNamed } = await findInterpreter();
    return { command: path, program: "agent.py", env: isNamed ? {} : { PYTHONPATH: shimFolder } };
  },
};

/** An agent in a process of its own, with a wallet of its own that holds 1 ETH. It pays one amount, again and again. */
export class AgentProcess {
  allowed = 0;
  denied = 0;
  #chain;
  #talker;

  /** @returns once it waits for its first payment */
  static async start(language, amount, chain) {
    const { command, program, env } = await runs[language]();
    const key = generatePrivateKey();
    const address = privateKeyToAddress(key);
    await setBalance(chain, address, parseEther("1"));
    const talker = new Talker(program, command, [program], {
      cwd: folder,
      env: { ...env, AGENT_KEY: key, RPC_URL: chain.rpcUrl },
    });
    await talker.next("ready");
    return new AgentProcess(language, amount, address, chain, talker);
  }

  constructor(language, amount, address, chain, talker) {
    this.language = language;
    this.amount = amount;
    this.address = address;
    this.payee = freshAddress(`paid by ${address}`);
    this.#chain = chain;
    this.#talker = talker;
  }

  /**
   * Asks for one more payment.
   * @returns what the model was told
   * @throws Error when that is neither that it was paid nor that the budget has no room for it
   */
  async pay() {
    this.#talker.send({ to: this.payee, value: formatEther(this.amount) });
    const { told } = await this.#talker.next("paid");
    if (told.startsWith("Error: denied by policy (over_limit)")) this.denied += 1;
    else if (told.startsWith("Transferred")) this.allowed += 1;
    else throw new Error(`the ${this.language} agent was told: ${told}`);
    return told;
  }

  /** What its payee has, in wei, by the chain. */
  async paid() {
    return await balanceOf(this.#chain, this.payee);
  }

  /** How many transactions of its wallet are on the chain. */
  async transactions() {
    return Number(await this.#chain.request("eth_getTransactionCount", [this.address, "latest"]));
  }

  async end() {
    await this.#talker.finish();
  }
}

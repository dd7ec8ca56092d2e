import { delimiter } from "node:path";
import { fileURLToPath } from "node:url";
import { formatEther, parseEther } from "viem";
import { generatePrivateKey, privateKeyToAddress } from "viem/accounts";
import { findInterpreter, shimFolder } from "./python.mjs";
import { balanceOf, freshAddress, setBalance } from "./recipients.mjs";
import { Talker } from "./talker.mjs";

/** Where an example's Python program finds `network_guard`. */
const here = fileURLToPath(new URL(".", import.meta.url));

/** @typedef {"TypeScript" | "Python"} Language */

/** What runs an agent's program. A Python that was named brings its own agentkit_policy; any other takes the clone's. */
const runs = {
  TypeScript: async () => ({ command: process.execPath, program: "agent.mjs", env: {} }),
  Python: async () => {
    const { path, isNamed } = await findInterpreter();
    const folders = [here, ...(isNamed ? [] : [shimFolder]), ...(process.env.PYTHONPATH?.split(delimiter) ?? [])];
    return { command: path, program: "agent.py", env: { PYTHONPATH: folders.join(delimiter) } };
  },
};

/** An agent in a process of its own, with a wallet of its own that holds 1 ETH. It pays one amount, again and again. */
export class AgentProcess {
  allowed = 0;
  denied = 0;
  #chain;
  #talker;

  /**
   * @param {{ language: Language, amount: bigint, chain: import("./anvil.mjs").Anvil,
   *   folder: string, env?: Record<string, string> }} agent `folder` is the example's own, where the agents' programs are
   * @returns once it waits for its first payment
   */
  static async start({ language, amount, chain, folder, env: more = {} }) {
    const { command, program, env } = await runs[language]();
    const key = generatePrivateKey();
    const address = privateKeyToAddress(key);
    await setBalance(chain, address, parseEther("1"));
    const talker = new Talker(program, command, [program], {
      cwd: folder,
      env: { ...env, ...more, AGENT_KEY: key, RPC_URL: chain.rpcUrl },
    });
    await talker.next("ready");
    return new AgentProcess(language, amount, address, chain, talker);
  }

  /**
   * @param {Language} language
   * @param {bigint} amount
   * @param {`0x${string}`} address
   * @param {import("./anvil.mjs").Anvil} chain
   * @param {Talker} talker
   */
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
    return await this.ask({ to: this.payee, value: formatEther(this.amount) });
  }

  /**
   * Asks for whatever the program understands.
   * @param {Record<string, string>} message
   * @returns what the model was told
   * @throws Error when that is neither that it was paid nor that the budget has no room for it
   */
  async ask(message) {
    this.#talker.send(message);
    const told = String((await this.#talker.next("paid")).told);
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

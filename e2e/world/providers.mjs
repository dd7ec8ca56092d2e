// @ts-check
import "./network-guard.mjs";
import { agentKit } from "./agentkit.mjs";

// A developer's own keys must not change which providers construct.
for (const name of Object.keys(process.env)) if (/_(KEY|JWT|SECRET|TOKEN)(_|$)/.test(name)) delete process.env[name];

/** Options that the factories ask for, made up: nothing that they lead to is ever reached. */
const madeUp = {
  apiKey: "made-up",
  apiSecret: "made-up",
  accessToken: "made-up",
  accessTokenSecret: "made-up",
  neynarApiKey: "made-up",
  signerUuid: "made-up",
  agentFid: "1",
  projectId: "made-up",
  pinataJwt: "made-up",
  alchemyApiKey: "made-up",
  privateKey: `0x${"11".repeat(32)}`,
  networkId: "base-sepolia",
};

/**
 * Every provider of AgentKit that constructs without a key, a file or an option, or with those that are made up, and the
 * names of the factories that do not.
 * @param {{ options?: "none" | "made up" }} [how]
 * @returns {{ providers: import("@coinbase/agentkit").ActionProvider[], refused: string[] }}
 */
export function everyProvider({ options = "none" } = {}) {
  const providers = [];
  const refused = [];
  for (const [name, factory] of Object.entries(agentKit).sort(([one], [other]) => one.localeCompare(other))) {
    if (!/^[a-z]\w*ActionProvider$/.test(name)) continue;
    try {
      const provider = /** @type {any} */ (factory)(...(options === "none" ? [] : [madeUp]));
      // Some serve other networks only. What counts is what the actions do, so that all of them take part.
      provider.supportsNetwork = () => true;
      providers.push(provider);
    } catch {
      refused.push(name);
    }
  }
  return { providers, refused };
}

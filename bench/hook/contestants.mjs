import { createRequire } from "node:module";
import { join } from "node:path";
import { definePolicy, withPolicy } from "../../packages/agentkit-policy/dist/index.js";
import { root } from "../../scripts/lib/paths.mjs";

// Found in the folder in which they alone are installed.
const peer = createRequire(join(root, "bench/peers/package.json"));

export const payment = { to: "0x70997970C51812dc3A010C7d01b50e0d17dc79C8", value: "0.000001" };
const silent = { info: () => undefined, warn: () => undefined };

/** The classes by whose names the guard knows AgentKit's wallets. */
class WalletProvider {}
class EvmWalletProvider extends WalletProvider {
  getAddress() {
    return "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266";
  }

  getNetwork() {
    return { protocolFamily: "evm", networkId: "base-sepolia", chainId: "84532" };
  }

  getName() {
    return "stand_in";
  }
}

/** A kit like AgentKit's, with native_transfer's name and arguments; its body does what AgentKit does before it sends. */
export class Kit {
  walletProvider = new EvmWalletProvider();

  getActions() {
    const wallet = this.walletProvider;
    const invoke = async ({ to, value }) => {
      wallet.getName();
      return `Transferred ${value} ETH to ${to}`;
    };
    return [{ name: "WalletActionProvider_native_transfer", invoke }];
  }
}

/** Three limits, an allow and denials; none of them says no. */
function rules(count) {
  const limits = [
    { id: "daily", limit: "native", max: "1000000", per: ["wallet"], window: "day" },
    { id: "weekly", limit: "native", max: "1000000", per: ["user"], window: "week" },
    { id: "a-run", limit: "native", max: "1000000", per: ["run"], window: "lifetime" },
  ];
  const payees = { id: "payees", allow: { recipients: [payment.to] } };
  const denials = Array.from({ length: Math.max(0, count - 4) }, (_, index) => ({
    id: `denied-${index}`,
    deny: { recipients: [`0x${String(index + 1).padStart(40, "0")}`] },
  }));
  return [...limits, payees, ...denials].slice(0, count);
}

/** Our hook under a policy of so many rules, on a ledger in memory. @param {object} options for `definePolicy` */
export async function guardedInvoke(count, options = {}) {
  const context = { userId: "u1", runId: "r1" };
  const policy =
    count === 0
      ? { name: "nothing", beforeAction: () => ({ decision: "allow" }) }
      : await definePolicy({ version: 1, ledger: "memory", rules: rules(count) }, options);
  const clock = options.clock === undefined ? {} : { clock: options.clock };
  const [action] = withPolicy(new Kit(), policy, { context, logger: silent, ...clock }).getActions();
  return async () => await action.invoke(payment);
}

/** Our hook under five policies of one line, one of which judges wallet calls and one of which is told what was spent. */
export function guardedByFive() {
  const allow = () => ({ decision: "allow" });
  const plain = { beforeAction: allow, afterAction: () => undefined, onActionError: () => undefined };
  const policy = [
    plain,
    plain,
    plain,
    { beforeAction: allow, beforeWalletCall: allow },
    { beforeAction: allow, settle: () => undefined },
  ];
  const [action] = withPolicy(
    new Kit(),
    policy.map((part, index) => ({ name: `p${index}`, ...part })),
    { logger: silent },
  ).getActions();
  return async () => await action.invoke(payment);
}

export function bareInvoke() {
  const [action] = new Kit().getActions();
  return async () => await action.invoke(payment);
}

/** Hedera's tool, which runs its hooks at four places; its policies hold no money. */
export function hederaExecute(policies) {
  const { BaseTool } = peer("@hashgraph/hedera-agent-kit");
  const { MaxRecipientsPolicy } = peer("@hashgraph/hedera-agent-kit/policies");
  class Transfer extends BaseTool {
    method = "transfer_hbar_tool";

    async normalizeParams(params) {
      return params;
    }

    async coreAction() {
      return { raw: {}, humanMessage: "transferred" };
    }

    async shouldSecondaryAction() {
      return false;
    }

    async handleError(error) {
      throw error;
    }
  }
  const tool = new Transfer();
  const context = { hooks: Array.from({ length: policies }, () => new MaxRecipientsPolicy(10)) };
  const params = { hbarTransfers: [{ accountId: "0.0.2", amount: 1 }] };
  return async () => await tool.execute({}, context, params);
}

/** Microsoft's engine, with rules of one comparison each. */
export function governanceEvaluate(count) {
  const { PolicyEngine } = peer("@microsoft/agent-governance-sdk");
  const engine = new PolicyEngine();
  const denials = Array.from({ length: count - 1 }, (_, index) => ({
    name: `denied-${index}`,
    condition: `recipient == "0x${String(index + 1).padStart(40, "0")}"`,
    ruleAction: "deny",
    priority: index,
  }));
  const allowed = { name: "payees", condition: `recipient == "${payment.to}"`, ruleAction: "allow", priority: 1_000 };
  engine.loadPolicy({ name: "bench", scope: "global", rules: [...denials, allowed], default_action: "deny" });
  const context = { action: "native_transfer", recipient: payment.to, value: payment.value };
  return async () => {
    const { allowed: isAllowed } = engine.evaluatePolicy("did:mesh:bench", context);
    if (!isAllowed) throw new Error("the peer denied what it is measured to allow");
  };
}

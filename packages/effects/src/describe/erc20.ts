import type { Effect, JsonValue } from "@agentkit-policy/schema";
import { isEvmChain, toAccountId } from "../address.js";
import { areDecimals, parseUnits } from "../amount.js";
import { erc20Amount, erc20Asset } from "../assets.js";
import { beyondWord, exposureOf } from "../exposure.js";
import { nativeNameDecimals } from "../native-names.js";
import { addressOf, amountText, isZero, pickArguments } from "./arguments.js";
import { ArgumentsError, type DescribeScope, type Reading, unknownEffects } from "./describer.js";

const transferSpellings = [
  new Map([
    ["amount", "amount"],
    ["tokenAddress", "token"],
    ["destinationAddress", "recipient"],
  ] as const),
  new Map([
    ["amount", "amount"],
    ["contract_address", "token"],
    ["destination_address", "recipient"],
  ] as const),
];

const approveSpellings = [
  new Map([
    ["amount", "amount"],
    ["tokenAddress", "token"],
    ["spenderAddress", "spender"],
  ] as const),
  new Map([
    ["amount", "amount"],
    ["contract_address", "token"],
    ["spender_address", "spender"],
  ] as const),
];

/** Words by which callers ask for an approval without bound. */
const sentinels: ReadonlySet<JsonValue> = new Set(["max", "all", "unlimited"]);

/** `erc20.transfer`: `amount` whole units of a token to a recipient. */
export function describeErc20Transfer(scope: DescribeScope): Reading | Promise<Reading> {
  const { amount, token, recipient } = pickArguments(scope.facts.args, transferSpellings);
  const text = amountText(amount, "amount");
  if (isZero(text)) throw new ArgumentsError("a transfer of zero moves nothing");
  return describeTokenUse("transfer", scope, { text, token, counterparty: recipient });
}

/** `erc20.approve`: lets a spender take up to `amount` whole units of a token; zero takes an approval back. */
export function describeErc20Approve(scope: DescribeScope): Reading | Promise<Reading> {
  const { amount, token, spender } = pickArguments(scope.facts.args, approveSpellings);
  const text = sentinels.has(amount) ? "unlimited" : amountText(amount, "amount");
  return describeTokenUse("approval", scope, { text, token, counterparty: spender });
}

interface TokenUse {
  /** Whole units, or "unlimited". */
  readonly text: string;
  readonly token: JsonValue;
  readonly counterparty: JsonValue;
}

function describeTokenUse(kind: "transfer" | "approval", scope: DescribeScope, use: TokenUse): Reading | Promise<Reading> {
  const token = addressOf(use.token, "the token");
  const counterparty = addressOf(use.counterparty, kind === "transfer" ? "the recipient" : "the spender");
  const { chainId } = scope.facts;
  if (!isEvmChain(chainId)) return { effects: unknownEffects };
  const asset = erc20Asset(chainId, token);

  const reading = (amount: string | undefined): Reading => {
    // Nothing is granted: it is a revoke, whomever it is taken back from, and its call is read so too.
    const isRevoke = kind === "approval" && amount === "0" && scope.tokens.isListed(asset);
    const effect: Effect = {
      kind,
      asset,
      ...(amount === undefined ? {} : { amount }),
      ...(isRevoke ? {} : { counterparty: toAccountId(chainId, counterparty) }),
      contract: toAccountId(chainId, token),
      basis: "declared",
    };
    return { effects: [effect] };
  };

  if (use.text === "unlimited") return reading("unlimited");
  const counted = (decimals: number): string => {
    const atomic = erc20Amount(chainId, token, atomicAmount(use.text, decimals));
    return kind === "approval" ? exposureOf(atomic) : atomic.toString();
  };
  // Written in the token's own decimals, whichever the coin has whose name it may be.
  const known = nativeNameDecimals(chainId, token) ?? scope.tokens.decimalsOf(asset);
  if (known !== undefined) return reading(counted(known));
  return readDecimals(scope, chainId, token).then((decimals) => {
    // Without decimals no amount is declared, so the envelope covers none, and the wallet call is judged for all of it.
    if (decimals === undefined) return reading(undefined);
    scope.tokens.told(asset);
    return reading(counted(decimals));
  });
}

function atomicAmount(text: string, decimals: number): bigint {
  const atomic = parseUnits(text, decimals);
  if (atomic >= beyondWord) throw new ArgumentsError("the argument amount is more than a token can count");
  return atomic;
}

async function readDecimals({ read }: DescribeScope, chainId: string, token: string): Promise<number | undefined> {
  try {
    const decimals = await read({ kind: "decimals", chainId, token });
    return areDecimals(decimals) ? decimals : undefined;
  } catch {
    return undefined;
  }
}

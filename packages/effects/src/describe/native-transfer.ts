import { isEvmChain, toAccountId } from "../address.js";
import { parseUnits } from "../amount.js";
import { nativeAsset, nativeDecimals } from "../assets.js";
import { beyondWord } from "../exposure.js";
import { addressOf, amountText, isZero, pickArguments } from "./arguments.js";
import { ArgumentsError, type DescribeScope, type Reading, unknownEffects } from "./describer.js";

const spellings = [
  new Map([
    ["to", "to"],
    ["value", "value"],
  ] as const),
];

/** `wallet.native_transfer`: `value` whole units of the chain's coin to `to`. */
export function describeNativeTransfer({ facts }: DescribeScope): Reading {
  const { to, value } = pickArguments(facts.args, spellings);
  const text = amountText(value, "value");
  if (isZero(text)) throw new ArgumentsError("a transfer of zero moves nothing");
  if (typeof to !== "string") throw new ArgumentsError("the argument to has to be text");
  const { chainId } = facts;
  if (!isEvmChain(chainId)) return { effects: unknownEffects };
  // The action itself prefixes an address that lacks its 0x, and asks no more of it than that.
  const recipient = addressOf(to.startsWith("0x") ? to : `0x${to}`, "the recipient");
  const amount = parseUnits(text, nativeDecimals);
  if (amount >= beyondWord) throw new ArgumentsError("the argument value is more than a transaction can carry");
  return {
    effects: [
      {
        kind: "transfer",
        asset: nativeAsset(chainId),
        amount: amount.toString(),
        counterparty: toAccountId(chainId, recipient),
        basis: "declared",
      },
    ],
  };
}

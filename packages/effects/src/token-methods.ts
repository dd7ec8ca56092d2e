import type { Effect } from "@agentkit-policy/schema";

/** How a word of calldata is written. */
export type WordType = "address" | "uint256" | "uint8" | "bool" | "bytes32" | "bytes" | "string" | "uint256[]";

/**
 * What a word means. owner: whose tokens they are. receiver: who gets value or authority. amount: how much of it. granted: whether a grant
 * is given or taken back. Any other moves nothing by itself.
 */
export type WordRole =
  | "owner"
  | "receiver"
  | "amount"
  | "granted"
  | "id"
  | "ids"
  | "amounts"
  | "data"
  | "operatorData"
  | "partition"
  | "comment"
  | "validAfter"
  | "validBefore"
  | "nonce"
  | "signature"
  | "v"
  | "r"
  | "s";

/** A function of a token's standard that moves or grants value. */
export interface TokenMethod {
  readonly name: string;
  /** unknown: it moves single tokens, which no amount tells the worth of. */
  readonly does: Extract<Effect["kind"], "transfer" | "approval" | "operator_approval" | "unknown">;
  readonly words: readonly (readonly [WordRole, WordType])[];
  /** Whether contracts that are no tokens have a function of this name and these words too. */
  readonly isShared: boolean;
}

const address = "address";
const uint256 = "uint256";
const owner = ["owner", address] as const;
const receiver = ["receiver", address] as const;
const amount = ["amount", uint256] as const;
const data = ["data", "bytes"] as const;
const operatorData = ["operatorData", "bytes"] as const;
/** What an authorization by signature (EIP-3009) says beside its payment. */
const validity = [
  ["validAfter", uint256],
  ["validBefore", uint256],
  ["nonce", "bytes32"],
] as const;

type Words = TokenMethod["words"];
const method =
  (does: TokenMethod["does"], isShared = false) =>
  (name: string, ...words: Words): TokenMethod => ({ name, does, words, isShared });
const pays = method("transfer");
// Bridges and messengers have a send, vaults, wrappers and positions a burn, treasuries a safeTransfer: nobody knows what else those move.
const paysIfToken = method("transfer", true);
const approves = method("approval");
const operates = method("operator_approval");
const handsOn = method("unknown");

/**
 * By selector, without its 0x: ERC-20 and what OpenZeppelin added to it, ERC-677's call of the receiver, ERC-1363, ERC-777, ERC-223,
 * ERC-4524, ERC-1594, ERC-1400, EIP-3009, CELO's own, ERC-721 and ERC-1155. What takes a grant back (decreaseAllowance, revokeOperator) is
 * none of them: it adds no authority.
 */
export const tokenMethods: ReadonlyMap<string, TokenMethod> = new Map([
  ["a9059cbb", pays("transfer", receiver, amount)],
  ["23b872dd", pays("transferFrom", owner, receiver, amount)],
  ["1296ee62", pays("transferAndCall", receiver, amount)],
  ["4000aea0", pays("transferAndCall", receiver, amount, data)],
  ["d8fbe994", pays("transferFromAndCall", owner, receiver, amount)],
  ["c1d34b89", pays("transferFromAndCall", owner, receiver, amount, data)],
  ["be45fd62", pays("transfer", receiver, amount, data)],
  ["423f6cef", paysIfToken("safeTransfer", receiver, amount)],
  ["eb795549", paysIfToken("safeTransfer", receiver, amount, data)],
  ["2535f762", pays("transferWithData", receiver, amount, data)],
  ["ee532f31", pays("transferFromWithData", owner, receiver, amount, data)],
  ["f3d490db", pays("transferByPartition", ["partition", "bytes32"], receiver, amount, data)],
  ["e1d6aceb", pays("transferWithComment", receiver, amount, ["comment", "string"])],
  // Whoever sends it in, it takes from the account that signed; USDC takes the signature in either form.
  [
    "e3ee160e",
    pays("transferWithAuthorization", owner, receiver, amount, ...validity, ["v", "uint8"], ["r", "bytes32"], ["s", "bytes32"]),
  ],
  ["cf092995", pays("transferWithAuthorization", owner, receiver, amount, ...validity, ["signature", "bytes"])],
  ["9bd9bbc6", paysIfToken("send", receiver, amount, data)],
  ["62ad1b83", pays("operatorSend", owner, receiver, amount, data, operatorData)],
  // What is burned goes to nobody, and is gone all the same.
  ["42966c68", paysIfToken("burn", amount)],
  ["fe9d9303", paysIfToken("burn", amount, data)],
  ["79cc6790", pays("burnFrom", owner, amount)],
  ["fc673c4f", pays("operatorBurn", owner, amount, data, operatorData)],
  ["095ea7b3", approves("approve", receiver, amount)],
  // They add to what stood before, which was counted when it was granted: like grants, they add up (`guard:grants`).
  ["39509351", approves("increaseAllowance", receiver, amount)],
  ["d73dd623", approves("increaseApproval", receiver, amount)],
  ["3177029f", approves("approveAndCall", receiver, amount)],
  ["cae9ca51", approves("approveAndCall", receiver, amount, data)],
  ["a22cb465", operates("setApprovalForAll", receiver, ["granted", "bool"])],
  ["959b8c3f", operates("authorizeOperator", receiver)],
  ["42842e0e", handsOn("safeTransferFrom", owner, receiver, ["id", uint256])],
  ["b88d4fde", handsOn("safeTransferFrom", owner, receiver, ["id", uint256], data)],
  ["f242432a", handsOn("safeTransferFrom", owner, receiver, ["id", uint256], ["amounts", uint256], data)],
  ["2eb2c2d6", handsOn("safeBatchTransferFrom", owner, receiver, ["ids", "uint256[]"], ["amounts", "uint256[]"], data)],
]);

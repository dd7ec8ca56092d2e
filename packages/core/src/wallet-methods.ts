import type { WalletMethod } from "@agentkit-policy/schema";

/** What the guard does with a member of a wallet. */
export type MemberKind =
  | { readonly kind: "read" }
  /** Judged under this name. */
  | { readonly kind: "authority"; readonly method: WalletMethod }
  /** Runs on the guarded wallet, so that what it hands out calls back through the guard. */
  | { readonly kind: "derived" }
  /** Hands out what no guard can see behind. */
  | { readonly kind: "escape" }
  | { readonly kind: "public_client" }
  | { readonly kind: "receipt" };

/** Reads of AgentKit's wallet providers, verified on 0.10.4. The guard is an allow-list: what is not here is judged. */
const reads = new Set([
  "constructor",
  "then",
  "getAddress",
  "getNetwork",
  "getName",
  "getBalance",
  "readContract",
  "getCdpSdkNetwork",
  "getPaymasterUrl",
  "getPublicKey",
  "getSignatureStatus",
  "waitForSignatureResult",
]);

const authority = new Map<string, WalletMethod>([
  ["nativeTransfer", "send"],
  ["sendTransaction", "send"],
  ["signAndSendTransaction", "send"],
  ["signTransaction", "sign_transaction"],
  ["signTypedData", "sign_typed_data"],
  ["signMessage", "sign_message"],
  ["sign", "sign_hash"],
]);

const escapes = new Set(["getClient", "getKernelAccount", "getIntentClient", "exportWallet", "getKeyPairSigner"]);

/** Classes whose `nativeTransfer` uses only public methods, so that it can run on the guarded wallet and its send is seen. */
const transfersBySending = new Set([
  "ViemWalletProvider",
  "CdpEvmWalletProvider",
  "CdpSmartWalletProvider",
  "PrivyEvmWalletProvider",
]);

/**
 * The class whose `nativeTransfer` says that it takes atomic units, as every other does, and hands its value on to Coinbase,
 * which takes it for whole ones: asked for 5 wei, it sends 5 ETH (seen in AgentKit 0.10.4).
 */
const takesWholeUnits = { className: "LegacyCdpWalletProvider", name: "legacy_cdp_wallet_provider" };

/**
 * The class whose payments are intents, which are filled from whatever the wallet holds on any chain: what it tells as its balance is of one
 * chain only (seen in AgentKit 0.10.4).
 */
const paysFromAnyChain = { className: "ZeroDevWalletProvider", name: "zerodev_wallet_provider" };

/** Classes that throw viem's gas estimation error only before anything was signed. */
const estimatesBeforeSigning = new Set(["ViemWalletProvider", "PrivyEvmWalletProvider"]);

/** Sorts a member of a wallet. Whatever is not known is judged as `unknown`. */
export function memberKind(wallet: object, name: string): MemberKind {
  if (name === "getPublicClient" || name === "getConnection") return { kind: "public_client" };
  if (name === "waitForTransactionReceipt") return { kind: "receipt" };
  // What every object has says nothing of a wallet, and runs on the guarded one.
  if (name !== "constructor" && Object.hasOwn(Object.prototype, name)) return { kind: "derived" };
  if (name === "toSigner" || name === "toEip1193Provider") {
    // AgentKit's own calls back through the wallet's methods. On Solana, or overridden, it may be the raw key.
    return declaringClass(wallet, name) === "EvmWalletProvider" ? { kind: "derived" } : { kind: "escape" };
  }
  if (name === "nativeTransfer" && transfersBySending.has(declaringClass(wallet, name) ?? "")) return { kind: "derived" };
  const method = authority.get(name);
  if (method !== undefined) return { kind: "authority", method };
  if (escapes.has(name)) return { kind: "escape" };
  if (reads.has(name)) return { kind: "read" };
  return { kind: "authority", method: "unknown" };
}

/** Whether viem's gas estimation error, thrown by this wallet's send, proves that nothing was signed. */
export function estimationErrorsAreProof(wallet: object, walletMethod: string): boolean {
  return estimatesBeforeSigning.has(declaringClass(wallet, walletMethod) ?? "");
}

/**
 * How many atomic units of the native asset a wallet's method moves for a value of 1.
 *
 * fail:closed: known by its class or by the name that it says, because a bundler shortens the first and a subclass may say
 * another; a subclass that has put the unit right is judged as moving more than it does.
 */
export function nativeUnitOf(wallet: object, walletMethod: string): bigint {
  if (walletMethod !== "nativeTransfer") return 1n;
  return isOfClass(wallet, takesWholeUnits) ? 10n ** 18n : 1n;
}

/** Whether a wallet can send no more than the balance that it tells. A subclass that pays from one chain only loses a proof, and no money. */
export function sendsFromItsBalance(wallet: object): boolean {
  return !isOfClass(wallet, paysFromAnyChain);
}

/** Whether a wallet is of a class of AgentKit's, by the class itself, one that it extends, or the name that it says. */
function isOfClass(wallet: object, { className, name }: { readonly className: string; readonly name: string }): boolean {
  return classNames(wallet).includes(className) || saidName(wallet) === name;
}

/** What a wallet calls itself, if it says anything. */
function saidName(wallet: object): unknown {
  try {
    return (wallet as { getName?(): unknown }).getName?.();
  } catch {
    return undefined;
  }
}

/** The names of the classes of a wallet, its own first. */
function classNames(wallet: object): (string | undefined)[] {
  const names: (string | undefined)[] = [];
  for (let prototype = Object.getPrototypeOf(wallet); prototype !== null; prototype = Object.getPrototypeOf(prototype)) {
    names.push((prototype as { constructor?: { name?: string } }).constructor?.name);
  }
  return names;
}

/** The name of the class in whose body a method stands; a subclass that overrides it is another class. */
function declaringClass(wallet: object, name: string): string | undefined {
  if (Object.hasOwn(wallet, name)) return undefined;
  for (let prototype = Object.getPrototypeOf(wallet); prototype !== null; prototype = Object.getPrototypeOf(prototype)) {
    if (Object.hasOwn(prototype, name)) return (prototype as { constructor?: { name?: string } }).constructor?.name;
  }
  return undefined;
}

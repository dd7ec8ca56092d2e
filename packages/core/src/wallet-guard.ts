import { currentScope } from "./attempt-scope.js";
import { ActionDeniedError, type Denial, PolicySetupError } from "./errors.js";
import { judgeWalletCall } from "./guarded-call.js";
import type { PolicyHook } from "./policy-hook.js";
import { processWide } from "./process-wide.js";
import { guardedPublicClient } from "./public-client.js";
import { standIn } from "./stand-in.js";
import { type MemberKind, memberKind } from "./wallet-methods.js";

/** Every guarded wallet of the process, so that guarding one again is refused (`guard:once`). */
const guardedWallets = processWide("guarded-wallets", () => new WeakSet<object>());

/** Whether this very object is a guarded wallet. */
export function isGuardedWallet(wallet: object): boolean {
  return guardedWallets.has(wallet);
}

/**
 * A wallet whose every way of letting authority leave is judged. A stand-in, because `instanceof`, private fields and
 * AgentKit's own checks must hold: methods run on the wallet itself, except those that hand out something which calls
 * back, which run on the guarded one.
 * @throws PolicySetupError `already_guarded`
 */
export function guardedWallet<W extends object>(hook: PolicyHook, wallet: W): W {
  if (isGuardedWallet(wallet))
    throw new PolicySetupError("already_guarded", "this wallet is guarded already; guard the bare wallet");
  const wrappers = new Map<string | symbol, { readonly method: unknown; readonly wrapper: unknown }>();
  const member = (property: string | symbol): unknown => {
    noteTouch();
    const value: unknown = Reflect.get(wallet, property, wallet);
    if (typeof value !== "function") return plainMember(property, value);
    const known = wrappers.get(property);
    if (known !== undefined && known.method === value) return known.wrapper;
    const wrapper = wrap(hook, wallet, proxy, property, value as (...args: unknown[]) => unknown);
    wrappers.set(property, { method: value, wrapper });
    return wrapper;
  };
  const refuseChange = (): never => {
    throw denyEscape("a guarded wallet cannot be changed");
  };
  const proxy = standIn(wallet, { member, shows: (property) => !isSecret(property), change: refuseChange });
  guardedWallets.add(proxy);
  return proxy;
}

/** An action that touches the guarded wallet at all is known to use it, and not the bare one that somebody kept. */
function noteTouch(): void {
  const scope = currentScope();
  if (scope?.kind === "attempt") scope.attempt.walletTouched = true;
}

function wrap(
  hook: PolicyHook,
  target: object,
  proxy: object,
  name: string | symbol,
  method: (...args: unknown[]) => unknown,
): unknown {
  // What a wallet returns is never the bare wallet itself.
  const guarded = (value: unknown): unknown => (value === target ? proxy : value);
  // Symbols name protocols of the language, which call ordinary members again.
  const member: MemberKind = typeof name === "symbol" ? { kind: "derived" } : memberKind(target, name);
  switch (member.kind) {
    case "read":
      if (name === "constructor") return method;
      if (name === "getNetwork") return (...args: unknown[]) => networkCopy(guarded(Reflect.apply(method, target, args)));
      return (...args: unknown[]) => guarded(Reflect.apply(method, target, args));
    case "derived":
      return (...args: unknown[]) => guarded(Reflect.apply(method, proxy, args));
    case "escape":
      return () => {
        throw denyEscape(`the wallet's ${String(name)}() hands out what no policy can see behind`);
      };
    case "public_client":
      return (...args: unknown[]) => guardedPublicClient(Reflect.apply(method, target, args), denyEscape);
    case "receipt":
      return async (...args: unknown[]) => {
        const receipt = await Reflect.apply(method, target, args);
        noteReceipt(hook, args[0], receipt);
        return receipt;
      };
    case "authority":
      return async (...args: unknown[]) =>
        await judgeWalletCall(hook, target, { method: member.method, walletMethod: String(name), run: method, args });
  }
}

/** Denies what a guard cannot follow, and with it every further wallet call of the running attempt (`guard:escapes`). */
function denyEscape(reason: string): ActionDeniedError {
  const denial: Denial = { code: "escape_denied", reason };
  const scope = currentScope();
  if (scope?.kind === "attempt") scope.attempt.machine.denyFurtherCalls(scope.attempt.actionId, denial);
  return new ActionDeniedError(denial);
}

/**
 * Names of secrets, and of URLs that hold one; the vectors of `guard:escapes` have both kinds of names. A public key is none, nor is the id
 * of a key.
 */
const secretNames = new RegExp(
  [
    "private|secret|mnemo|seed|entropy|pass(?:phrase|word|wd|code)|recovery_?(?:phrase|code)|credential|bearer|jwt|xpri?v|paymaster_?url",
    "(?<!public)(?<!public_)(?<!pub)(?<!pub_)(?<!turn)key(?!_?id)",
    "(?:^|_)(?:pk|sk|wif|auth)(?:$|_)",
    "(?:^_*|auth|access|refresh|session|api)_?token$",
  ].join("|"),
  "i",
);

function isSecret(name: string | symbol): boolean {
  return typeof name === "string" && secretNames.test(name);
}

/**
 * A field of the wallet: plain values pass, an object (an account, a client) passes as a copy of its plain fields, so
 * that its address can be read and its authority cannot be used.
 */
function plainMember(name: string | symbol, value: unknown): unknown {
  if (value === undefined || value === null) return value;
  if (isSecret(name)) throw denyEscape(`the wallet's field "${String(name)}" is a secret`);
  if (typeof value !== "object") return value;
  if (Array.isArray(value)) return Object.freeze(value.filter(isPlain));
  const plain = Object.entries(value).filter(([key, member]) => isPlain(member) && !isSecret(key));
  return Object.freeze(Object.fromEntries(plain));
}

/**
 * A network as others may have it. Most of AgentKit's wallets hand out the very object by which they send: whoever wrote into
 * it would have money move on one chain and be counted on another. Frozen, so that nobody takes the copy for the wallet's own.
 */
function networkCopy(network: unknown): unknown {
  if (typeof network !== "object" || network === null) return network;
  const copy: Record<string, unknown> = {};
  // What a class computes is no member of the object's own, and these three decide what an action does.
  for (const name of new Set(["protocolFamily", "networkId", "chainId", ...Object.keys(network)])) {
    if (name in network && !isSecret(name)) copy[name] = plainMember(name, Reflect.get(network, name));
  }
  return Object.freeze(copy);
}

function isPlain(value: unknown): boolean {
  return value === null || ["string", "number", "bigint", "boolean", "undefined"].includes(typeof value);
}

/** A receipt counts only for the transaction that it names: viem answers with the receipt of a replacement. */
function noteReceipt(hook: PolicyHook, asked: unknown, receipt: unknown): void {
  const scope = currentScope();
  if (scope?.kind !== "attempt" || typeof asked !== "string" || typeof receipt !== "object" || receipt === null) return;
  const { transactionHash, userOpHash, status, blockNumber } = receipt as Record<string, unknown>;
  if (transactionHash !== asked && userOpHash !== asked) return;
  const seen = receiptStatus(status);
  if (seen === undefined) return;
  const block = typeof blockNumber === "bigint" ? { blockNumber: blockNumber.toString() } : {};
  const callId = scope.attempt.journal.receipt(asked, { status: seen, ...block });
  if (callId === undefined) return;
  hook.emit({ type: "wallet.receipt", actionId: scope.attempt.actionId, callId, transactionId: asked, detail: seen });
  // A receipt that comes after the seal may be final evidence.
  scope.attempt.settleAgain();
}

/** viem says success and reverted, CDP's smart wallet complete and failed. Anything else proves nothing. */
function receiptStatus(status: unknown): "confirmed" | "reverted" | undefined {
  if (status === "success" || status === "complete") return "confirmed";
  if (status === "reverted" || status === "failed") return "reverted";
  return undefined;
}

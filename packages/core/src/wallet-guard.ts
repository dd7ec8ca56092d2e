import { currentScope } from "./attempt-scope.js";
import { ActionDeniedError, type Denial, PolicySetupError } from "./errors.js";
import { judgeWalletCall } from "./guarded-call.js";
import type { PolicyHook } from "./policy-hook.js";
import { processWide } from "./process-wide.js";
import { guardedPublicClient } from "./public-client.js";
import { type MemberKind, memberKind } from "./wallet-methods.js";

/** Every guarded wallet of the process, so that guarding one again is refused (`guard:once`). */
const guardedWallets = processWide("guarded-wallets", () => new WeakSet<object>());

/** Whether this very object is a guarded wallet. */
export function isGuardedWallet(wallet: object): boolean {
  return guardedWallets.has(wallet);
}

/**
 * A wallet whose every way of letting authority leave is judged. A Proxy, because `instanceof`, private fields and
 * AgentKit's own checks must hold: methods run on the wallet itself, except those that hand out something which calls
 * back, which run on the guarded one.
 * @throws PolicySetupError `already_guarded`
 */
export function guardedWallet<W extends object>(hook: PolicyHook, wallet: W): W {
  if (isGuardedWallet(wallet))
    throw new PolicySetupError("already_guarded", "this wallet is guarded already; guard the bare wallet");
  const wrappers = new Map<string, { readonly method: unknown; readonly wrapper: unknown }>();
  const member = (target: W, property: string | symbol): unknown => {
    const value: unknown = Reflect.get(target, property, target);
    if (typeof property === "symbol") return value;
    if (typeof value !== "function") return plainMember(property, value);
    const known = wrappers.get(property);
    if (known !== undefined && known.method === value) return known.wrapper;
    const wrapper = wrap(hook, target, proxy, property, value as (...args: unknown[]) => unknown);
    wrappers.set(property, { method: value, wrapper });
    return wrapper;
  };
  const proxy: W = new Proxy(wallet, {
    get: member,
    // The other way to a member's value, by which Object.entries and a spread read it too.
    getOwnPropertyDescriptor(target, property) {
      const descriptor = Reflect.getOwnPropertyDescriptor(target, property);
      // A Proxy may not say anything else of a property that can never change.
      if (descriptor === undefined || descriptor.configurable !== true) return descriptor;
      return { configurable: true, enumerable: descriptor.enumerable === true, writable: true, value: member(target, property) };
    },
  });
  guardedWallets.add(proxy);
  return proxy;
}

function wrap(hook: PolicyHook, target: object, proxy: object, name: string, method: (...args: unknown[]) => unknown): unknown {
  const member: MemberKind = memberKind(target, name);
  switch (member.kind) {
    case "read":
      return name === "constructor" ? method : (...args: unknown[]) => Reflect.apply(method, target, args);
    case "derived":
      return (...args: unknown[]) => Reflect.apply(method, proxy, args);
    case "escape":
      return () => {
        throw denyEscape(`the wallet's ${name}() hands out what no policy can see behind`);
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
        await judgeWalletCall(hook, target, { method: member.method, walletMethod: name, run: method, args });
  }
}

/** Denies what a guard cannot follow, and with it every further wallet call of the running attempt (`guard:escapes`). */
function denyEscape(reason: string): ActionDeniedError {
  const denial: Denial = { code: "escape_denied", reason };
  const scope = currentScope();
  if (scope?.kind === "attempt") scope.attempt.machine.denyFurtherCalls(scope.attempt.actionId, denial);
  return new ActionDeniedError(denial);
}

const secretNames = /private|secret|mnemonic|seed|keypair|api_?key/i;

/**
 * A field of the wallet: plain values pass, an object (an account, a client) passes as a copy of its plain fields, so
 * that its address can be read and its authority cannot be used.
 */
function plainMember(name: string, value: unknown): unknown {
  if (value === undefined || value === null) return value;
  if (secretNames.test(name)) throw denyEscape(`the wallet's field "${name}" is a secret`);
  if (typeof value !== "object") return value;
  const plain = Object.entries(value).filter(([key, member]) => isPlain(member) && !secretNames.test(key));
  return Object.freeze(Object.fromEntries(plain));
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

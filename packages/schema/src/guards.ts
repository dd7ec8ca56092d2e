import type {
  ActionContext,
  ActionOutcome,
  Allow,
  BeforeActionParams,
  BeforeWalletCallParams,
  Deny,
  Effect,
  Identity,
  InitializeParams,
  JournalCall,
  ObserveParams,
  PolicyDecision,
  SettleParams,
  WalletCallFacts,
} from "./generated/types.js";
import * as validators from "./generated/validators.js";

/** Checks a value against the contract. Extra keys are ignored; inherited ones do not count. */
export type Guard<T> = (value: unknown) => value is T;

interface Validator {
  (value: unknown): boolean;
  errors?: readonly { readonly instancePath: string; readonly message?: string }[] | null;
}

const validatorOf = new WeakMap<Guard<never>, Validator>();

function guard<T>(validator: Validator): Guard<T> {
  const check: Guard<T> = (value): value is T => validator(value);
  validatorOf.set(check as Guard<never>, validator);
  return check;
}

export const isPolicyDecision = guard<PolicyDecision>(validators.PolicyDecision);
export const isAllow = guard<Allow>(validators.Allow);
export const isDeny = guard<Deny>(validators.Deny);
export const isActionContext = guard<ActionContext>(validators.ActionContext);
export const isActionOutcome = guard<ActionOutcome>(validators.ActionOutcome);
export const isEffect = guard<Effect>(validators.Effect);
export const isIdentity = guard<Identity>(validators.Identity);
export const isWalletCallFacts = guard<WalletCallFacts>(validators.WalletCallFacts);
export const isJournalCall = guard<JournalCall>(validators.JournalCall);
export const isInitializeParams = guard<InitializeParams>(validators.InitializeParams);
export const isBeforeActionParams = guard<BeforeActionParams>(validators.BeforeActionParams);
export const isBeforeWalletCallParams = guard<BeforeWalletCallParams>(validators.BeforeWalletCallParams);
export const isObserveParams = guard<ObserveParams>(validators.ObserveParams);
export const isSettleParams = guard<SettleParams>(validators.SettleParams);

/** The first thing that is wrong with a value, as text for a person; undefined when nothing is. */
export function problemOf<T>(check: Guard<T>, value: unknown): string | undefined {
  if (check(value)) return undefined;
  const [error] = validatorOf.get(check as unknown as Guard<never>)?.errors ?? [];
  if (error === undefined) return "it does not match the contract";
  return `${error.instancePath === "" ? "it" : error.instancePath.slice(1)} ${error.message ?? "does not match the contract"}`;
}

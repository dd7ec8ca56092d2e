import type { ActionContext } from "@agentkit-policy/schema";
import type { ActionReader } from "./action-reader.js";
import { PolicySetupError } from "./errors.js";
import type { Policy } from "./options.js";
import type { PolicyProvider } from "./provider.js";

/** Whether a policy takes part in an attempt. Asked once, before anything is decided. */
export type Predicate = (context: ActionContext) => boolean | Promise<boolean>;

/** The predicate of one `when`. An object, so that the leaves under one `when` share one answer an attempt. */
export interface Condition {
  readonly predicate: Predicate;
}

/** One provider of a policy, with what the combinators around it make of its answers. */
export interface Part {
  readonly provider: PolicyProvider;
  /** enforced: its answer counts. shadow: it counts for nothing. open: its failure counts as an allow. */
  readonly mode: "enforced" | "shadow" | "open";
  /** All of them have to hold, the outermost first. */
  readonly conditions: readonly Condition[];
}

/** Holds a composite's parts. A registered symbol, so that duplicate copies of this package take each other's apart. */
const partsMark = Symbol.for("@agentkit-policy/core/parts");

/**
 * Several policies as one: every one has to allow, the first denial stops, and all are told in reverse order. A list that
 * is handed to `withPolicy` means the same.
 * @throws PolicySetupError `invalid_policy` for an empty list: "nobody objects" must be written as a provider that allows.
 */
export function allOf(...policies: readonly Policy[]): PolicyProvider {
  const parts = partsOf(policies.flat());
  return composite(`allOf(${parts.map(({ provider }, index) => provider.name ?? `policy ${index + 1}`).join(", ")})`, parts);
}

/**
 * A policy that takes part only in attempts for which the predicate holds. It is asked once an attempt, before the policy is;
 * where it does not hold, the policy hears nothing of the attempt. One that throws, or answers no boolean, denies.
 * @throws PolicySetupError `invalid_policy`
 */
export function when(predicate: Predicate, policy: Policy): PolicyProvider {
  if (typeof predicate !== "function") throw new PolicySetupError("invalid_policy", "when takes a function and a policy");
  const condition = { predicate };
  const parts = partsOf(policy).map((part) => ({ ...part, conditions: [condition, ...part.conditions] }));
  return composite(`when(${parts.map(({ provider }) => provider.name ?? "a policy").join(", ")})`, parts);
}

/**
 * A provider that is asked and told like any other, and decides nothing: nobody waits for it, and a denial of its is the
 * event `provider.shadowed`. For one provider only, and for none that spends from a budget of ours.
 * @throws PolicySetupError `invalid_policy`
 */
export function shadow(provider: PolicyProvider): PolicyProvider {
  return leaf("shadow", provider, "shadow");
}

/**
 * A provider whose failure allows: one that throws, answers rubbish or is late (it gets half of the time that is left) lets
 * the attempt pass, with the event `provider.failed_open`. Its denial still denies. For one provider only, and for none that
 * spends from a budget of ours. Said at start.
 * @throws PolicySetupError `invalid_policy`
 */
export function failOpen(provider: PolicyProvider): PolicyProvider {
  return leaf("failOpen", provider, "open");
}

/** The leaves of a policy, in the order in which they are asked. @throws PolicySetupError `invalid_policy` */
export function partsOf(policy: Policy): readonly Part[] {
  const policies = Array.isArray(policy) ? (policy as readonly PolicyProvider[]) : [policy as PolicyProvider];
  const parts = policies.flatMap((provider) => partsInside(provider) ?? [partOf(provider)]);
  if (parts.length === 0) throw new PolicySetupError("invalid_policy", "the list of policies is empty");
  if (new Set(parts.map(({ provider }) => provider)).size !== parts.length) {
    throw new PolicySetupError("invalid_policy", "the same policy object stands in the list twice");
  }
  return parts;
}

/** The providers of a policy, whatever combinators stand around them. @throws PolicySetupError `invalid_policy` */
export function providersOf(policy: Policy): readonly PolicyProvider[] {
  return partsOf(policy).map(({ provider }) => provider);
}

/** What several policies read with: the first reader that one of them carries. */
export function readerOf(providers: readonly PolicyProvider[]): ActionReader | undefined {
  return providers.find((provider) => provider.reader !== undefined)?.reader;
}

function leaf(combinator: "shadow" | "failOpen", provider: PolicyProvider, mode: Part["mode"]): PolicyProvider {
  if (Array.isArray(provider) || partsInside(provider) !== undefined) {
    throw new PolicySetupError("invalid_policy", `${combinator} takes one provider, and no composition of several`);
  }
  const part = partOf(provider);
  if (provider.spendsFromLedger === true) {
    throw new PolicySetupError("invalid_policy", `${combinator} takes no policy that spends from a budget`);
  }
  return composite(`${combinator}(${provider.name ?? "a policy"})`, [{ ...part, mode }]);
}

function composite(name: string, parts: readonly Part[]): PolicyProvider {
  const reader = readerOf(parts.map(({ provider }) => provider));
  const provider: PolicyProvider = {
    name,
    ...(reader === undefined ? {} : { reader }),
    beforeAction: () => {
      throw new Error(`${name} is taken apart by the hook; its parts are asked one by one`);
    },
  };
  return Object.defineProperty(provider, partsMark, { value: parts });
}

function partsInside(provider: unknown): readonly Part[] | undefined {
  if (typeof provider !== "object" || provider === null || !Object.hasOwn(provider, partsMark)) return undefined;
  return Reflect.get(provider, partsMark) as readonly Part[];
}

function partOf(provider: PolicyProvider): Part {
  if (typeof provider !== "object" || provider === null || typeof provider.beforeAction !== "function") {
    throw new PolicySetupError("invalid_policy", "a policy is an object with a beforeAction method");
  }
  return { provider, mode: "enforced", conditions: [] };
}

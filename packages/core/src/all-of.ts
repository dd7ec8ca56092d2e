import type { ActionReader } from "./action-reader.js";
import { PolicySetupError } from "./errors.js";
import type { Policy } from "./options.js";
import type { PolicyProvider } from "./provider.js";

const members = new WeakMap<PolicyProvider, readonly PolicyProvider[]>();

/**
 * Several policies as one: every one has to allow, the first denial stops, and all are told in reverse order. A list that
 * is handed to `withPolicy` means the same.
 * @throws PolicySetupError `invalid_policy` for an empty list: "nobody objects" must be written as a provider that allows.
 */
export function allOf(...policies: readonly Policy[]): PolicyProvider {
  const providers = providersOf(policies.flat());
  const composite: PolicyProvider = {
    name: `allOf(${providers.map((provider, index) => provider.name ?? `policy ${index + 1}`).join(", ")})`,
    ...readerPart(providers),
    beforeAction: () => {
      throw new Error("allOf is taken apart by the hook; its parts are asked one by one");
    },
  };
  members.set(composite, providers);
  return composite;
}

/** The leaves of a policy, in the order in which they are asked. */
export function providersOf(policy: Policy): readonly PolicyProvider[] {
  const providers = (Array.isArray(policy) ? (policy as readonly PolicyProvider[]) : [policy as PolicyProvider]).flatMap(
    (provider) => members.get(provider) ?? [checkedProvider(provider)],
  );
  if (providers.length === 0) throw new PolicySetupError("invalid_policy", "the list of policies is empty");
  if (new Set(providers).size !== providers.length) {
    throw new PolicySetupError("invalid_policy", "the same policy object stands in the list twice");
  }
  return providers;
}

/** What several policies read with: the first reader that one of them carries. */
export function readerOf(providers: readonly PolicyProvider[]): ActionReader | undefined {
  return providers.find((provider) => provider.reader !== undefined)?.reader;
}

function readerPart(providers: readonly PolicyProvider[]): Pick<PolicyProvider, "reader"> {
  const reader = readerOf(providers);
  return reader === undefined ? {} : { reader };
}

function checkedProvider(provider: PolicyProvider): PolicyProvider {
  if (typeof provider !== "object" || provider === null || typeof provider.beforeAction !== "function") {
    throw new PolicySetupError("invalid_policy", "a policy is an object with a beforeAction method");
  }
  return provider;
}

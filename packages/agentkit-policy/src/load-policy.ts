import * as policies from "@agentkit-policy/policies";
import { builtInAdapters } from "./built-in-adapters.js";

/** @see policies.loadPolicy */
export function loadPolicy(file: string, options: policies.LoadOptions = {}): Promise<policies.LoadedPolicy> {
  return policies.loadPolicy(file, withBuiltIn(options));
}

/** @see policies.definePolicy */
export function definePolicy(
  definition: policies.PolicyDefinition,
  options: policies.LoadOptions = {},
): Promise<policies.LoadedPolicy> {
  return policies.definePolicy(definition, withBuiltIn(options));
}

/** The adapters that there are, and a program's own, which may take the place of one. */
function withBuiltIn(options: policies.LoadOptions): policies.LoadOptions {
  return { ...options, adapters: { ...builtInAdapters, ...options.adapters } };
}

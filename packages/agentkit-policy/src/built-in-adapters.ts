import type { BuiltInAdapters } from "@agentkit-policy/policies";

/** The engines that a policy file can name without a module. Each is loaded only when one does. */
export const builtInAdapters: BuiltInAdapters = {
  cycles: async () => (await import("@agentkit-policy/adapter-cycles")).cycles,
};

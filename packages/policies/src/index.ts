export type { BuiltInAdapters, EngineExamination } from "./adapters.js";
export type { CompiledPolicy, CompileOptions } from "./compile-policy.js";
export { amountText } from "./ledger-denial.js";
export type { CompiledLimit } from "./limit.js";
export {
  checkEngines,
  checkPolicy,
  definePolicy,
  examineEngines,
  type LoadedPolicy,
  type LoadOptions,
  loadPolicy,
} from "./policy.js";
export type { PolicyDefinition } from "./policy-file.js";
export { PolicyFileError, type PolicyPlace } from "./policy-file-error.js";

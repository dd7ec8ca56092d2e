export { type BackendDriver, backendChecks } from "./backend-checks.js";
export type { CheckOptions, DriverCheck } from "./check.js";
export { type Driver, ledgerChecks } from "./ledger-checks.js";
export { processChecks } from "./process-checks.js";

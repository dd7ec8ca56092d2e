export type { Budget, BudgetCaps, BudgetOptions } from "./budget.js";
export type { Budgets } from "./budgets.js";
export { CyclesTestServer, type CyclesTestServerOptions, type SeenRequest } from "./cycles-test-server.js";
export type { FaultOptions, Faults } from "./fault.js";

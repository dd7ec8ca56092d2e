import type { Amount } from "../wire/requests.js";
import { Budget, type BudgetCaps, type BudgetOptions } from "./budget.js";
import { WireError } from "./wire-error.js";

/** All budgets of a server, by scope and unit. */
export class Budgets {
  readonly #budgets = new Map<string, Budget>();

  /** Makes a budget, in place of what was there. */
  set(options: BudgetOptions): Budget {
    const budget = new Budget(options);
    this.#budgets.set(`${budget.scope} ${budget.unit}`, budget);
    return budget;
  }

  /** @throws RangeError where there is none */
  get(scope: string, unit: Amount["unit"] = "USD_MICROCENTS"): Budget {
    const budget = this.#budgets.get(`${scope} ${unit}`);
    if (budget === undefined) throw new RangeError(`${scope} has no budget in ${unit}`);
    return budget;
  }

  all(): Budget[] {
    return [...this.#budgets.values()];
  }

  /**
   * The budgets of these scopes in this unit. Scopes without one are skipped.
   * @throws WireError where none of the scopes has one
   */
  of(scopes: readonly string[], unit: Amount["unit"]): Budget[] {
    const there = scopes.flatMap((scope) => this.all().filter((budget) => budget.scope === scope));
    if (there.length === 0) throw new WireError("NOT_FOUND", `Budget not found for provided scope: ${scopes.at(-1) ?? ""}`);
    const found = there.filter((budget) => budget.unit === unit);
    if (found.length > 0) return found;
    const details = { scope: there[0]?.scope, requested_unit: unit, expected_units: there.map((budget) => budget.unit) };
    throw new WireError("UNIT_MISMATCH", `no budget of the scope is kept in ${unit}`, details);
  }
}

/** The caps of the innermost budget that has any. */
export function capsOf(budgets: readonly Budget[]): BudgetCaps | undefined {
  return [...budgets].sort((one, other) => other.scope.length - one.scope.length).find(({ caps }) => caps !== undefined)?.caps;
}

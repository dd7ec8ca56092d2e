import type { Unit } from "../wire/values.js";

/** Constraints that come with an allow. */
export interface BudgetCaps {
  readonly max_tokens?: number;
  readonly max_steps_remaining?: number;
  readonly tool_allowlist?: readonly string[];
  readonly tool_denylist?: readonly string[];
  readonly cooldown_ms?: number;
}

/** What a budget is made with. Amounts are whole numbers of its unit. */
export interface BudgetOptions {
  /** Such as `tenant:acme/workspace:prod`, in lower case. */
  readonly scope: string;
  readonly unit: Unit;
  readonly allocated: bigint;
  readonly overdraftLimit?: bigint;
  readonly status?: "ACTIVE" | "FROZEN" | "CLOSED";
  readonly caps?: BudgetCaps;
}

/** The money of one scope in one unit: what is left is `allocated - spent - reserved - debt`. */
export class Budget {
  readonly scope: string;
  readonly unit: Unit;
  allocated: bigint;
  overdraftLimit: bigint;
  status: "ACTIVE" | "FROZEN" | "CLOSED";
  caps: BudgetCaps | undefined;
  spent = 0n;
  reserved = 0n;
  debt = 0n;
  /** Set where a charge was capped; nothing is reserved then until an operator has looked. */
  isOverLimit = false;

  constructor({ scope, unit, allocated, overdraftLimit = 0n, status = "ACTIVE", caps }: BudgetOptions) {
    this.scope = scope;
    this.unit = unit;
    this.allocated = allocated;
    this.overdraftLimit = overdraftLimit;
    this.status = status;
    this.caps = caps;
  }

  get remaining(): bigint {
    return this.allocated - this.spent - this.reserved - this.debt;
  }

  /** As answers show it. */
  toBalance() {
    const of = (amount: bigint) => ({ unit: this.unit, amount });
    return {
      scope: this.scope,
      scope_path: this.scope,
      remaining: of(this.remaining),
      reserved: of(this.reserved),
      spent: of(this.spent),
      debt: of(this.debt),
      allocated: of(this.allocated),
      overdraft_limit: of(this.overdraftLimit),
      is_over_limit: this.isOverLimit,
    };
  }
}

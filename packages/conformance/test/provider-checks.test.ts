import type { PolicyProvider, SettledOutcome, SettleScope } from "@agentkit-policy/core";
import type { ActionContext } from "@agentkit-policy/schema";
import { describe, expect, it } from "vitest";
import { type CheckedEngine, type Level, providerChecks } from "../src/index.js";

const asset = "eip155:84532/slip44:60";
const amount = 10n;

/** A budget that is right: it holds an amount for an attempt, and books what is told, once. */
class Budget {
  spent = 0n;
  readonly held = new Map<string, bigint>();
  readonly booked = new Map<string, bigint>();
  readonly room: bigint;

  constructor(room: number) {
    this.room = BigInt(room) * amount;
  }

  hold(id: string, of: bigint): boolean {
    const sum = [...this.held.values()].reduce((total, one) => total + one, 0n);
    if (this.spent + sum + of > this.room) return false;
    this.held.set(id, of);
    return true;
  }

  book(id: string, of: bigint): void {
    this.held.delete(id);
    const before = this.booked.get(id) ?? 0n;
    if (of <= before) return;
    this.spent += of - before;
    this.booked.set(id, of);
  }
}

function worthOf(lines: readonly { readonly amount?: string }[]): bigint {
  return lines.reduce((sum, line) => sum + BigInt(line.amount ?? "0"), 0n);
}

/** The provider of a budget; wrong ones replace a part of it. */
class BudgetProvider implements PolicyProvider {
  protected readonly budget: Budget;

  constructor(budget: Budget) {
    this.budget = budget;
  }

  async beforeAction({ actionId, effects }: ActionContext): Promise<never> {
    if (effects.some((effect) => effect.amount === "unlimited" || (effect.asset ?? asset) !== asset))
      return { decision: "deny", code: "denied", reason: "no" } as never;
    const isHeld = this.budget.hold(actionId, worthOf(effects));
    if (!isHeld) return { decision: "deny", code: "over_limit", reason: "no room" } as never;
    return { decision: "allow", settlement: { held: actionId } } as never;
  }

  async beforeWalletCall({ callId = "", excess = [] }: ActionContext): Promise<never> {
    const isHeld = this.budget.hold(callId, worthOf(excess));
    return (isHeld ? { decision: "allow" } : { decision: "deny", code: "over_limit", reason: "no room" }) as never;
  }

  async settle({ actionId }: ActionContext, { spent }: SettledOutcome, _scope: SettleScope): Promise<void> {
    this.budget.book(actionId, worthOf(spent));
  }
}

function engineOf(Provider: typeof BudgetProvider, levels: Level[] = ["decide", "settle", "reserve"]): CheckedEngine {
  return {
    levels,
    async start(room) {
      const budget = new Budget(room);
      return {
        provider: () => new Provider(budget),
        payment: { kind: "transfer", asset, amount: amount.toString(), basis: "declared" },
        counts: async () => ({
          spent: budget.spent,
          held: [...budget.held.values()].reduce((sum, one) => sum + one, 0n),
        }),
        stop: async () => undefined,
      };
    },
  };
}

describe("a provider that is right", () => {
  for (const { name, run } of providerChecks(engineOf(BudgetProvider))) it(name, run);
});

it("is asked only for the levels that it declares", () => {
  expect(providerChecks(engineOf(BudgetProvider, ["decide"])).map(({ level }) => level)).toEqual(["decide", "decide"]);
});

/** Ways in which a provider may be wrong, each with the beginning of the sentence that it breaks. */
const wrong: readonly (readonly [what: string, sentence: string, provider: typeof BudgetProvider])[] = [
  [
    "answers a word",
    "answers everything",
    class extends BudgetProvider {
      override beforeAction = async () => "allow" as never;
    },
  ],
  [
    "answers nothing to what is strange",
    "answers everything",
    class extends BudgetProvider {
      override async beforeAction(context: ActionContext): Promise<never> {
        return context.effects.length === 0 ? (undefined as never) : await super.beforeAction(context);
      }
    },
  ],
  [
    "denies everything",
    "allows a payment",
    class extends BudgetProvider {
      override beforeAction = async () => ({ decision: "deny", code: "denied", reason: "no" }) as never;
    },
  ],
  [
    "looks, and holds later",
    "allows exactly",
    class extends BudgetProvider {
      override async beforeAction(context: ActionContext): Promise<never> {
        if (this.budget.spent + worthOf(context.effects) > this.budget.room) return await super.beforeAction(context);
        await new Promise(setImmediate);
        this.budget.held.set(context.actionId, worthOf(context.effects));
        return { decision: "allow" } as never;
      }
    },
  ],
  [
    "reads what has no bound as nothing",
    "denies what has no bound",
    class extends BudgetProvider {
      override beforeAction = async () => ({ decision: "allow" }) as never;
    },
  ],
  [
    "is not asked about wallet calls",
    "allows a wallet call",
    class extends BudgetProvider {
      override beforeWalletCall = undefined as never;
    },
  ],
  [
    "holds nothing for what a wallet call moves beyond",
    "allows a wallet call",
    class extends BudgetProvider {
      override beforeWalletCall = async () => ({ decision: "allow" }) as never;
    },
  ],
  [
    "tells a bigint",
    "tells what it holds",
    class extends BudgetProvider {
      override async beforeAction(context: ActionContext): Promise<never> {
        return { ...((await super.beforeAction(context)) as object), settlement: { held: amount } } as never;
      }
    },
  ],
  [
    "books each time that it is told",
    "books what was spent, once",
    class extends BudgetProvider {
      override async settle({ actionId }: ActionContext, { spent }: SettledOutcome): Promise<void> {
        this.budget.held.delete(actionId);
        this.budget.spent += worthOf(spent);
      }
    },
  ],
  [
    "believes a failure",
    "books what has left",
    class extends BudgetProvider {
      override async settle(context: ActionContext, outcome: SettledOutcome, scope: SettleScope): Promise<void> {
        await super.settle(context, outcome.status === "failed" ? { ...outcome, spent: [] } : outcome, scope);
      }
    },
  ],
  [
    "books what was held",
    "gives back",
    class extends BudgetProvider {
      override settle = async ({ actionId }: ActionContext): Promise<void> => this.budget.book(actionId, amount);
    },
  ],
  [
    "hears once",
    "books what becomes known later",
    class extends BudgetProvider {
      override async settle(context: ActionContext, outcome: SettledOutcome, scope: SettleScope): Promise<void> {
        if (!this.budget.booked.has(context.actionId)) await super.settle(context, outcome, scope);
      }
    },
  ],
  [
    "knows only its own attempts",
    "settles in a process that begins anew",
    class extends BudgetProvider {
      readonly #own = new Set<string>();
      override async beforeAction(context: ActionContext): Promise<never> {
        this.#own.add(context.actionId);
        return await super.beforeAction(context);
      }
      override async settle(context: ActionContext, outcome: SettledOutcome, scope: SettleScope): Promise<void> {
        if (this.#own.has(context.actionId)) await super.settle(context, outcome, scope);
      }
    },
  ],
];

describe("a provider that is wrong is caught:", () => {
  it.each(wrong)("one that %s", async (_, sentence, provider) => {
    const check = providerChecks(engineOf(provider)).find(({ name }) => name.startsWith(sentence));
    if (check === undefined) throw new Error(`no check is named ${sentence}`);
    await expect(check.run()).rejects.toThrow();
  });

  it("and every check catches one", () => {
    const names = providerChecks(engineOf(BudgetProvider)).map(({ name }) => name);
    expect(names.filter((name) => !wrong.some(([, sentence]) => name.startsWith(sentence)))).toEqual([]);
  });
});

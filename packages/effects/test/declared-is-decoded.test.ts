import type { Description } from "@agentkit-policy/core";
import type { WalletCallFacts } from "@agentkit-policy/schema";
import { isEffect } from "@agentkit-policy/schema";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createActionReader, formatUnits } from "../src/index.js";
import { calldata, callOf, factsOf, noRead, runs, selectors, usdc } from "./support.js";

const reader = createActionReader();
const addresses = fc.stringMatching(/^0x[0-9a-f]{40}$/);
const amounts = fc.bigInt({ min: 1n, max: 2n ** 256n - 1n });

/** What is declared of an action is, field by field, what its wallet call is decoded to; otherwise the envelope covers nothing. */
function expectCovered(actionName: string, args: unknown, call: Partial<WalletCallFacts>): void {
  const description = reader.describe(factsOf(actionName, args), noRead) as Description;
  const decoded = reader.decode(callOf(call));
  expect(description.effects).toHaveLength(1);
  expect(decoded).toHaveLength(1);
  const { basis: _declared, ...declared } = description.effects[0] as Description["effects"][number];
  expect(isEffect(description.effects[0])).toBe(true);
  expect(decoded[0]).toMatchObject(declared);
  expect(declared.amount).toBeDefined();
}

describe("what is declared is what is decoded", () => {
  test("of a native transfer", () => {
    fc.assert(
      fc.property(addresses, amounts, (to, amount) => {
        expectCovered(
          "WalletActionProvider_native_transfer",
          { to, value: formatUnits(amount, 18) },
          { to, value: amount.toString() },
        );
      }),
      runs(300),
    );
  });

  test.each([
    ["transfer", selectors.transfer, ["tokenAddress", "destinationAddress"]],
    ["transfer", selectors.transfer, ["contract_address", "destination_address"]],
    ["approve", selectors.approve, ["tokenAddress", "spenderAddress"]],
    ["approve", selectors.approve, ["contract_address", "spender_address"]],
  ] as const)("of a token %s (%s, %j)", (action, selector, [tokenName, accountName]) => {
    fc.assert(
      fc.property(addresses, amounts, (account, amount) => {
        const args = { amount: formatUnits(amount, 6), [tokenName]: usdc, [accountName]: account };
        expectCovered(`ERC20ActionProvider_${action}`, args, { to: usdc, value: "0", data: calldata(selector, account, amount) });
      }),
      runs(300),
    );
  });
});

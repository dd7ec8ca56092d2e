import type { Effect } from "@agentkit-policy/schema";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Envelope } from "../src/envelope.js";
import { alice, bob, native, transferOf } from "./support/test-wallet.js";

const runs = { numRuns: Math.ceil(300 * Number(process.env["TEST_SCALE"] ?? 1)) };

describe("an envelope", () => {
  it("covers a call up to what was declared, and returns the rest as excess", () => {
    const envelope = new Envelope([transferOf(alice, "10")]);
    expect(envelope.draw("1", [transferOf(alice, "7", "decoded")])).toEqual([]);
    expect(envelope.draw("2", [transferOf(alice, "7", "decoded")])).toEqual([transferOf(alice, "4", "decoded")]);
  });

  it("lets an undeclared counterparty match anyone, and a declared one nobody else", () => {
    const { counterparty: _counterparty, ...anybody } = transferOf(alice, "10");
    expect(new Envelope([anybody]).draw("1", [transferOf(bob, "10", "decoded")])).toEqual([]);
    expect(new Envelope([transferOf(alice, "10")]).draw("1", [transferOf(bob, "1", "decoded")])).toEqual([
      transferOf(bob, "1", "decoded"),
    ]);
  });

  it("covers no amount with a line that has none", () => {
    const { amount: _amount, ...open } = transferOf(alice, "10");
    expect(new Envelope([open]).draw("1", [transferOf(alice, "1", "decoded")])).toHaveLength(1);
  });

  it("covers any amount with a line that was allowed without end, and an unlimited draw with nothing less", () => {
    const unlimited: Effect = { kind: "approval", asset: native, amount: "unlimited", basis: "declared" };
    const drawn: Effect = { ...unlimited, basis: "decoded" };
    expect(new Envelope([unlimited]).draw("1", [drawn])).toEqual([]);
    expect(new Envelope([{ ...unlimited, amount: "5" }]).draw("1", [drawn])).toEqual([drawn]);
  });

  it("covers nothing that nobody can tell, even if the attempt declared as much", () => {
    for (const kind of ["unknown", "escape", "sign_hash"] as const) {
      expect(new Envelope([{ kind, basis: "declared" }]).draw("1", [{ kind, basis: "decoded" }])).toHaveLength(1);
    }
  });

  it("takes a draw back once", () => {
    const envelope = new Envelope([transferOf(alice, "10")]);
    envelope.draw("1", [transferOf(alice, "10", "decoded")]);
    envelope.giveBack("1");
    envelope.giveBack("1");
    expect(envelope.draw("2", [transferOf(alice, "11", "decoded")])).toEqual([transferOf(alice, "1", "decoded")]);
  });

  it("never covers more than was declared, whatever is drawn and given back", () => {
    const step = fc.record({
      amount: fc.bigInt({ min: 0n, max: 2n ** 70n }),
      who: fc.constantFrom(alice, bob),
      back: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 70n }), fc.array(step), (declared, steps) => {
        const envelope = new Envelope([transferOf(alice, declared.toString())]);
        let covered = 0n;
        for (const [index, { amount, who, back }] of steps.entries()) {
          const excess = envelope.draw(String(index), [transferOf(who, amount.toString(), "decoded")]);
          const mine = amount - excess.reduce((sum, effect) => sum + BigInt(effect.amount ?? 0), 0n);
          expect(mine >= 0n && (who === alice || mine === 0n)).toBe(true);
          if (back) envelope.giveBack(String(index));
          else covered += mine;
          expect(covered <= declared).toBe(true);
        }
      }),
      runs,
    );
  });
});

import type { ActionFacts, ActionReader, Description, Read } from "@agentkit-policy/core";
import { describe, expect, it } from "vitest";
import { ReaderOnce } from "../src/reader-once.js";
import { callOf, factsOf } from "./support.js";

const described: Description = { effects: [{ kind: "external", basis: "declared" }], spends: true, throughWallet: true };
const read: Read = () => Promise.reject(new Error("nobody asks"));

/** A reader that counts its readings, the first of which fail. */
function counting(failures: number): { reader: ActionReader; seen: ActionFacts[] } {
  const seen: ActionFacts[] = [];
  const reader: ActionReader = {
    async describe(facts) {
      seen.push(facts);
      if (seen.length <= failures) throw new Error("not yet");
      return described;
    },
    decode: () => [],
  };
  return { reader, seen };
}

describe("a reader that reads once", () => {
  it("gives the machine what was read ahead, and reads other facts anew", async () => {
    const { reader, seen } = counting(0);
    const once = new ReaderOnce(reader);
    const [facts, others] = [factsOf("0.01"), factsOf("0.01")];
    await once.readAhead(facts, read);
    expect(await once.describe(facts, read)).toBe(described);
    expect(seen).toEqual([facts]);
    expect(await once.describe(others, read)).toBe(described);
    expect(seen).toEqual([facts, others]);
  });

  it("reads an attempt again when another was read ahead in between, and never takes one for the other", async () => {
    const { reader, seen } = counting(0);
    const once = new ReaderOnce(reader);
    const [facts, others] = [factsOf("0.01"), factsOf("0.02")];
    await once.readAhead(facts, read);
    await once.readAhead(others, read);
    await once.describe(facts, read);
    await once.describe(others, read);
    expect(seen).toEqual([facts, others, facts]);
  });

  it("lets the machine read what could not be read ahead", async () => {
    const { reader, seen } = counting(1);
    const once = new ReaderOnce(reader);
    const facts = factsOf("0.01");
    await once.readAhead(facts, read);
    expect(await once.describe(facts, read)).toBe(described);
    expect(seen).toHaveLength(2);
  });

  it("names what a host declared as its reader does", () => {
    const effect = { kind: "transfer", asset: "eip155:1/slip44:60", basis: "declared" } as const;
    const { reader } = counting(0);
    expect(new ReaderOnce(reader).named(effect)).toBe(effect);
    const coin = { ...effect, asset: "eip155:2/slip44:60" };
    expect(new ReaderOnce({ ...reader, named: () => coin }).named(effect)).toBe(coin);
  });

  it("reads nothing ahead of an attempt that says itself what it does", async () => {
    const { reader, seen } = counting(0);
    const once = new ReaderOnce(reader);
    await once.readAhead(factsOf("0.01", { described: [] }), read);
    await once.readAhead(factsOf("0.01", { layer: "wallet", call: callOf("1") }), read);
    expect(seen).toEqual([]);
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SnapshotError, takeSnapshot } from "../src/snapshot.js";

const runs = { numRuns: Math.ceil(200 * Number(process.env["TEST_SCALE"] ?? 1)) };

describe("a snapshot", () => {
  it("restores what it was taken from, for every value that is data", () => {
    const key = fc.string().filter((text) => !["__proto__", "constructor", "prototype"].includes(text) && text.isWellFormed());
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { maxDepth: 4 },
        fc.string({ unit: "grapheme" }),
        fc.maxSafeInteger(),
        fc.double({ noNaN: true, min: -1e15, max: 1e15 }),
        fc.boolean(),
        fc.constant(null),
        fc.bigInt(),
        fc.uint8Array(),
        fc.array(tie("tree"), { maxLength: 4 }),
        fc.dictionary(key, tie("tree"), { maxKeys: 4, noNullPrototype: true }),
      ),
    }));
    fc.assert(
      fc.property(tree, (value) => {
        expect(takeSnapshot(value, { maxDepth: 40, maxBytes: 1e6 }).fresh()).toEqual(value);
      }),
      runs,
    );
  });

  it("keeps a user's own keys that begin with $ apart from tags", () => {
    const value = { $int: "7", $$: 1, amount: 7n };
    const snapshot = takeSnapshot(value);
    expect(snapshot.plain).toEqual({ $$int: "7", $$$: 1, amount: { $int: "7" } });
    expect(snapshot.fresh()).toEqual(value);
  });

  it("is frozen for policies and fresh for every action", () => {
    const snapshot = takeSnapshot({ to: { name: "a" } });
    expect(() => Object.assign((snapshot.plain as { to: object }).to, { name: "b" })).toThrow(TypeError);
    const first = snapshot.fresh() as { to: { name: string } };
    first.to.name = "b";
    expect(snapshot.fresh()).toEqual({ to: { name: "a" } });
  });

  it("reads a getter, a Proxy and toJSON once, so that everybody sees the same", () => {
    let reads = 0;
    const shifty = {
      get amount() {
        reads += 1;
        return reads === 1 ? "1" : "1000000";
      },
    };
    const snapshot = takeSnapshot(shifty);
    expect([snapshot.plain, snapshot.fresh()]).toEqual([{ amount: "1" }, { amount: "1" }]);
    expect(() => takeSnapshot({ toJSON: () => ({ amount: "1" }), amount: "1000000" })).toThrow(SnapshotError);
  });

  it.each([
    ["a function", () => 1],
    ["a symbol", Symbol("a")],
    ["NaN", Number.NaN],
    ["an infinity", Number.POSITIVE_INFINITY],
    ["a number beyond 2^53-1", 2 ** 53],
    ["a lone surrogate", "\ud800"],
    ["a key with a lone surrogate", { "\ud800": 1 }],
    ["a date", new Date()],
    ["a map", new Map()],
    ["an instance of a class", new (class Payment {})()],
    [
      "a getter that throws",
      {
        get a() {
          throw new Error("no");
        },
      },
    ],
    ["an own key __proto__", JSON.parse('{"__proto__": {"allowed": true}}')],
    ["an own key constructor", { constructor: { prototype: {} } }],
  ])("refuses %s", (_name, value) => {
    expect(() => takeSnapshot({ args: value })).toThrow(SnapshotError);
    expect(({} as { allowed?: unknown }).allowed).toBeUndefined();
  });

  it("refuses what is too deep, too large or cyclic, and passes what is just within its bounds", () => {
    const nested = (depth: number): unknown => (depth === 0 ? 1 : [nested(depth - 1)]);
    const bounds = { maxDepth: 5, maxBytes: 100 };
    expect(takeSnapshot(nested(5), bounds).plain).toEqual(nested(5));
    expect(() => takeSnapshot(nested(6), bounds)).toThrow(/deeper than 5/);
    expect(takeSnapshot("x".repeat(92), bounds).plain).toHaveLength(92);
    expect(() => takeSnapshot("x".repeat(93), bounds)).toThrow(/larger than 100/);
    const cyclic: { self?: unknown } = {};
    cyclic.self = cyclic;
    expect(() => takeSnapshot(cyclic)).toThrow(SnapshotError);
    expect(() => takeSnapshot(new Array(1_000_000_000))).toThrow(SnapshotError);
  });
});

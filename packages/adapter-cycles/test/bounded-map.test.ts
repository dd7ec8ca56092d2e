import { expect, it } from "vitest";
import { BoundedMap } from "../src/bounded-map.js";

it("a bounded map forgets what was set longest ago, and what was set again is new", () => {
  const map = new BoundedMap<string, number>(2);
  map.set("a", 1);
  map.set("b", 2);
  map.set("a", 3);
  map.set("c", 4);
  expect(["a", "b", "c"].map((key) => map.get(key))).toEqual([3, undefined, 4]);
});

import { expect, it } from "vitest";
import { builtInAdapters as ofTypeScript } from "../packages/agentkit-policy/src/built-in-adapters.js";
import { builtInAdapters as ofPython } from "../packages/sidecar/src/built-in-adapters.js";

it("agents of both languages can name the same engines without a module, and each is what it is named", async () => {
  expect(Object.keys(ofPython)).toEqual(Object.keys(ofTypeScript));
  expect(Object.keys(ofTypeScript).length).toBeGreaterThan(0);
  for (const [name, load] of Object.entries(ofTypeScript)) {
    expect((await load()).name).toBe(name);
    expect(await ofPython[name]?.()).toBe(await load());
  }
});

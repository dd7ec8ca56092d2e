import { existsSync } from "node:fs";
import * as installed from "@coinbase/agentkit";
import { expect, test } from "vitest";
import { agentKit } from "../world/agentkit.mjs";

test("the one file that tests load AgentKit from holds what is installed, under the same names", () => {
  expect(existsSync(new URL("../node_modules/.one-file/packages.cjs", import.meta.url))).toBe(true);
  expect(agentKit.AgentKit).not.toBe(installed.AgentKit);
  // Actions are named after the classes of their providers.
  const namesOf = (exports: object) =>
    Object.entries(exports).map(([key, value]) => [key, typeof value === "function" ? value.name : typeof value]);
  expect(namesOf(agentKit)).toEqual(namesOf(installed).filter(([key]) => key !== "default"));
});

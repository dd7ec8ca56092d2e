import { afterEach, describe, expect, it, vi } from "vitest";
import { coloursFor } from "../src/command/colours.js";

afterEach(() => {
  vi.unstubAllEnvs();
});

describe("colours", () => {
  it.each([
    ["a terminal", { isTTY: true }, "", true],
    ["a terminal of somebody who has asked for none", { isTTY: true }, "1", false],
    ["a file or a pipe", {}, "", false],
  ])("on %s, whether or not a machine builds and tests there", (_, stream, noColor, isColoured) => {
    for (const ci of ["", "true"]) {
      vi.stubEnv("NO_COLOR", noColor);
      vi.stubEnv("CI", ci);
      expect(coloursFor(stream).red("error") !== "error").toBe(isColoured);
    }
  });
});

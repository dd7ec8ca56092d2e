import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const module = fileURLToPath(new URL("../dist/own-standard-output.js", import.meta.url));

/** More than a pipe takes at once. */
const frameOf = (number: number): string => `<${number}${"é".repeat(500_000)}>`;

it("keeps every frame whole and in order for a host that begins to read only when its pipe has long been full", async () => {
  const program = `
    import { ownStandardOutput } from ${JSON.stringify(module)};
    const frameOf = ${frameOf};
    const output = ownStandardOutput();
    let written = 0;
    const handOver = (from, to) => {
      for (let number = from; number < to; number += 1) output.write(frameOf(number), () => {
        written += 1;
        // Some more while others wait and the host is reading.
        if (written === 1) handOver(5, 10);
        if (written === 10) process.exit(0);
      });
    };
    handOver(0, 5);
    process.stderr.write("handed over");
  `;
  const child = spawn(process.execPath, ["--input-type=module", "-e", program]);
  await once(child.stderr, "data");
  let received = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    received += text;
  });
  expect(await once(child, "close")).toEqual([0, null]);
  const frames = Array.from({ length: 10 }, (_, number) => frameOf(number));
  // Compared as a whole: ten megabytes are no message for a reader.
  expect(received === frames.join("")).toBe(true);
});

import { examineEngines } from "@agentkit-policy/policies";
import { builtInAdapters } from "../built-in-adapters.js";
import { coloursFor } from "./colours.js";
import { print } from "./print.js";
import { printable } from "./printable.js";

/** `agentkit-policy doctor`: asks the engines of a policy file what an operator should know before agents run. Changes nothing. */
export async function doctor(file: string, options: { readonly json?: boolean }): Promise<void> {
  const engines = await examineEngines(file, builtInAdapters, { anyAction: true });
  if (options.json === true) {
    print(`${JSON.stringify(engines, undefined, 2)}\n`);
    return;
  }
  const { bold } = coloursFor(process.stdout);
  const texts = engines.map(({ rule, use, lines }) => [
    bold(printable(`${rule} (use: ${use})`)),
    // What an engine says may be its server's words.
    ...lines.map((line) => `  ${printable(line)}`),
  ]);
  print(texts.length === 0 ? `${file} uses no engine\n` : `${texts.flat().join("\n")}\n`);
}

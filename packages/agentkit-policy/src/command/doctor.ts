import { examineEngines } from "@agentkit-policy/policies";
import pc from "picocolors";
import { builtInAdapters } from "../built-in-adapters.js";

/** `agentkit-policy doctor`: asks the engines of a policy file what an operator should know before agents run. Changes nothing. */
export async function doctor(file: string, options: { readonly json?: boolean }): Promise<void> {
  const engines = await examineEngines(file, builtInAdapters, { anyAction: true });
  if (options.json === true) {
    process.stdout.write(`${JSON.stringify(engines, undefined, 2)}\n`);
    return;
  }
  const texts = engines.map(({ rule, use, lines }) => [pc.bold(`${rule} (use: ${use})`), ...lines.map((line) => `  ${line}`)]);
  process.stdout.write(texts.length === 0 ? `${file} uses no engine\n` : `${texts.flat().join("\n")}\n`);
}

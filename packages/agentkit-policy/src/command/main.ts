#!/usr/bin/env node
import { LedgerFault } from "@agentkit-policy/ledger";
import { PolicyFileError } from "@agentkit-policy/policies";
import { Command } from "commander";
import { adjust } from "./adjust.js";
import { budgets } from "./budgets.js";
import { check } from "./check.js";
import { coloursFor } from "./colours.js";
import { doctor } from "./doctor.js";
import { endProcess, letReadersGo } from "./end-process.js";
import { freeze, frozenScopes, unfreeze } from "./freeze.js";
import { keepStandardOutput, print } from "./print.js";
import { printable } from "./printable.js";
import { reconcile } from "./reconcile.js";
import { UsageError } from "./usage-error.js";

letReadersGo();
keepStandardOutput();

const program = new Command("agentkit-policy")
  .description("Policies and budgets for AI agents that hold a wallet.")
  .configureOutput({ writeOut: (text) => print(text) })
  .showHelpAfterError("(add --help for the commands and their options)");

program
  .command("check")
  .description("checks a policy file and says what it does; opens no ledger")
  .argument("[file]", "the policy file", "policy.yaml")
  .option("--action <name>", "an action of the program's own that rules may name; as often as there are such", each)
  .action(check);

program
  .command("doctor")
  .description("asks the engines of a policy file what they derive from it and what they have left; changes nothing")
  .argument("[file]", "the policy file", "policy.yaml")
  .option("--json", "print JSON")
  .action(doctor);

/** Collects what an option that may come several times is given. */
function each(value: string, earlier: readonly string[] = []): readonly string[] {
  return [...earlier, value];
}

const policyOption = ["--policy <file>", "the policy file", "policy.yaml"] as const;

const budgetsCommand = program
  .command("budgets")
  .description("shows what every limit of a policy file counts, and what is left")
  .argument("[file]", "the policy file", "policy.yaml")
  .option("--json", "print JSON, with exact amounts in atomic units")
  .action(budgets);

budgetsCommand
  .command("adjust")
  .description(
    "sets all the money that one attempt counts, on your word; it is kept with the reason, and outside of what the ledger promises. An asset that is not named counts nothing any more",
  )
  .argument("<attempt>", "the attempt's id, which events and logs call actionId")
  .requiredOption(
    "--spent <amount>",
    "what it counts from now on, in atomic units, once for each --asset; 0 alone for nothing at all",
    each,
  )
  .option(
    "--asset <asset>",
    "of which asset, as CAIP-19, such as eip155:84532/slip44:60; the first belongs to the first --spent",
    each,
  )
  .requiredOption("--reason <text>", "why")
  .option(...policyOption)
  .action(adjust);

const valueText =
  "which one; a wallet is 0x… or solana:ADDRESS, and an action its id, such as wallet.native_transfer, or its full name";

program
  .command("freeze")
  .description("refuses everything new for a wallet, user, session, run, agent or action, or for all; what has left is settled")
  .argument("<scope>", frozenScopes.join(", "))
  .argument("[value]", valueText)
  .requiredOption("--reason <text>", "why")
  .option(...policyOption)
  .action(freeze);

program
  .command("unfreeze")
  .description("takes a freeze back")
  .argument("<scope>", frozenScopes.join(", "))
  .argument("[value]", valueText)
  .option(...policyOption)
  .action(unfreeze);

program
  .command("reconcile")
  .description(
    "asks the chains of a policy file what became of calls that are unproven, and tells its engines what they have missed",
  )
  .argument("[file]", "the policy file", "policy.yaml")
  .option("--json", "print JSON")
  .action(reconcile);

/** What a file, a name or an engine says may hold anything; each line of it stays one. */
function shown(message: string): string {
  return message.split("\n").map(printable).join("\n");
}

try {
  await program.parseAsync();
} catch (error) {
  const isToldInWords = PolicyFileError.isInstance(error) || LedgerFault.isInstance(error) || error instanceof UsageError;
  if (!isToldInWords && !(error instanceof RangeError)) throw error;
  // By its code, the pages tell what became of the ledger and how to get out.
  const code = LedgerFault.isInstance(error) ? `${error.code}: ` : "";
  process.stderr.write(`${coloursFor(process.stderr).red("error:")} ${code}${shown(error.message)}\n`);
  process.exitCode = 1;
}
await endProcess();

#!/usr/bin/env node
import { LedgerFault } from "@agentkit-policy/ledger";
import { PolicyFileError } from "@agentkit-policy/policies";
import { Command } from "commander";
import pc from "picocolors";
import { budgets } from "./budgets.js";
import { check } from "./check.js";

const program = new Command("agentkit-policy")
  .description("Policies and budgets for AI agents that hold a wallet.")
  .showHelpAfterError("(add --help for the commands and their options)");

program
  .command("check")
  .description("checks a policy file and says what it does; opens no ledger")
  .argument("[file]", "the policy file", "policy.yaml")
  .action(check);

program
  .command("budgets")
  .description("shows what every limit of a policy file counts, and what is left")
  .argument("[file]", "the policy file", "policy.yaml")
  .option("--json", "print JSON, with exact amounts in atomic units")
  .action(budgets);

try {
  await program.parseAsync();
} catch (error) {
  if (!PolicyFileError.isInstance(error) && !LedgerFault.isInstance(error)) throw error;
  process.stderr.write(`${pc.red("error:")} ${error.message}\n`);
  process.exitCode = 1;
}

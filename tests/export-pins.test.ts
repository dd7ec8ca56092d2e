import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { root } from "./import-rules.js";

/** What each package exports at run time. A change here is a change of the public surface, and needs a changeset. */
const pins: Readonly<Record<string, readonly string[]>> = {
  schema: [
    "actionHash",
    "canonicalJson",
    "elapsedMs",
    "isActionContext",
    "isActionOutcome",
    "isAllow",
    "isBeforeActionParams",
    "isBeforeWalletCallParams",
    "isDeny",
    "isEffect",
    "isIdentity",
    "isInitializeParams",
    "isJournalCall",
    "isObserveParams",
    "isPolicyDecision",
    "isSettleParams",
    "isWalletCallFacts",
    "outcomeLabels",
    "problemOf",
    "sha256Hex",
    "systemClock",
  ],
  core: [
    "ActionDeniedError",
    "ActionFailedError",
    "AttemptMachine",
    "PolicySetupError",
    "SnapshotError",
    "allOf",
    "assertGuarded",
    "createRuntime",
    "failOpen",
    "guardActions",
    "guardWallet",
    "labelOf",
    "providersOf",
    "provesNothingLeft",
    "readWalletCall",
    "restore",
    "runWithContext",
    "shadow",
    "stderrLogger",
    "systemClock",
    "takeSnapshot",
    "when",
    "withPolicy",
  ],
  effects: [
    "AmountError",
    "canonicalActionOf",
    "canonicalActions",
    "createActionReader",
    "erc20Asset",
    "formatUnits",
    "isKnownAction",
    "knownActionNames",
    "nativeAsset",
    "nativeDecimals",
    "parseAddress",
    "parseUnits",
    "symbolOf",
    "toAccountId",
    "tokenDecimals",
  ],
  ledger: [
    "LedgerFault",
    "createReconciler",
    "defaultLedgerTimes",
    "isTimeZone",
    "openLedger",
    "openMemoryLedger",
    "openPostgresLedger",
    "openSqliteLedger",
    "systemClock",
  ],
  policies: ["PolicyFileError", "amountText", "checkPolicy", "definePolicy", "loadPolicy"],
  sidecar: ["Sidecar", "runSidecar", "serve"],
  "agentkit-policy": [
    "ActionDeniedError",
    "ActionFailedError",
    "LedgerFault",
    "PolicyFileError",
    "PolicySetupError",
    "allOf",
    "assertGuarded",
    "definePolicy",
    "failOpen",
    "guardActions",
    "guardWallet",
    "loadPolicy",
    "runWithContext",
    "shadow",
    "when",
    "withPolicy",
  ],
};

describe.each(Object.entries(pins))("packages/%s", (name, names) => {
  const entry = join(root, "packages", name, "dist", "index.js");

  // In a Node of its own: the test runner loads modules in its own way.
  const script = `
    const required = require(process.argv[1]);
    import(process.argv[1]).then((imported) => {
      const names = Object.keys(imported).sort();
      console.log(JSON.stringify({ names, same: names.every((key) => required[key] === imported[key]) }));
    });`;
  const { names: found, same } = JSON.parse(
    execFileSync(process.execPath, ["--no-warnings", "-e", script, entry], { encoding: "utf8" }),
  ) as {
    names: string[];
    same: boolean;
  };

  it("exports what is pinned, and nothing else", () => {
    expect(found).toEqual([...names].sort());
  });

  it("loads from CommonJS, as the same instance", () => {
    expect(same).toBe(true);
  });
});

import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { root } from "./import-rules.js";

/** What each package exports at run time. A change here is a change of the public surface, and needs a changeset. */
const pins: Readonly<Record<string, readonly string[]>> = {
  schema: [
    "actionHash",
    "canonicalJson",
    "declaredEffect",
    "elapsedMs",
    "instantOf",
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
    "UnsettledError",
    "allOf",
    "assertGuarded",
    "createRuntime",
    "defineAdapter",
    "failOpen",
    "guardActions",
    "guardWallet",
    "isAdapter",
    "isThenable",
    "labelOf",
    "moneyLines",
    "plainDecision",
    "provesNothingLeft",
    "providersOf",
    "quietLogger",
    "readWalletCall",
    "restore",
    "runWithContext",
    "shadow",
    "solanaChains",
    "stderrLogger",
    "systemClock",
    "takeSnapshot",
    "timedOut",
    "when",
    "withPolicy",
    "within",
  ],
  effects: [
    "AmountError",
    "canonicalActionOf",
    "canonicalActions",
    "createActionReader",
    "erc20Amount",
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
    "BackgroundPasses",
    "LedgerFault",
    "agedAtOnce",
    "createReconciler",
    "defaultLedgerTimes",
    "isTimeZone",
    "openBackendLedger",
    "openLedger",
    "openMemoryLedger",
    "openPostgresLedger",
    "openSqliteLedger",
    "systemClock",
  ],
  "ledger/driver-kit": ["backendChecks", "ledgerChecks", "processChecks"],
  "adapter-cycles": ["CyclesClient", "cycles", "cyclesAdapter", "exchange"],
  "adapter-cycles/test-server": ["CyclesTestServer"],
  policies: ["PolicyFileError", "amountText", "checkEngines", "checkPolicy", "definePolicy", "examineEngines", "loadPolicy"],
  sidecar: ["Sidecar", "runSidecar", "serve"],
  "agentkit-policy": [
    "ActionDeniedError",
    "ActionFailedError",
    "LedgerFault",
    "PolicyFileError",
    "PolicySetupError",
    "UnsettledError",
    "allOf",
    "assertGuarded",
    "defineAdapter",
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
  const [folder = "", subpath = ""] = name.split("/");
  const entry = join(root, "packages", folder, "dist", subpath, "index.js");

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

it("is pinned for every entry that a package has", () => {
  const entries = readdirSync(join(root, "packages")).flatMap((name) => {
    const { exports, private: isPrivate } = JSON.parse(readFileSync(join(root, "packages", name, "package.json"), "utf8"));
    return isPrivate === true ? [] : Object.keys(exports).map((subpath) => join(name, subpath));
  });
  expect(Object.keys(pins).sort()).toEqual(entries.sort());
});

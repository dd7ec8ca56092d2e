import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { labelOf } from "../src/outcome-label.js";

const transfer = "erc20.transfer";

/** The rows that Python's own classifier is held to as well. */
const rows = JSON.parse(readFileSync(new URL("../../../schemas/v1/vectors/outcome-labels.json", import.meta.url), "utf8")) as {
  readonly vectors: readonly {
    readonly id: string;
    readonly action?: string;
    readonly result: unknown;
    readonly label: string;
  }[];
};

test.each(rows.vectors)("a result as in vector $id", ({ result, action, label }) => {
  expect(labelOf(result, action)).toBe(label);
});

describe("a result", () => {
  test.each([
    ["Error transferring the asset: Error: execution reverted", transfer],
    ["Error during transaction: TypeError", "wallet.native_transfer"],
    ["Error: Insufficient USDC token balance.", transfer],
    ["Error: denied by policy (limit_exceeded): the day is spent", transfer],
    ["  error: lower case and indented", transfer],
    ["Failed to fetch", "some.own"],
    ["Invalid address", transfer],
    ["Unsupported network", transfer],
    ["Unable to connect", transfer],
    ["Could not retrieve instance history", transfer],
    ["Can't Clank token; network base is not supported", "clanker.clank_token"],
    ["There was an error deploying the clanker token", "clanker.clank_token"],
    ["Transaction failed with hash 0x1", "compound.supply"],
    ["Swap failed: Transaction Reverted.", "sushi.swap"],
    ["Unexpected error: x", "messari.research_question"],
    ["No route found to swap 1 of A for B on Base", "sushi.swap"],
    ["Network 5 is not supported by Enso", "enso.route"],
    ["No actions found", "vaultsfyi.execute_step"],
    ["Wallet provider is not a CDP Wallet Provider.", "cdp_evm_wallet.use_spend_permission"],
    ['{"success":false,"error":"no"}', "cdp_evm_wallet.swap"],
    ['{\n  "success": false\n}', "cdp_evm_wallet.swap"],
    ['{"error":true,"message":"no"}', "x402.make_http_request"],
    ['{"error":"no"}', "some.own"],
    ['{"status":"error_402_payment_required"}', "x402.make_http_request"],
    ['{"status":"error","message":"no"}', "x402.retry_http_request_with_x402"],
    ['"Error transferring the asset"', transfer],
    ["[]", "nillion.data_upload"],
  ])("%j says failed", (result, canonicalAction) => {
    expect(labelOf(result, canonicalAction)).toBe("failed");
  });

  test.each([
    ["Transferred 1 of USDC (0x1) to 0x2.\nTransaction hash for the transfer: 0x3", transfer],
    ["Approved 0 USDC (0x1) for spender 0x2.", "erc20.approve"],
    ["", transfer],
    ["Errors were found in none of 3 files", "ssh.remote_shell"],
    ["Failedville is a town", "twitter.account_details"],
    ["No route found to the answer", "messari.research_question"],
    ["Network effects explained", "messari.research_question"],
    ["The transfer was confirmed; Error is the name of the token", transfer],
    ['{"success":true,"hash":"0x1"}', "cdp_evm_wallet.swap"],
    ['{"success":true,"error":null}', "cdp_evm_wallet.swap"],
    ['{"error":false}', "some.own"],
    ['{"status":"ok"}', "some.own"],
    ['{"status":500,"success":true}', "x402.make_http_request"],
    ['{"broken', "some.own"],
    ["[]", "erc8004identity.search_agents"],
  ])("%j says nothing of a failure", (result, canonicalAction) => {
    expect(labelOf(result, canonicalAction)).toBe("succeeded");
  });

  test("that is data is read as data", () => {
    expect(labelOf({ success: false }, transfer)).toBe("failed");
    expect(labelOf({ balance: "1" }, "zerodevwallet.get_cab")).toBe("succeeded");
    expect(labelOf([null, null], "nillion.create_schema")).toBe("failed");
    expect(labelOf(["schema", "id"], "nillion.create_schema")).toBe("succeeded");
    for (const value of [undefined, null, 0, false, 5n]) expect(labelOf(value, transfer)).toBe("succeeded");
  });

  test("that is hostile runs no code of its own and cannot throw", () => {
    let ran = false;
    const trap = {
      get success() {
        ran = true;
        return false;
      },
    };
    expect(labelOf(trap, transfer)).toBe("succeeded");
    expect(ran).toBe(false);
    expect(labelOf(Object.create({ success: false }), transfer)).toBe("succeeded");
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    expect(labelOf(proxy, transfer)).toBe("succeeded");
    expect(labelOf({ success: true }, "constructor")).toBe("succeeded");
  });

  test("of any shape gets an answer, the same on every look", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json(), fc.anything()), fc.string(), (result, canonicalAction) => {
        const first = labelOf(result, canonicalAction);
        expect(["succeeded", "failed"]).toContain(first);
        expect(labelOf(result, canonicalAction)).toBe(first);
      }),
      { numRuns: Math.ceil(500 * Number(process.env["TEST_SCALE"] ?? "1")) },
    );
  });
});

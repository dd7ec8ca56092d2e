import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { classify } from "../src/classify.js";
import { runs } from "./support.js";

const transfer = "ERC20ActionProvider_transfer";

describe("a result", () => {
  test.each([
    ["Error transferring the asset: Error: execution reverted", transfer],
    ["Error during transaction: TypeError", "WalletActionProvider_native_transfer"],
    ["Error: Insufficient USDC token balance.", transfer],
    ["Error: denied by policy (limit_exceeded): the day is spent", transfer],
    ["  error: lower case and indented", transfer],
    ["Failed to fetch", "SomeActionProvider_own"],
    ["Invalid address", transfer],
    ["Unsupported network", transfer],
    ["Unable to connect", transfer],
    ["Could not retrieve instance history", transfer],
    ["Can't Clank token; network base is not supported", "ClankerActionProvider_clank_token"],
    ["There was an error deploying the clanker token", "ClankerActionProvider_clank_token"],
    ["Transaction failed with hash 0x1", "CompoundActionProvider_supply"],
    ["Swap failed: Transaction Reverted.", "SushiRouterActionProvider_swap"],
    ["Unexpected error: x", "MessariActionProvider_research_question"],
    ["No route found to swap 1 of A for B on Base", "SushiRouterActionProvider_swap"],
    ["Network 5 is not supported by Enso", "EnsoActionProvider_route"],
    ["No actions found", "VaultsfyiActionProvider_execute_step"],
    ["Wallet provider is not a CDP Wallet Provider.", "CdpEvmWalletActionProvider_use_spend_permission"],
    ['{"success":false,"error":"no"}', "CdpEvmWalletActionProvider_swap"],
    ['{\n  "success": false\n}', "CdpEvmWalletActionProvider_swap"],
    ['{"error":true,"message":"no"}', "X402ActionProvider_make_http_request"],
    ['{"error":"no"}', "SomeActionProvider_own"],
    ['{"status":"error_402_payment_required"}', "X402ActionProvider_make_http_request"],
    ['{"status":"error","message":"no"}', "X402ActionProvider_retry_http_request_with_x402"],
    ['"Error transferring the asset"', transfer],
    ["[]", "NillionActionProvider_data_upload"],
  ])("%j says failed", (result, actionName) => {
    expect(classify(result, actionName)).toBe("failed");
  });

  test.each([
    ["Transferred 1 of USDC (0x1) to 0x2.\nTransaction hash for the transfer: 0x3", transfer],
    ["Approved 0 USDC (0x1) for spender 0x2.", "ERC20ActionProvider_approve"],
    ["", transfer],
    ["Errors were found in none of 3 files", "SshActionProvider_remote_shell"],
    ["Failedville is a town", "TwitterActionProvider_account_details"],
    ["No route found to the answer", "MessariActionProvider_research_question"],
    ["Network effects explained", "MessariActionProvider_research_question"],
    ["The transfer was confirmed; Error is the name of the token", transfer],
    ['{"success":true,"hash":"0x1"}', "CdpEvmWalletActionProvider_swap"],
    ['{"success":true,"error":null}', "CdpEvmWalletActionProvider_swap"],
    ['{"error":false}', "SomeActionProvider_own"],
    ['{"status":"ok"}', "SomeActionProvider_own"],
    ['{"status":500,"success":true}', "X402ActionProvider_make_http_request"],
    ['{"broken', "SomeActionProvider_own"],
    ["[]", "ERC8004IdentityActionProvider_search_agents"],
  ])("%j says nothing of a failure", (result, actionName) => {
    expect(classify(result, actionName)).toBe("succeeded");
  });

  test("that is data is read as data", () => {
    expect(classify({ success: false }, transfer)).toBe("failed");
    expect(classify({ balance: "1" }, "ZeroDevWalletActionProvider_get_cab")).toBe("succeeded");
    expect(classify([null, null], "NillionActionProvider_create_schema")).toBe("failed");
    expect(classify(["schema", "id"], "NillionActionProvider_create_schema")).toBe("succeeded");
    for (const value of [undefined, null, 0, false, 5n]) expect(classify(value, transfer)).toBe("succeeded");
  });

  test("that is hostile runs no code of its own and cannot throw", () => {
    let ran = false;
    const trap = {
      get success() {
        ran = true;
        return false;
      },
    };
    expect(classify(trap, transfer)).toBe("succeeded");
    expect(ran).toBe(false);
    expect(classify(Object.create({ success: false }), transfer)).toBe("succeeded");
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    expect(classify(proxy, transfer)).toBe("succeeded");
    expect(classify({ success: true }, "constructor")).toBe("succeeded");
  });

  test("of any shape gets an answer, the same on every look", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json(), fc.anything()), fc.string(), (result, actionName) => {
        const first = classify(result, actionName);
        expect(["succeeded", "failed"]).toContain(first);
        expect(classify(result, actionName)).toBe(first);
      }),
      runs(500),
    );
  });
});

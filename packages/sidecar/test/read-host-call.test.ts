import { readWalletCall, SnapshotError } from "@agentkit-policy/core";
import type { JsonValue, WalletCallFacts, WalletMethod } from "@agentkit-policy/schema";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readHostCall, readJournalCall } from "../src/read-host-call.js";
import { alice, chainId, newId, self } from "./support.js";

const scale = Math.max(1, Number(process.env.TEST_SCALE ?? "1"));
const token = "0x036cbd53842c5426634e7929541ec2318f3dcf7e";

function hostCall(walletMethod: string, unread: { [name: string]: JsonValue }, method: WalletMethod = "send"): WalletCallFacts {
  return { callId: newId(), method, walletMethod, chainId, from: self, unread };
}

function sendOf(transaction: { [name: string]: JsonValue }): WalletCallFacts {
  return readHostCall(hostCall("send_transaction", { transaction }));
}

describe("a call as Python's wallet gets it", () => {
  it("is read with web3's ways of writing a transaction", () => {
    const data = `0xa9059cbb${"00".repeat(64)}`;
    expect(sendOf({ to: token, data })).toMatchObject({ to: token, value: "0", data });
    expect(sendOf({ to: { $bytes: Buffer.from(alice.slice(2), "hex").toString("base64") }, value: 7 })).toMatchObject({
      to: alice,
      value: "7",
    });
    expect(sendOf({ to: alice, data: { $bytes: "qQWcuw==" } })).toMatchObject({ data: "0xa9059cbb" });
    expect(sendOf({ to: alice, value: { $int: "7000000000000000000000" } })).toMatchObject({ value: "7000000000000000000000" });
    expect(sendOf({ to: alice, value: "0x10", nonce: 3, gas: 21_000, type: 2, from: self, chainId: 84_532 })).toMatchObject({
      value: "16",
      nonce: "3",
    });
    expect(sendOf({ to: alice, value: 1, type: 2 })).not.toHaveProperty("otherFields");
  });

  it.each([
    ["a field beyond the known ones", { to: alice, authorizationList: [] }, ["authorizationList"]],
    ["another sender", { to: alice, from: alice }, ["from"]],
    ["another chain", { to: alice, chainId: 1 }, ["chainId"]],
    // eth_account signs it without any chain, so that it is valid on every one.
    ["null for a chain", { to: alice, chainId: null }, ["chainId"]],
    ["a transaction of another type", { to: alice, type: 4 }, ["type"]],
  ])("with %s is one that nobody can read", (_name, transaction, otherFields) => {
    expect(sendOf(transaction).otherFields).toEqual(otherFields);
  });

  it("that signs a transaction is one that nobody can read unless the transaction says its chain", () => {
    const signed = (transaction: { [name: string]: JsonValue }) =>
      readHostCall(hostCall("sign_transaction", { transaction }, "sign_transaction"));
    expect(signed({ to: alice, value: 1 }).otherFields).toEqual(["chainId"]);
    expect(signed({ to: alice, value: 1, chainId: null }).otherFields).toEqual(["chainId"]);
    expect(signed({ to: alice, value: 1, chainId: 84_532 })).not.toHaveProperty("otherFields");
    // What is sent goes to the wallet's own node, whose chain it is.
    expect(sendOf({ to: alice, value: 1 })).not.toHaveProperty("otherFields");
  });

  const transaction = { to: { $bytes: Buffer.from(alice.slice(2), "hex").toString("base64") }, value: 1, chainId: 84_532 };
  it.each<[WalletMethod, string, { [name: string]: JsonValue }, { [name: string]: JsonValue }]>([
    ["send", "send_transaction", { transaction }, { options: { value: 7 } }],
    ["send", "send_transaction", { tx: transaction }, { value: 7 }],
    ["send", "native_transfer", { to: alice, value: "2" }, { asset: "USDC" }],
    ["sign_transaction", "sign_transaction", { transaction }, { chain: 1 }],
    ["sign_typed_data", "sign_typed_data", { typed_data: {} }, { domain: {} }],
    ["sign_message", "sign_message", { message: "hello" }, { raw: true }],
  ])("of %s by %s is one that nobody can read with an argument beside %j", (method, name, known, more) => {
    const read = readHostCall(hostCall(name, { ...known, ...more }, method));
    expect(read.otherFields).toEqual(["arguments"]);
    expect(read).not.toHaveProperty("unread");
    expect(readJournalCall(hostCall(name, { ...known, ...more }, method)).otherFields).toEqual(["arguments"]);
    expect(readHostCall(hostCall(name, known, method))).not.toHaveProperty("otherFields");
  });

  it("is one that nobody can read where its host says so", () => {
    const call = { ...hostCall("send_transaction", { transaction }), otherFields: ["arguments"] };
    expect(readHostCall(call)).toMatchObject({ to: alice, otherFields: ["arguments"] });
    expect(readHostCall({ ...call, unread: { transaction, more: 1 } }).otherFields).toEqual(["arguments"]);
  });

  it.each([
    ["text for a transaction", { transaction: "0x00" }],
    ["a negative value", { transaction: { to: alice, value: -1 } }],
    ["a fraction for a value", { transaction: { to: alice, value: 1.5 } }],
    ["data that is no hexadecimal text", { transaction: { to: alice, data: "0xabc" } }],
    ["a tag without its value", { transaction: { to: alice, value: { $int: "many" } } }],
  ])("with %s has no reading", (_name, unread) => {
    expect(() => readHostCall(hostCall("send_transaction", unread as never))).toThrow(SnapshotError);
    const { callId, from } = hostCall("send_transaction", {});
    expect(readJournalCall({ ...hostCall("send_transaction", unread as never), callId })).toEqual({
      callId,
      from,
      chainId,
      method: "send",
      walletMethod: "send_transaction",
      otherFields: ["arguments"],
    });
  });

  it("native_transfer has no reading with another argument that has none", () => {
    const payment = { to: alice, value: "2" };
    expect(readHostCall(hostCall("native_transfer", { ...payment, note: { $int: "1" } }))).toMatchObject({ to: alice });
    expect(() => readHostCall(hostCall("native_transfer", { ...payment, note: { $int: "many" } }))).toThrow(SnapshotError);
  });

  it.each([
    [{ $decimal: "0.007" }, "7000000000000000"],
    [{ $decimal: "1.50" }, "1500000000000000000"],
    ["2", "2000000000000000000"],
    [3, "3000000000000000000"],
    [{ $decimal: "0.000000000000000001" }, "1"],
  ])("native_transfer's %j whole units are %s atomic ones, exactly", (value, atomic) => {
    const read = readHostCall(hostCall("native_transfer", { to: alice, value }));
    expect(read).toMatchObject({ method: "send", walletMethod: "native_transfer", to: alice, value: atomic });
    expect(read).not.toHaveProperty("unread");
  });

  it.each([0.007, { $decimal: "0.0000000000000000001" }, { $decimal: "-1" }, { $decimal: "1E+2" }, "1e3", null, true])(
    "native_transfer's %j is no exact amount",
    (value) => {
      expect(() => readHostCall(hostCall("native_transfer", { to: alice, value }))).toThrow(SnapshotError);
    },
  );

  it("that signs keeps what was signed, large numbers included", () => {
    const typed = {
      message: { value: { $int: "115792089237316195423570985008687907853269984665640564039457584007913129639935" } },
    };
    expect(readHostCall(hostCall("sign_typed_data", { typed_data: typed }, "sign_typed_data"))).toMatchObject({
      payload: [typed],
    });
  });

  it("comes back as it is when its host has read it", () => {
    const read: WalletCallFacts = { callId: newId(), method: "send", walletMethod: "sendTransaction", to: alice, value: "1" };
    expect(readHostCall(read)).toBe(read);
  });

  it("has the same facts as the same call from TypeScript", () => {
    const hex = (bytes: Uint8Array) => `0x${Buffer.from(bytes).toString("hex")}`;
    const transaction = fc.record(
      {
        to: fc.uint8Array({ minLength: 20, maxLength: 20 }),
        value: fc.bigInt({ min: 0n, max: 2n ** 256n - 1n }),
        data: fc.uint8Array({ maxLength: 100 }),
        nonce: fc.nat(),
      },
      { requiredKeys: ["to"] },
    );
    const property = fc.property(transaction, fc.boolean(), ({ to, value, data, nonce }, asBytes) => {
      const callId = newId();
      const bytes = (given: Uint8Array) => (asBytes ? { $bytes: Buffer.from(given).toString("base64") } : hex(given));
      const python = {
        to: bytes(to),
        ...(value === undefined ? {} : { value: value <= 2n ** 53n ? Number(value) : { $int: value.toString() } }),
        ...(data === undefined ? {} : { data: bytes(data) }),
        ...(nonce === undefined ? {} : { nonce }),
      };
      const typescript = { to: hex(to), value, ...(data === undefined ? {} : { data: hex(data) }), nonce };
      const wallet = { chainId, walletAddress: self };
      const expected = readWalletCall(callId, "send", "send_transaction", [typescript], wallet).facts;
      expect(readHostCall({ ...hostCall("send_transaction", { transaction: python }), callId })).toEqual(expected);
    });
    fc.assert(property, { numRuns: 500 * scale });
  });
});

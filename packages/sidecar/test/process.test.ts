import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it } from "vitest";
import { createMessageConnection, type MessageConnection, StreamMessageReader, StreamMessageWriter } from "vscode-jsonrpc/node";
import { callOf, factsOf, policyFile } from "./support.js";

const program = fileURLToPath(new URL("../dist/main.js", import.meta.url));

let child: ChildProcessWithoutNullStreams;
let connection: MessageConnection;

function start(...nodeOptions: string[]): void {
  child = spawn(process.execPath, [...nodeOptions, program]);
  connection = createMessageConnection(new StreamMessageReader(child.stdout), new StreamMessageWriter(child.stdin));
  connection.listen();
}

afterEach(() => {
  connection?.dispose();
  child?.kill("SIGKILL");
});

describe("the sidecar's process", () => {
  it("speaks the contract over its standard streams, and ends with its standard input", async () => {
    start();
    const opened = await connection.sendRequest("initialize", { protocolVersion: "1", policy: policyFile(), host: "test" });
    expect(opened).toMatchObject({
      protocolVersion: "1",
      ledgerId: expect.any(String),
      policyVersion: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(await connection.sendRequest("policy/beforeAction", { facts: factsOf("0.01"), deadlineMs: 1_000 })).toMatchObject({
      decision: { decision: "allow" },
    });
    child.stdin.end();
    expect(await once(child, "exit")).toEqual([0, null]);
  });

  it("answers a question that arrives in many pieces", async () => {
    start();
    await connection.sendRequest("initialize", { protocolVersion: "1", policy: policyFile(), host: "test" });
    const facts = factsOf("0.01");
    facts.args = { ...(facts.args as object), note: "é".repeat(300_000) };
    expect(await connection.sendRequest("policy/beforeAction", { facts, deadlineMs: 1_000 })).toMatchObject({
      decision: { decision: "allow" },
    });
  });

  it("that is killed between an armed call and its settlement leaves the money counted; a fresh one settles it", async () => {
    const policy = policyFile();
    const initialize = { protocolVersion: "1", policy, host: "test" };
    const facts = factsOf("0.05");
    const call = callOf("50000000000000000");
    start();
    const { ledgerId } = await connection.sendRequest<{ ledgerId: string }>("initialize", initialize);
    await connection.sendRequest("policy/beforeAction", { facts, deadlineMs: 5_000 });
    const judged = await connection.sendRequest("policy/beforeWalletCall", { actionId: facts.actionId, call, deadlineMs: 5_000 });
    expect(judged).toMatchObject({ decision: { decision: "allow" } });
    child.kill("SIGKILL");
    await once(child, "exit");
    connection.dispose();

    start();
    expect(await connection.sendRequest("initialize", initialize)).toMatchObject({ ledgerId });
    const ask = async (value: string) =>
      await connection.sendRequest("policy/beforeAction", { facts: factsOf(value), deadlineMs: 5_000 });
    expect(await ask("0.01")).toMatchObject({ decision: { decision: "deny", code: "over_limit" } });
    const again = { actionId: facts.actionId, call: callOf("1"), deadlineMs: 5_000 };
    expect(await connection.sendRequest("policy/beforeWalletCall", again)).toMatchObject({
      decision: { code: "attempt_unknown" },
    });
    const journal = [{ facts: { ...call, value: "20000000000000000" }, state: "returned", transactionId: "0x1" }];
    const settled = {
      facts,
      ledgerId,
      stage: "returned",
      result: "Transferred",
      durationMs: 1,
      walletTouched: true,
      journal,
      settlements: [],
    };
    expect(await connection.sendRequest("policy/settle", settled)).toMatchObject({
      outcome: { spent: [{ amount: "20000000000000000" }] },
    });
    expect(await ask("0.03")).toMatchObject({ decision: { decision: "allow" } });
    expect(await ask("0.01")).toMatchObject({ decision: { code: "over_limit" } });
  });

  it("keeps its protocol whole beside code that writes to the console and to standard output", async () => {
    // Loaded before the program, and silent until the program has taken standard output for itself.
    const noise = `
      const original = process.stdout.write;
      setInterval(() => {
        if (process.stdout.write === original) return;
        console.log("noise");
        process.stdout.write("more\\n");
      }, 1).unref();`;
    start("--import", `data:text/javascript,${encodeURIComponent(noise)}`);
    let complaints = "";
    child.stderr.on("data", (chunk: Buffer) => {
      complaints += chunk.toString();
    });
    await connection.sendRequest("initialize", { protocolVersion: "1", policy: policyFile(), host: "test" });
    await expect.poll(() => complaints).toContain("noise");
    expect(await connection.sendRequest("policy/beforeAction", { facts: factsOf("0.01"), deadlineMs: 5_000 })).toMatchObject({
      decision: { decision: "allow" },
    });
    expect(complaints).toContain("more");
  });

  it("refuses a settlement for another ledger by a code of its own, which tells the host that trying again is of no use", async () => {
    start();
    await connection.sendRequest("initialize", { protocolVersion: "1", policy: policyFile(), host: "test" });
    const settled = {
      facts: factsOf("0.01"),
      ledgerId: "another",
      stage: "before",
      durationMs: 1,
      walletTouched: false,
      journal: [],
      settlements: [],
    };
    await expect(connection.sendRequest("policy/settle", settled)).rejects.toMatchObject({
      code: -32_011,
      data: { name: "AnotherLedgerError" },
    });
  });

  it("ends at once where nobody can ask it anything", async () => {
    const alone = spawn(process.execPath, [program], { stdio: "ignore" });
    expect(await once(alone, "exit")).toEqual([0, null]);
  });

  it("ends when it is told to", async () => {
    start();
    await connection.sendNotification("shutdown");
    expect(await once(child, "exit")).toEqual([0, null]);
  });

  it("says with file, line and hint why a policy cannot be used, and lets the host try again", async () => {
    start();
    const params = { protocolVersion: "1", policy: "/nowhere/policy.yaml", host: "test" };
    await expect(connection.sendRequest("initialize", params)).rejects.toMatchObject({
      message: expect.stringContaining("there is no such policy file"),
      data: { name: "PolicyFileError" },
    });
    expect(await connection.sendRequest("initialize", { ...params, policy: policyFile() })).toMatchObject({
      protocolVersion: "1",
    });
    await expect(connection.sendRequest("initialize", params)).rejects.toThrow(/already/);
  });

  it.each([
    ["another version of the protocol", "initialize", { protocolVersion: "2", policy: "p", host: "h" }, /protocolVersion/],
    ["a question before the first message", "policy/beforeAction", { facts: factsOf("1"), deadlineMs: 1 }, /initialize/],
    ["a method that nobody knows", "policy/approve", {}, /Unhandled method/],
    ["a message that does not match the contract", "initialize", {}, /protocolVersion|policy|host/],
  ])("answers %s with an error", async (_name, method, params, message) => {
    start();
    await expect(connection.sendRequest(method, params)).rejects.toThrow(message);
  });
});

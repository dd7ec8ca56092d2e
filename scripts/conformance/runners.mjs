import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import {
  endingOf,
  MemoryTrace,
  observed,
  refusedPolicy,
  returnedLine,
  runInCore,
  watchedTrace,
} from "../../packages/conformance/dist/index.js";
import { createActionReader } from "../../packages/effects/dist/index.js";
import { serve } from "../../packages/sidecar/dist/index.js";
import { root } from "../lib/paths.mjs";
import { RpcHost } from "./rpc-host.mjs";
import { FileTrace, openVector } from "./scripted-sidecar.mjs";

// The protocol's library belongs to the sidecar's package.
const { createMessageConnection, StreamMessageReader, StreamMessageWriter } = createRequire(
  join(root, "packages/sidecar/package.json"),
)("vscode-jsonrpc/node");

export const defaultSidecar = join(root, "scripts/conformance/scripted-sidecar.mjs");

/**
 * How each runner in this language runs one vector. What it cannot do, it skips by name.
 * @param {string} sidecar the program that a sidecar's process runs
 */
export function runnersWith(sidecar) {
  return {
    core: (vector) => runInCore(vector, createActionReader()),
    pair: (vector) => runOverPair(vector, RpcHost),
    process: (vector) => runOverProcess(vector, sidecar),
    broken: (vector) => runOverPair(vector, ForgetfulHost),
  };
}

/** Wrong on purpose: it never tells what the wallet was asked to do, so that money that left counts as unspent. */
class ForgetfulHost extends RpcHost {
  journal() {
    return [];
  }
}

/** Both ends of the methods in this process, over the protocol's own frames. */
async function runOverPair(vector, Host) {
  const [toSidecar, toHost] = [new PassThrough(), new PassThrough()];
  const [sidecarsEnd, hostsEnd] = [connection(toSidecar, toHost), connection(toHost, toSidecar)];
  const trace = new MemoryTrace();
  const args = argsOf(vector);
  const served = serve(sidecarsEnd, async () => openVector(vector, trace, (change) => Object.assign(args, change)));
  hostsEnd.listen();
  const close = async () => {
    await hostsEnd.sendNotification("shutdown");
    await served;
    hostsEnd.dispose();
  };
  return await runHost(new Host(hostsEnd, vector, trace), { policy: "the vector", vector, trace, args, close });
}

/** The sidecar's own process at the other end of its standard streams. */
async function runOverProcess(vector, sidecar) {
  if (JSON.stringify(vector.policy).includes('"meanwhile"')) {
    return { skipped: "the caller's arguments are in another process than the policy, which cannot change them" };
  }
  const folder = mkdtempSync(join(tmpdir(), "agentkit-policy-conformance-"));
  const [policy, traceFile] = [join(folder, "policy.json"), join(folder, "trace.jsonl")];
  writeFileSync(policy, JSON.stringify({ vector, trace: traceFile }));
  writeFileSync(traceFile, "");
  const child = spawn(process.execPath, [sidecar], { stdio: ["pipe", "pipe", "inherit"] });
  const ended = new Promise((resolve) => child.once("close", resolve));
  const host = connection(child.stdout, child.stdin);
  host.listen();
  const close = async () => {
    await host.sendNotification("shutdown");
    await ended;
    host.dispose();
    rmSync(folder, { recursive: true, force: true });
  };
  const trace = new FileTrace(traceFile);
  return await runHost(new RpcHost(host, vector, trace), { policy, vector, trace, args: argsOf(vector), close });
}

/** Runs the action over an open connection, which is closed when nobody watches the trace any more. */
async function runHost(host, { policy, vector, trace, args, close }) {
  try {
    await host.initialize(policy);
  } catch (error) {
    await close();
    if (error.data?.name !== "PolicySetupError") throw error;
    return async () => refusedPolicy(error.data.code);
  }
  const ending = await endingOf(() => host.invoke(args));
  trace.add(returnedLine);
  const watched = await watchedTrace(() => trace.lines, vector);
  const closed = watched().finally(close);
  return async () => observed(ending, await closed);
}

function argsOf({ invoke = {} }) {
  return structuredClone(invoke.args ?? {});
}

function connection(input, output) {
  return createMessageConnection(new StreamMessageReader(input), new StreamMessageWriter(output));
}

#!/usr/bin/env node
import { ownStandardOutput } from "./own-standard-output.js";

const output = ownStandardOutput();
// Loaded only now: what a module prints while it loads must not reach the protocol either.
const { createMessageConnection, StreamMessageReader, StreamMessageWriter } = await import("vscode-jsonrpc/node");
const { serve } = await import("./serve.js");
await serve(createMessageConnection(new StreamMessageReader(process.stdin), new StreamMessageWriter(output)));
// Retries of settlements wait on timers that keep nobody alive; the ledger's own dates take care of the rest.
process.exit(0);

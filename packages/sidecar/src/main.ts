#!/usr/bin/env node
import { createMessageConnection, StreamMessageReader, StreamMessageWriter } from "vscode-jsonrpc/node";
import { ownStandardOutput } from "./own-standard-output.js";
import { serve } from "./serve.js";

const output = ownStandardOutput();
await serve(createMessageConnection(new StreamMessageReader(process.stdin), new StreamMessageWriter(output)));
// Retries of settlements wait on timers that keep nobody alive; the ledger's own dates take care of the rest.
process.exit(0);

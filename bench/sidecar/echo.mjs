// The floor: JSON-RPC over this process's pipe and nothing else. It answers every question with what it was asked.
import { createRequire } from "node:module";

// The very library that the sidecar speaks through, in the version that the sidecar has.
const require = createRequire(new URL("../../packages/sidecar/package.json", import.meta.url));
const { createMessageConnection, StreamMessageReader, StreamMessageWriter } = require("vscode-jsonrpc/node");

const connection = createMessageConnection(new StreamMessageReader(process.stdin), new StreamMessageWriter(process.stdout));
connection.onRequest("echo", (params) => params);
connection.onClose(() => process.exit(0));
connection.listen();

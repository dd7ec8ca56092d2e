import { createMessageConnection, type MessageConnection } from "vscode-jsonrpc/node";
import { FrameReader } from "./frame-reader.js";
import { type FrameSink, FrameWriter } from "./frame-writer.js";
import { standardInput } from "./standard-input.js";

/** The connection to the host at the other end of the standard streams. @param output what is standard output's own */
export function hostConnection(output: FrameSink): MessageConnection {
  return createMessageConnection(new FrameReader(standardInput()), new FrameWriter(output));
}

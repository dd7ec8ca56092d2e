import { type ConnectOpts, Socket, type SocketConstructorOpts } from "node:net";
import type { FrameSource } from "./frame-reader.js";

const pieceBytes = 65_536;

/**
 * Standard input, read into one buffer that is used again and again. `process.stdin` makes one of 64 KB for every message and
 * hands it through a stream's queue, which takes as long as half of a decision.
 */
export function standardInput(): FrameSource {
  const buffer = Buffer.allocUnsafeSlow(pieceBytes);
  try {
    // Node 20 takes `onread` here as well, and its types know it for connections only.
    const options: SocketConstructorOpts & ConnectOpts = {
      fd: 0,
      readable: true,
      writable: false,
      onread: { buffer, callback: (length) => socket.emit("data", buffer.subarray(0, length)) },
    };
    const socket = new Socket(options);
    return socket;
  } catch {
    // A file or a terminal cannot be read in this way. It is not asked for its kind first: after an fstat of a pipe, Node 20
    // does not find the modules of a package behind a link any more.
    return process.stdin;
  }
}

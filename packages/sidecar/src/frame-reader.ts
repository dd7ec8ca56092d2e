import type { Readable } from "node:stream";
import { AbstractMessageReader, type DataCallback, type Disposable, type MessageReader } from "vscode-jsonrpc/node";

const headEnd = "\r\n\r\n";
const nothing = Buffer.alloc(0);

/** Reads messages in the turn of the event loop in which they arrive. The library's own reader takes another for each. */
export class FrameReader extends AbstractMessageReader implements MessageReader {
  readonly #stream: Readable;
  #unread: Buffer = nothing;

  constructor(stream: Readable) {
    super();
    this.#stream = stream;
    stream.on("error", (error) => this.fireError(error));
    stream.on("close", () => this.fireClose());
    // A standard input that is a file, such as /dev/null, ends without closing.
    stream.on("end", () => this.fireClose());
  }

  listen(callback: DataCallback): Disposable {
    const take = (data: Buffer): void => {
      this.#unread = this.#unread.length === 0 ? data : Buffer.concat([this.#unread, data]);
      for (let body = this.#next(); body !== undefined; body = this.#next()) {
        try {
          callback(JSON.parse(body));
        } catch (error) {
          // A message that is no JSON is lost, and no other with it.
          this.fireError(error);
        }
      }
    };
    this.#stream.on("data", take);
    return { dispose: () => this.#stream.off("data", take) };
  }

  /** The next message's text, once all of it is there. */
  #next(): string | undefined {
    const end = this.#unread.indexOf(headEnd);
    if (end === -1) return undefined;
    const start = end + headEnd.length;
    const length = Number(/^content-length: *([0-9]+)$/im.exec(this.#unread.toString("latin1", 0, end))?.[1]);
    if (Number.isNaN(length)) {
      // Nobody knows where the next message begins.
      this.#unread = nothing;
      this.fireError(new Error("a message has no Content-Length"));
      return undefined;
    }
    if (this.#unread.length < start + length) return undefined;
    const body = this.#unread.toString("utf8", start, start + length);
    this.#unread = this.#unread.subarray(start + length);
    return body;
  }
}

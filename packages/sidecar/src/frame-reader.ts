import { AbstractMessageReader, type DataCallback, type Disposable, type MessageReader } from "vscode-jsonrpc/node";

const emptyLine = "\r\n\r\n";
const usualHead = Buffer.from("Content-Length: ");
const zeroDigit = 48;
const nothing = Buffer.alloc(0);

/** Where frames come from: a stream, or what is read as one and uses its buffer again. */
export interface FrameSource {
  /** @param listener may look at the bytes until it returns */
  on(event: "data", listener: (bytes: Buffer) => void): unknown;
  on(event: "error", listener: (error: Error) => void): unknown;
  on(event: "end" | "close", listener: () => void): unknown;
  off(event: "data", listener: (bytes: Buffer) => void): unknown;
}

/** Reads messages in the turn of the event loop in which they arrive. The library's own reader takes another for each. */
export class FrameReader extends AbstractMessageReader implements MessageReader {
  readonly #source: FrameSource;
  #unread: Buffer = nothing;
  /** What has come of a message that is not there yet. It is put together once: of a large one that takes longer than all the rest. */
  #pieces: Buffer[] = [];
  #pieced = 0;
  /** So many bytes are needed until there is a whole message. */
  #needed = 0;

  constructor(source: FrameSource) {
    super();
    this.#source = source;
    source.on("error", (error) => this.fireError(error));
    source.on("close", () => this.fireClose());
    // A standard input that is a file, such as /dev/null, ends without closing.
    source.on("end", () => this.fireClose());
  }

  listen(callback: DataCallback): Disposable {
    const take = (bytes: Buffer): void => {
      if (this.#pieced + bytes.length < this.#needed) {
        this.#keep(bytes);
        return;
      }
      this.#unread = this.#pieced === 0 ? bytes : Buffer.concat([...this.#pieces, bytes]);
      [this.#pieces, this.#pieced, this.#needed] = [[], 0, 0];
      for (let body = this.#next(); body !== undefined; body = this.#next()) {
        try {
          callback(JSON.parse(body));
        } catch (error) {
          // A message that is no JSON is lost, and no other with it.
          this.fireError(error);
        }
      }
      if (this.#unread.length > 0) this.#keep(this.#unread);
      this.#unread = nothing;
    };
    this.#source.on("data", take);
    return { dispose: () => this.#source.off("data", take) };
  }

  /** A copy: the source uses its buffer again. */
  #keep(bytes: Buffer): void {
    this.#pieces.push(Buffer.from(bytes));
    this.#pieced += bytes.length;
  }

  /** The next message's text, once all of it is there. */
  #next(): string | undefined {
    const unread = this.#unread;
    const headEnd = unread.indexOf(emptyLine);
    if (headEnd === -1) return undefined;
    const length = contentLength(unread, headEnd);
    if (length === undefined) {
      // Nobody knows where the next message begins.
      this.#unread = nothing;
      this.fireError(new Error("a message has no Content-Length"));
      return undefined;
    }
    const start = headEnd + emptyLine.length;
    const end = start + length;
    if (unread.length < end) {
      this.#needed = end;
      return undefined;
    }
    this.#unread = unread.length === end ? nothing : unread.subarray(end);
    return unread.toString("utf8", start, end);
  }
}

/** The length that a head says, in bytes. */
function contentLength(bytes: Buffer, headEnd: number): number | undefined {
  const usual = usualLength(bytes, headEnd);
  if (usual !== undefined) return usual;
  const digits = /^content-length: *([0-9]+)$/im.exec(bytes.toString("latin1", 0, headEnd))?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/** The same of a head as nearly all are, which takes a regular expression longer than all the rest of a message. */
function usualLength(bytes: Buffer, headEnd: number): number | undefined {
  if (headEnd <= usualHead.length) return undefined;
  for (let at = 0; at < usualHead.length; at += 1) if (bytes[at] !== usualHead[at]) return undefined;
  let length = 0;
  for (let at = usualHead.length; at < headEnd; at += 1) {
    const digit = (bytes[at] ?? 0) - zeroDigit;
    if (digit < 0 || digit > 9) return undefined;
    length = 10 * length + digit;
  }
  return length;
}

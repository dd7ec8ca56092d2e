import "./platform-fetch.js";
import { promisify } from "node:util";
import { unzip } from "node:zlib";
import { Agent, type Dispatcher } from "undici";
import { timerMs } from "./timer-ms.js";

/** Answers are read up to this size, in bytes; more of a page than fits is a page that is not ours. */
const maxAnswerBytes = 4 * 1024 * 1024;

const tooLong = `the answer is longer than ${maxAnswerBytes} bytes`;
const givenUp = "whoever asked has given up";
const utf8 = new TextDecoder("utf-8", { fatal: true });
const unpacked = promisify<Buffer, { maxOutputLength: number }, Buffer>(unzip);

/** The connections of this process. Every request has a time of its own, which is not counted a second time here. */
const connections = new Agent({ headersTimeout: 0, bodyTimeout: 0 });

/** Where requests go. */
export interface Destination {
  /** With the scheme, and the port where it is not the scheme's own. */
  readonly origin: string;
  /** Whose connections they go over: one of `undici`, a `ProxyAgent` for example. The adapter's own unless said. */
  readonly dispatcher?: Dispatcher;
}

export interface HttpRequest {
  readonly method: "GET" | "POST";
  /** With the query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** How long it may take until the answer is read, in milliseconds. */
  readonly timeoutMs: number;
  /** Ends it early. */
  readonly signal?: AbortSignal;
}

export interface HttpAnswer {
  readonly status: number;
  /** By their names in lower case. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

/**
 * One request and its whole answer, on `undici`, which the platform's `fetch` is built on and takes twice as long over a small one.
 * Connections stay open for the next request, and no program waits for one that is idle. No redirect is followed, and nothing is sent twice.
 * @throws Error where there is no answer, or none that is text of a size that can be read
 */
export function exchange({ origin, dispatcher = connections }: Destination, asked: HttpRequest): Promise<HttpAnswer> {
  const { method, path, headers, body = null, signal } = asked;
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) throw new Error(givenUp);
    dispatcher.dispatch({ origin, method, path, headers, body }, new Exchange(asked, resolve, reject));
  });
}

/** One request on its way. */
class Exchange implements Dispatcher.DispatchHandler {
  readonly #resolve: (answer: HttpAnswer) => void;
  readonly #reject: (error: unknown) => void;
  readonly #timer: NodeJS.Timeout;
  readonly #signal: AbortSignal | undefined;
  #controller: Dispatcher.DispatchController | undefined;
  #over: Error | undefined;
  #status = 0;
  #headers: HttpAnswer["headers"] = {};
  readonly #chunks: Buffer[] = [];
  #bytes = 0;

  constructor({ timeoutMs, signal }: HttpRequest, resolve: (answer: HttpAnswer) => void, reject: (error: unknown) => void) {
    this.#resolve = resolve;
    this.#reject = reject;
    this.#timer = setTimeout(() => this.#fail(new Error(`none within ${timeoutMs} ms`)), timerMs(timeoutMs));
    this.#signal = signal;
    signal?.addEventListener("abort", this.#giveUp);
  }

  /** It has a connection. Where nobody waits for it any more, it is not sent. */
  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#over !== undefined) controller.abort(this.#over);
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: HttpAnswer["headers"]): void {
    this.#status = status;
    this.#headers = headers;
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#bytes += chunk.byteLength;
    if (this.#bytes > maxAnswerBytes) this.#fail(new Error(tooLong));
    else this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    this.#settle();
    const packing = this.#headers["content-encoding"];
    const body = this.#chunks.length === 1 ? (this.#chunks[0] as Buffer) : Buffer.concat(this.#chunks);
    // Nobody asked for a packed answer, and something on the way may pack it all the same.
    if (packing === undefined || packing === "identity") this.#read(body);
    else unpackedOf(body).then((plain) => this.#read(plain), this.#reject);
  }

  #read(body: Buffer): void {
    try {
      this.#resolve({ status: this.#status, headers: this.#headers, text: utf8.decode(body) });
    } catch (error) {
      this.#reject(error);
    }
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#fail(error);
  }

  readonly #giveUp = (): void => this.#fail(new Error(givenUp));

  /** The connection goes too: nobody reads what may still come on it. */
  #fail(error: Error): void {
    if (this.#over !== undefined) return;
    this.#over = error;
    this.#settle();
    this.#reject(error);
    this.#controller?.abort(error);
  }

  #settle(): void {
    clearTimeout(this.#timer);
    this.#signal?.removeEventListener("abort", this.#giveUp);
  }
}

async function unpackedOf(body: Buffer): Promise<Buffer> {
  try {
    return await unpacked(body, { maxOutputLength: maxAnswerBytes });
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE" ? new Error(tooLong) : error;
  }
}

import { request as httpRequest, type IncomingHttpHeaders, type IncomingMessage, type RequestOptions } from "node:http";
import { request as httpsRequest } from "node:https";
import { urlToHttpOptions } from "node:url";
import { promisify } from "node:util";
import { unzip } from "node:zlib";

/** Answers are read up to this size, in bytes; more of a page than fits is a page that is not ours. */
const maxAnswerBytes = 4 * 1024 * 1024;

const tooLong = `the answer is longer than ${maxAnswerBytes} bytes`;
const utf8 = new TextDecoder("utf-8", { fatal: true });
const unpacked = promisify<Buffer, { maxOutputLength: number }, Buffer>(unzip);

/** Where requests go. The `agent` whose connections they go over is the platform's own unless another is given. */
export type Destination = Pick<RequestOptions, "protocol" | "hostname" | "port" | "agent">;

export function destinationOf(url: URL): Destination {
  const { protocol, hostname, port } = urlToHttpOptions(url);
  return { protocol, hostname, port };
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
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/**
 * One request and its whole answer, on Node's own HTTP: the platform's `fetch` takes twice as long for a small one. Connections stay open
 * for the next request, and no program waits for one that is idle. No redirect is followed, and nothing is sent twice.
 * @throws Error where there is no answer, or none that is text of a size that can be read
 */
export async function exchange(destination: Destination, asked: HttpRequest): Promise<HttpAnswer> {
  const { body, ...answer } = await roundTrip(destination, asked);
  const packing = answer.headers["content-encoding"];
  // Nobody asked for a packed answer, and something on the way may pack it all the same.
  const plain = packing === undefined || packing === "identity" ? body : await unpackedOf(body);
  return { ...answer, text: utf8.decode(plain) };
}

interface RawAnswer extends Omit<HttpAnswer, "text"> {
  readonly body: Buffer;
}

function roundTrip(destination: Destination, asked: HttpRequest): Promise<RawAnswer> {
  const { method, path, headers, body, timeoutMs, signal } = asked;
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) throw new Error("whoever asked has given up");
    const send = destination.protocol === "https:" ? httpsRequest : httpRequest;
    const request = send({ ...destination, method, path, headers });
    const settle = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", giveUp);
    };
    // The connection goes too: nobody reads what may still come on it.
    const fail = (error: Error): void => {
      settle();
      reject(error);
      request.destroy();
    };
    const giveUp = (): void => fail(new Error("whoever asked has given up"));
    const timer = setTimeout(() => fail(new Error(`none within ${timeoutMs} ms`)), timeoutMs);
    signal?.addEventListener("abort", giveUp);
    request.on("error", fail);
    request.on("response", (response: IncomingMessage) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      response.on("error", fail);
      response.on("data", (chunk: Buffer) => {
        bytes += chunk.byteLength;
        if (bytes > maxAnswerBytes) fail(new Error(tooLong));
        else chunks.push(chunk);
      });
      response.on("end", () => {
        settle();
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) });
      });
    });
    request.end(body);
  });
}

async function unpackedOf(body: Buffer): Promise<Buffer> {
  try {
    return await unpacked(body, { maxOutputLength: maxAnswerBytes });
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE" ? new Error(tooLong) : error;
  }
}

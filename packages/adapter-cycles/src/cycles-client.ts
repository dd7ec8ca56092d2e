import { exchange, type HttpAnswer, type HttpRequest } from "./http-exchange.js";
import { shownText } from "./shown-text.js";
import { type AnswerOf, answersWith, errorCodes, type Operation } from "./wire/answers.js";
import { readExact, writeExact } from "./wire/exact-json.js";
import type {
  CommitRequest,
  DecideRequest,
  EventRequest,
  ExtendRequest,
  ReleaseRequest,
  ReserveRequest,
} from "./wire/requests.js";
import type { Level, ReservationStatus } from "./wire/values.js";

/**
 * What became of one request.
 * - `answered`: the server did it, and says so in the protocol's own words.
 * - `refused`: the server says why it did not do it.
 * - `unknown`: nobody can tell whether it was done: no answer, one that cannot be read, or an error of the server itself. Whoever
 *   wants to know asks again with the same idempotency key.
 */
export type CyclesResult<Body> =
  | { readonly kind: "answered"; readonly body: Body; readonly roundTripMs: number }
  | {
      readonly kind: "refused";
      readonly status: number;
      /** One of the protocol's error codes, or one that a newer server knows. */
      readonly code: string;
      readonly message: string;
      readonly details?: Readonly<Record<string, unknown>>;
      /** How long to wait before the next request, in milliseconds: a day at most, whatever the server asks for. */
      readonly retryAfterMs?: number;
    }
  | { readonly kind: "unknown"; readonly problem: string; readonly retryAfterMs?: number };

export interface CyclesClientOptions {
  /** Without `/v1`. HTTPS, unless the server is on this machine. */
  readonly baseUrl: string;
  /** It fixes the tenant, and is never logged. */
  readonly apiKey: string;
  /** How long one request may take, in milliseconds; 5,000 unless said. */
  readonly timeoutMs?: number;
  /** How a request is sent, through a proxy for example; over the adapter's own connections unless another way is given. */
  readonly exchange?: typeof exchange;
}

export interface RequestOptions {
  /** Ends the request early. What it has done by then, nobody can tell. */
  readonly signal?: AbortSignal;
  /** How long this one may take, where that is less than a request may take otherwise. */
  readonly timeoutMs?: number;
}

/** Which reservations or balances are asked for. */
export type CyclesFilter = Readonly<Partial<Record<Level, string>>>;

const answers = answersWith("ignored");

/** Who asks for more patience than this is asked again all the same, in milliseconds: a day. */
const longestRetryAfterMs = 86_400_000;

/** What decides about money stays as it is, whatever the key. */
const knownCodes: ReadonlySet<string> = new Set(errorCodes);

/** One request each, and no retries: what is repeated, and until when, is decided where it is known what the money did. */
export class CyclesClient {
  readonly #origin: string;
  /** What the path of every request begins with. */
  readonly #root: string;
  readonly #apiKey: string;
  readonly #timeoutMs: number;
  readonly #exchange: typeof exchange;

  /** @throws TypeError for an address or a key that cannot be used; it never shows the key */
  constructor({ baseUrl, apiKey, timeoutMs = 5_000, exchange: given = exchange }: CyclesClientOptions) {
    const url = checkedUrl(baseUrl);
    this.#origin = url.origin;
    this.#root = `${folderOf(url)}/v1`;
    if (!/^[\x21-\x7e]+$/.test(apiKey)) throw new TypeError("the Cycles API key is empty, or holds what no header can carry");
    this.#apiKey = apiKey;
    this.#timeoutMs = timeoutMs;
    this.#exchange = given;
  }

  /** Asks without a hold: for a look, never for an authorisation. */
  decide(request: DecideRequest, options?: RequestOptions): Promise<CyclesResult<AnswerOf<"decide">>> {
    return this.#post("decide", "/decide", request, options);
  }

  /** Holds an amount. A request that is repeated after its reservation ended is answered like the first: look at `remaining_ttl_ms`. */
  reserve(request: ReserveRequest, options?: RequestOptions): Promise<CyclesResult<AnswerOf<"reserve">>> {
    return this.#post("reserve", "/reservations", request, options);
  }

  /** Books what was really spent, and gives back the rest of the hold. `charged` may be less than `actual`. */
  commit(id: string, request: CommitRequest, options?: RequestOptions): Promise<CyclesResult<AnswerOf<"commit">>> {
    return this.#post("commit", `${pathOf(id)}/commit`, request, options);
  }

  /** Gives back a hold of which nothing was spent. */
  release(id: string, request: ReleaseRequest, options?: RequestOptions): Promise<CyclesResult<AnswerOf<"release">>> {
    return this.#post("release", `${pathOf(id)}/release`, request, options);
  }

  /** Lets a hold last longer. It adds time only, never an amount. */
  extend(id: string, request: ExtendRequest, options?: RequestOptions): Promise<CyclesResult<AnswerOf<"extend">>> {
    return this.#post("extend", `${pathOf(id)}/extend`, request, options);
  }

  /** Books an amount without a hold. */
  event(request: EventRequest, options?: RequestOptions): Promise<CyclesResult<AnswerOf<"event">>> {
    return this.#post("event", "/events", request, options);
  }

  /** An expired reservation is refused with RESERVATION_EXPIRED. */
  get(id: string, options?: RequestOptions): Promise<CyclesResult<AnswerOf<"get">>> {
    return this.#get("get", pathOf(id), {}, options);
  }

  /** Finds reservations, also one whose answer was lost, without making one. */
  list(
    filter: CyclesFilter & { readonly idempotency_key?: string; readonly status?: ReservationStatus },
    options?: RequestOptions,
  ): Promise<CyclesResult<AnswerOf<"list">>> {
    return this.#get("list", "/reservations", filter, options);
  }

  /** One page of them: the next one begins at the `next_cursor` of the answer. */
  balances(
    filter: CyclesFilter & { readonly cursor?: string; readonly limit?: string },
    options?: RequestOptions,
  ): Promise<CyclesResult<AnswerOf<"balances">>> {
    return this.#get("balances", "/balances", filter, options);
  }

  #post<O extends Operation>(operation: O, path: string, body: { readonly idempotency_key: string }, options?: RequestOptions) {
    return this.#ask(operation, path, { method: "POST", body: writeExact(body) }, options, body.idempotency_key);
  }

  #get<O extends Operation>(operation: O, path: string, query: Readonly<Record<string, string>>, options?: RequestOptions) {
    const search = new URLSearchParams(query).toString();
    return this.#ask(operation, search === "" ? path : `${path}?${search}`, { method: "GET" }, options);
  }

  async #ask<O extends Operation>(
    operation: O,
    path: string,
    request: Pick<HttpRequest, "method" | "body">,
    { signal, timeoutMs = this.#timeoutMs }: RequestOptions = {},
    idempotencyKey?: string,
  ): Promise<CyclesResult<AnswerOf<O>>> {
    const headers: Record<string, string> = {
      "X-Cycles-API-Key": this.#apiKey,
      accept: "application/json",
      "accept-encoding": "identity",
    };
    if (request.body !== undefined) headers["content-type"] = "application/json";
    // A header carries Latin-1 only; the body carries the key in any case.
    if (idempotencyKey !== undefined && /^[\x21-\x7e]+$/.test(idempotencyKey)) headers["X-Idempotency-Key"] = idempotencyKey;
    const began = performance.now();
    try {
      const asked = { ...request, path: this.#root + path, headers, timeoutMs: Math.min(this.#timeoutMs, timeoutMs) };
      const answer = await this.#exchange({ origin: this.#origin }, signal === undefined ? asked : { ...asked, signal });
      return this.#shown(resultOf(operation, answer, performance.now() - began));
    } catch (error) {
      // The request may have arrived and been done: no answer says nothing of that.
      return this.#shown({ kind: "unknown", problem: `no answer from ${this.#origin}: ${messageOf(error)}` });
    }
  }

  /** A server may say anything, also what it was sent: what is said to people of its answer shows no key, and is one line. */
  #shown<Body>(result: CyclesResult<Body>): CyclesResult<Body> {
    if (result.kind === "unknown") return { ...result, problem: shownText(result.problem, this.#apiKey) };
    if (result.kind === "answered") return result;
    const { code, message } = result;
    const shownCode = knownCodes.has(code) ? code : shownText(code, this.#apiKey);
    return { ...result, code: shownCode, message: shownText(message, this.#apiKey) };
  }
}

function resultOf<O extends Operation>(
  operation: O,
  { status, headers, text }: HttpAnswer,
  roundTripMs: number,
): CyclesResult<AnswerOf<O>> {
  const waiting = retryAfterOf(headers["retry-after"]);
  const unknown = (problem: string): CyclesResult<AnswerOf<O>> => ({ kind: "unknown", problem, ...waiting });
  // What an error of the server has done before it went wrong, nobody can tell.
  if (status >= 500) return unknown(`the server failed with ${status}`);
  let body: unknown;
  try {
    body = readExact(text);
  } catch {
    // Neither done nor refused: what cannot be read says nothing.
    return unknown(`the answer with ${status} is no JSON`);
  }
  if (status === (operation === "event" ? 201 : 200)) {
    const read = answers[operation].safeParse(body);
    if (read.success) return { kind: "answered", body: read.data as AnswerOf<O>, roundTripMs };
    return unknown(`the answer with ${status} is not one of the protocol: ${read.error.issues[0]?.path.join(".") ?? ""}`);
  }
  const refused = answers.error.safeParse(body);
  if (status >= 400 && refused.success) {
    const { error: code, message, details } = refused.data;
    return { kind: "refused", status, code, message, ...(details == null ? {} : { details }), ...waiting };
  }
  return unknown(`the answer with ${status} is not one of the protocol`);
}

/** Whole seconds only, as the protocol has it: a date would need a clock that both sides agree on. */
function retryAfterOf(text: HttpAnswer["headers"][string]): { readonly retryAfterMs?: number } {
  return typeof text === "string" && /^\d+$/.test(text)
    ? { retryAfterMs: Math.min(Number(text) * 1_000, longestRetryAfterMs) }
    : {};
}

/** Where a server is on its host: empty, or a path without the slash at its end. */
export function folderOf({ pathname }: URL): string {
  return pathname.replace(/\/+$/, "");
}

/** @throws TypeError for what is not the address of a server that the key may be sent to */
function checkedUrl(baseUrl: string): URL {
  let url: URL;
  try {
    url = new URL(baseUrl);
  } catch {
    throw new TypeError("the Cycles base URL is no address");
  }
  if (url.username !== "" || url.password !== "" || url.search !== "" || url.hash !== "")
    throw new TypeError("the Cycles base URL holds more than a host and a path");
  // Elsewhere the key, and every amount, would travel in the clear.
  const isHere = url.hostname === "localhost" || url.hostname === "[::1]" || /^127(\.\d{1,3}){3}$/.test(url.hostname);
  if (url.protocol !== "https:" && !(url.protocol === "http:" && isHere))
    throw new TypeError(`the Cycles base URL is not https, and ${url.host} is not this machine`);
  return url;
}

/** @throws RangeError for an id that would lead to another path */
function pathOf(id: string): string {
  if (id === "" || id === "." || id === "..") throw new RangeError(`no reservation has the id "${id}"`);
  return `/reservations/${encodeURIComponent(id)}`;
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // Of a host all of whose addresses refuse, Node tells the code alone.
  return error.message === "" && "code" in error ? String(error.code) : error.message;
}

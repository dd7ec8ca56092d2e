import { randomBytes, randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { answersWith, type Operation } from "../wire/answers.js";
import { readExact, writeExact } from "../wire/exact-json.js";
import type { BudgetOptions } from "./budget.js";
import type { Budgets } from "./budgets.js";
import { CyclesEngine } from "./engine.js";
import { type Fault, type FaultOptions, Faults } from "./fault.js";
import { type Call, type Route, routeOf } from "./routes.js";
import { WireError } from "./wire-error.js";

export interface CyclesTestServerOptions {
  /** 0, and so unless said, is any that is free. */
  readonly port?: number;
  /** The keys of the tenants that there are, by tenant. */
  readonly apiKeys: Readonly<Record<string, string>>;
  readonly budgets: readonly BudgetOptions[];
  /** What is held past its time counts until a sweep, in milliseconds between two; 5,000 unless said. */
  readonly sweepMs?: number;
  /** No reservation lasts longer, in milliseconds; an hour unless said. */
  readonly maxTtlMs?: number;
  /** The server's clock, in milliseconds since 1970; this machine's unless another is given. */
  readonly now?: () => number;
}

/** A request that arrived, as tests look at it. */
export interface SeenRequest {
  readonly operation: Operation;
  readonly path: string;
  readonly idempotencyKey: string | undefined;
  readonly body: string;
  /** Undefined where the connection was broken off. */
  readonly status: number | undefined;
  /** What went wrong with it, on purpose. */
  readonly fault: FaultOptions["kind"] | undefined;
}

/** A request, and what it means. */
interface Arrival extends Omit<Call, "tenant"> {
  readonly method: string;
  readonly tenant: string | undefined;
  readonly route: Route | undefined;
}

interface Answer {
  readonly status: number;
  readonly body: object;
}

const answers = answersWith("refused");

/** On every hundredth request the real server closes its connection, and any that was idle for so long. */
const requestsAConnection = 100;
const idleMs = 60_000;

const maxBodyBytes = 1024 * 1024;

/**
 * A Cycles server for tests, on this machine and in this process. It keeps the rules of the real one as far as they were seen, breaks
 * where it is told to, and checks every request and every answer of its own against the protocol.
 */
export class CyclesTestServer {
  readonly faults = new Faults();
  /** Every request of the protocol that arrived, in order. */
  readonly requests: SeenRequest[] = [];
  /** Answers of its own that were not the protocol's. There should be none. */
  readonly violations: string[] = [];
  readonly #engine: CyclesEngine;
  readonly #server: Server;
  readonly #tenants: Map<string, string>;
  readonly #sweeping: NodeJS.Timeout;
  #served = 0;

  private constructor({ apiKeys, budgets, sweepMs = 5_000, maxTtlMs = 3_600_000, now = Date.now }: CyclesTestServerOptions) {
    this.#engine = new CyclesEngine({ now, maxTtlMs });
    for (const budget of budgets) this.#engine.budgets.set(budget);
    this.#tenants = new Map(Object.entries(apiKeys).map(([tenant, key]) => [key, tenant]));
    this.#server = createServer({ keepAliveTimeout: idleMs }, (request, response) => {
      this.#serve(request, response).catch(() => response.destroy());
    });
    this.#sweeping = setInterval(() => this.sweep(), sweepMs);
  }

  static async start(options: CyclesTestServerOptions): Promise<CyclesTestServer> {
    const server = new CyclesTestServer(options);
    server.#server.listen(options.port ?? 0, "127.0.0.1");
    await once(server.#server, "listening");
    return server;
  }

  /** Without `/v1`. */
  get baseUrl(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** What an operator looks at and changes. */
  get budgets(): Budgets {
    return this.#engine.budgets;
  }

  /** Another key for a tenant; the ones that it had are worth nothing then. */
  rotateKey(tenant: string, apiKey: string): void {
    for (const [known, of] of this.#tenants) if (of === tenant) this.#tenants.delete(known);
    this.#tenants.set(apiKey, tenant);
  }

  /** Gives back what is held past its time, now. */
  sweep(): void {
    this.#engine.sweep();
  }

  async close(): Promise<void> {
    clearInterval(this.#sweeping);
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, "close");
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const arrival = await this.#arrivalOf(request);
    if (arrival.path.startsWith("/test/")) return this.#control(arrival, response);
    const { route } = arrival;
    const fault = route === undefined ? undefined : this.faults.next(route.operation);
    if (fault?.kind === "lost_request") return this.#breakOff(arrival, fault, response);
    if (fault?.kind === "slow") await delay(fault.delayMs, undefined, { ref: false });
    const headers = this.#headersFor(request, arrival.tenant);
    let answer = this.#answer(arrival, fault, headers);
    if (fault?.kind === "twice") answer = this.#answer(arrival, fault, headers);
    this.#check(route?.operation, answer);
    if (fault?.kind === "lost_answer") return this.#breakOff(arrival, fault, response);
    this.#see(arrival, fault, answer.status);
    if (fault?.kind === "late") await delay(fault.delayMs, undefined, { ref: false });
    if (fault?.retryAfterS !== undefined) response.setHeader("Retry-After", String(fault.retryAfterS));
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    response.setHeader("Content-Type", answer.status === 401 ? "application/json;charset=UTF-8" : "application/json");
    response.statusCode = answer.status;
    response.end(fault?.kind === "malformed" ? '{"status":"DO' : writeExact(answer.body));
  }

  async #arrivalOf(request: IncomingMessage): Promise<Arrival> {
    const body = await bodyOf(request);
    const { pathname: path, searchParams: query } = new URL(request.url ?? "/", this.baseUrl);
    const key = request.headers["x-idempotency-key"];
    // A type of body that the real server does not know is an error of its own, and so are a path and a method.
    const isKnown = request.method === "GET" || request.headers["content-type"]?.startsWith("application/json") === true;
    return {
      method: request.method ?? "",
      path,
      query,
      body,
      headerKey: typeof key === "string" ? key : undefined,
      tenant: this.#tenants.get(String(request.headers["x-cycles-api-key"])),
      route: isKnown ? routeOf(request.method, path) : undefined,
    };
  }

  #answer(arrival: Arrival, fault: Fault | undefined, headers: Record<string, string>): Answer {
    const { route, tenant } = arrival;
    try {
      if (fault?.kind === "store_down") throw new WireError("UNAUTHORIZED", "INTERNAL_ERROR");
      if (fault?.kind === "refused") throw new WireError(fault.code, "refused by a fault of the test");
      if (tenant === undefined) throw new WireError("UNAUTHORIZED", "Invalid API key");
      if (route === undefined) throw new WireError("INTERNAL_ERROR", "Internal server error");
      const body = route.answer(this.#engine, { ...arrival, tenant });
      return { status: route.operation === "event" ? 201 : 200, body };
    } catch (error) {
      const { status, code, message, details } =
        error instanceof WireError ? error : new WireError("INTERNAL_ERROR", String(error));
      const ids = { request_id: headers["X-Request-Id"], trace_id: headers["X-Cycles-Trace-Id"] };
      return { status: fault?.kind === "refused" ? fault.status : status, body: { error: code, message, ...ids, details } };
    }
  }

  #breakOff(arrival: Arrival, fault: Fault, response: ServerResponse): void {
    this.#see(arrival, fault, undefined);
    response.destroy();
  }

  #see({ route, path, headerKey, body }: Arrival, fault: Fault | undefined, status: number | undefined): void {
    if (route === undefined) return;
    this.requests.push({ operation: route.operation, path, idempotencyKey: headerKey, body, status, fault: fault?.kind });
  }

  #headersFor(request: IncomingMessage, tenant: string | undefined): Record<string, string> {
    this.#served += 1;
    return {
      "X-Request-Id": randomUUID(),
      "X-Cycles-Trace-Id": traceOf(request),
      "X-RateLimit-Remaining": "-1",
      "X-RateLimit-Reset": "0",
      ...(tenant === undefined ? {} : { "X-Cycles-Tenant": tenant }),
      ...(this.#served % requestsAConnection === 0 ? { Connection: "close" } : {}),
    };
  }

  /** What is sent is read again, digit by digit, as a client has to. */
  #check(operation: Operation | undefined, { status, body }: Answer): void {
    const schema = status >= 400 ? answers.error : operation === undefined ? undefined : answers[operation];
    const result = schema?.safeParse(readExact(writeExact(body)));
    if (result?.success === false) this.violations.push(`${operation} ${status}: ${result.error.message}`);
  }

  /** For tests in other processes: what goes wrong next, and what was asked so far. */
  #control({ method, path, body }: Arrival, response: ServerResponse): void {
    const controls: Readonly<Record<string, () => object>> = {
      "POST /test/faults": () => {
        this.faults.add(JSON.parse(body) as FaultOptions);
        return {};
      },
      "GET /test/requests": () => this.requests,
      "GET /test/violations": () => this.violations,
    };
    const control = controls[`${method} ${path}`];
    response.setHeader("Content-Type", "application/json");
    if (control === undefined) response.statusCode = 404;
    response.end(writeExact(control?.() ?? { error: `there is no ${method} ${path}` }));
  }
}

/** `traceparent` first, then the protocol's own header, then a new one; what is malformed is ignored. */
function traceOf({ headers }: IncomingMessage): string {
  const [, parent] = /^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}$/.exec(String(headers["traceparent"])) ?? [];
  if (parent !== undefined) return parent;
  const own = String(headers["x-cycles-trace-id"]);
  return /^[0-9a-f]{32}$/.test(own) ? own : randomBytes(16).toString("hex");
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.byteLength;
    if (bytes > maxBodyBytes) throw new Error("the body is too long");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

import { execFileSync } from "node:child_process";
import { getEventListeners } from "node:events";
import type { IncomingMessage } from "node:http";
import { connect } from "node:net";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { Agent, type buildConnector } from "undici";
import { describe, expect, it, onTestFinished } from "vitest";
import { CyclesClient, exchange } from "../src/index.js";
import { answered, apiKey, hold, money, reserveOf, serverThat, startServer } from "./support/server.js";

/** A client whose connections are made so. */
function clientOver(baseUrl: string, connector: buildConnector.connector): CyclesClient {
  const dispatcher = new Agent({ connect: connector });
  onTestFinished(() => dispatcher.destroy());
  return new CyclesClient({ baseUrl, apiKey, exchange: ({ origin }, request) => exchange({ origin, dispatcher }, request) });
}

describe("what became of a request", () => {
  it.each(["lost_request", "lost_answer", "malformed"] as const)(
    "is unknown where the fault is %s, and the same key finds out",
    async (kind) => {
      const { client, server, budget } = await startServer();
      server.faults.add({ operation: "reserve", kind });
      expect(await client.reserve(reserveOf("a", 400n))).toMatchObject({ kind: "unknown" });
      expect(budget.reserved).toBe(kind === "lost_request" ? 0n : 400n);
      expect(await client.reserve(reserveOf("a", 400n))).toMatchObject({ kind: "answered" });
      expect(budget.reserved).toBe(400n);
      expect(server.requests.map(({ idempotencyKey }) => idempotencyKey)).toEqual(["a", "a"]);
    },
  );

  it("is the same where the request arrives twice", async () => {
    const { client, server, budget } = await startServer();
    server.faults.add({ operation: "reserve", kind: "twice" });
    expect(await client.reserve(reserveOf("a", 400n))).toMatchObject({ kind: "answered" });
    expect(budget.reserved).toBe(400n);
  });

  it("is unknown where the answer comes too late, and where whoever asked has given up", async () => {
    const { client, server, budget } = await startServer();
    const hasty = new CyclesClient({ baseUrl: server.baseUrl, apiKey, timeoutMs: 50 });
    server.faults.add({ operation: "reserve", kind: "late", delayMs: 60_000, times: 2 });
    expect(await hasty.reserve(reserveOf("a", 400n))).toMatchObject({ kind: "unknown" });
    const patience = new AbortController();
    const asked = client.reserve(reserveOf("b", 400n), { signal: patience.signal });
    while (budget.reserved < 800n) await new Promise(setImmediate);
    patience.abort();
    expect(await asked).toMatchObject({ kind: "unknown" });
  });

  it.each([500, 502, 503])("is unknown after %d, however well the error is told", async (status) => {
    const { client, server } = await startServer();
    server.faults.add({ operation: "reserve", kind: "refused", status });
    expect(await client.reserve(reserveOf("a", 1n))).toEqual({ kind: "unknown", problem: `the server failed with ${status}` });
  });

  it("is refused after 429, with how long to wait", async () => {
    const { client, server } = await startServer();
    server.faults.add({ operation: "reserve", kind: "refused", status: 429, code: "LIMIT_EXCEEDED", retryAfterS: 3 });
    expect(await client.reserve(reserveOf("a", 1n))).toMatchObject({
      kind: "refused",
      code: "LIMIT_EXCEEDED",
      retryAfterMs: 3_000,
    });
    server.faults.add({ operation: "reserve", kind: "refused", status: 503, retryAfterS: 0 });
    expect(await client.reserve(reserveOf("a", 1n))).toMatchObject({ kind: "unknown", retryAfterMs: 0 });
  });

  it.each([
    ["a day", "86400"],
    ["a month", "2592000"],
    ["longer than anybody can count", "9".repeat(400)],
  ])("is refused after 429 with a wait of a day at most, where the server asks for %s", async (_, text) => {
    const baseUrl = await serverThat((_request, response) => {
      response.writeHead(429, { "retry-after": text });
      response.end('{"error":"LIMIT_EXCEEDED","message":"no","request_id":"r"}');
    });
    const client = new CyclesClient({ baseUrl, apiKey });
    expect(await client.reserve(reserveOf("a", 1n))).toMatchObject({ kind: "refused", retryAfterMs: 86_400_000 });
  });

  it("is waited for by a client that may wait for longer than a timer can", async () => {
    const { server } = await startServer();
    const patient = new CyclesClient({ baseUrl: server.baseUrl, apiKey, timeoutMs: 2 ** 40 });
    server.faults.add({ operation: "reserve", kind: "late", delayMs: 100 });
    expect(await patient.reserve(reserveOf("a", 1n))).toMatchObject({ kind: "answered" });
  });

  it("is refused after 401, whatever the reason", async () => {
    const { client, server } = await startServer();
    server.faults.add({ operation: "commit", kind: "store_down" });
    const id = await hold(client, "a", 1n);
    expect(await client.commit(id, { idempotency_key: "c", actual: money(1n) })).toMatchObject({ kind: "refused", status: 401 });
  });

  it.each([
    ["another status than the operation's", 201, '{"decision":"ALLOW","affected_scopes":[]}'],
    ["an unknown decision", 200, '{"decision":"MAYBE","affected_scopes":[]}'],
    ["no decision of its own", 200, '{"__proto__":{"decision":"ALLOW"},"affected_scopes":[]}'],
    ["an amount with a part", 200, '{"decision":"ALLOW","affected_scopes":[],"reserved":{"unit":"TOKENS","amount":1.5}}'],
    ["an amount as text", 200, '{"decision":"ALLOW","affected_scopes":[],"reserved":{"unit":"TOKENS","amount":"1"}}'],
    [
      "an amount of 2^63",
      200,
      '{"decision":"ALLOW","affected_scopes":[],"reserved":{"unit":"TOKENS","amount":9223372036854775808}}',
    ],
    ["a page", 200, "<html>welcome</html>"],
    ["nothing", 200, ""],
    ["a list", 200, "[]"],
    ["an error without a code", 409, '{"message":"no"}'],
    ["a redirect", 307, ""],
  ])("is unknown where the answer is %s", async (_, status, body) => {
    const client = new CyclesClient({
      apiKey,
      baseUrl: await serverThat((_request, response) => response.writeHead(status, { location: "/elsewhere" }).end(body)),
    });
    expect(await client.reserve(reserveOf("a", 1n))).toMatchObject({ kind: "unknown" });
  });

  it("is unknown where the answer never ends, or is no text", async () => {
    const endless = await serverThat((_request, response) => {
      const more = (): void => {
        while (response.write(Buffer.alloc(65_536, 0x20)));
        response.once("drain", more);
      };
      more();
    });
    const result = await new CyclesClient({ baseUrl: endless, apiKey }).reserve(reserveOf("a", 1n));
    expect(result).toMatchObject({ kind: "unknown", problem: expect.stringContaining("longer than") });
    const packed = await serverThat((_request, response) =>
      response.setHeader("content-encoding", "gzip").end(gzipSync(Buffer.alloc(8 * 1024 * 1024, 0x20))),
    );
    expect(await new CyclesClient({ baseUrl: packed, apiKey }).reserve(reserveOf("a", 1n))).toMatchObject({
      problem: expect.stringContaining("longer than"),
    });
    const binary = await serverThat((_request, response) => response.end(Buffer.from([0x22, 0xff, 0x22])));
    expect(await new CyclesClient({ baseUrl: binary, apiKey }).reserve(reserveOf("a", 1n))).toMatchObject({ kind: "unknown" });
  });

  it.each([{ "content-length": "1000" }, {}])("is unknown where the answer is cut off after the headers %o", async (headers) => {
    const baseUrl = await serverThat((_request, response) => {
      response.writeHead(200, headers);
      response.write('{"decision":"ALLOW","affected_scopes":[]}', () => response.destroy());
    });
    // Known at once, and not after all the time that a request may take.
    const patient = new CyclesClient({ baseUrl, apiKey, timeoutMs: 600_000 });
    expect(await patient.reserve(reserveOf("a", 1n))).toMatchObject({ kind: "unknown" });
  });

  it("ends the connection of a request that whoever asked has given up, and is answered by its own answer after that", async () => {
    const late: IncomingMessage[] = [];
    const baseUrl = await serverThat((request, response) => {
      const key = request.headers["x-idempotency-key"];
      if (key === "late") late.push(request);
      else response.end(`{"decision":"ALLOW","affected_scopes":["${key}"]}`);
    });
    const patience = new AbortController();
    const client = new CyclesClient({ baseUrl, apiKey });
    const asked = client.reserve(reserveOf("late", 1n), { signal: patience.signal });
    while (late.length === 0) await new Promise(setImmediate);
    const closed = new Promise((resolve) => late[0]?.socket.once("close", resolve));
    patience.abort();
    expect(await asked).toMatchObject({ kind: "unknown" });
    await closed;
    expect(answered(await client.reserve(reserveOf("next", 1n)))).toMatchObject({ affected_scopes: ["next"] });
  });

  it("is unknown, and nothing is sent, where whoever asks has given up before", async () => {
    const { client, server } = await startServer();
    expect(await client.reserve(reserveOf("a", 1n), { signal: AbortSignal.abort() })).toMatchObject({ kind: "unknown" });
    expect(server.requests).toEqual([]);
  });

  it("is answered where a newer server adds members, and refused where it knows more codes", async () => {
    const body = '{"decision":"ALLOW","affected_scopes":[],"added_later":{"a":1},"balances":"later","caps":null}';
    const newer = await serverThat((request, response) => {
      if (request.url === "/v1/reservations") response.end(body);
      else response.writeHead(409).end('{"error":"ADDED_LATER","message":"no","request_id":"r","added_later":1}');
    });
    const client = new CyclesClient({ baseUrl: newer, apiKey });
    expect(answered(await client.reserve(reserveOf("a", 1n)))).toEqual({ decision: "ALLOW", affected_scopes: [], caps: null });
    expect(await client.decide(reserveOf("a", 1n))).toMatchObject({ kind: "refused", code: "ADDED_LATER" });
  });
});

describe("a client", () => {
  it.each([
    ["http://cycles.example.com", "not https"],
    ["ftp://127.0.0.1", "not https"],
    ["http://127.0.0.1.example.com", "not https"],
    ["http://localhost.example.com", "not https"],
    ["https://user:secret@cycles.example.com", "more than a host"],
    ["https://cycles.example.com?key=1", "more than a host"],
    ["cycles.example.com", "no address"],
  ])("refuses the address %s", (baseUrl, problem) => {
    expect(() => new CyclesClient({ baseUrl, apiKey })).toThrow(problem);
  });

  it.each([
    "https://cycles.example.com",
    "https://cycles.example.com/budgets/",
    "http://localhost:7878",
    "http://127.0.0.1:1",
    "http://[::1]:1",
  ])("takes the address %s", (baseUrl) => {
    expect(() => new CyclesClient({ baseUrl, apiKey })).not.toThrow();
  });

  it("asks below the path of its address, slash or none", async () => {
    const paths: (string | undefined)[] = [];
    const baseUrl = await serverThat((request, response) => {
      paths.push(request.url);
      response.end();
    });
    await new CyclesClient({ baseUrl, apiKey }).get("a");
    await new CyclesClient({ baseUrl: `${baseUrl}/`, apiKey }).get("a");
    await new CyclesClient({ baseUrl: `${baseUrl}/budgets/`, apiKey }).get("a");
    expect(paths).toEqual(["/v1/reservations/a", "/v1/reservations/a", "/budgets/v1/reservations/a"]);
  });

  it("keeps its connections for the next request, and leaves nothing on a signal that lasts longer", async () => {
    const ports = new Set<number | undefined>();
    const baseUrl = await serverThat((request, response) => {
      ports.add(request.socket.remotePort);
      response.end('{"decision":"ALLOW","affected_scopes":[]}');
    });
    const client = new CyclesClient({ baseUrl, apiKey });
    const { signal } = new AbortController();
    for (let serial = 0; serial < 10; serial += 1) answered(await client.reserve(reserveOf(`${serial}`, 1n), { signal }));
    // The answer is known a moment before its connection is free again: two take turns.
    expect(ports.size).toBeLessThanOrEqual(2);
    expect(getEventListeners(signal, "abort")).toEqual([]);
  });

  it("asks over the connections that it is given, and over ones that are TLS for an address that is", async () => {
    const requests: (string | undefined)[] = [];
    const baseUrl = await serverThat((request, response) => {
      requests.push(request.headers.host);
      response.end('{"decision":"ALLOW","affected_scopes":[]}');
    });
    const port = Number(new URL(baseUrl).port);
    const asked: unknown[] = [];
    const client = clientOver("https://cycles.example.com", ({ hostname, protocol }, callback) => {
      asked.push([protocol, hostname]);
      const socket = connect(port, "127.0.0.1", () => callback(null, socket));
    });
    expect(await client.reserve(reserveOf("a", 1n))).toMatchObject({ kind: "answered" });
    expect(asked).toEqual([["https:", "cycles.example.com"]]);
    expect(requests).toEqual(["cycles.example.com"]);
    const toPlainServer = new CyclesClient({ baseUrl: `https://localhost:${port}`, apiKey });
    expect(await toPlainServer.reserve(reserveOf("a", 1n))).toMatchObject({ kind: "unknown" });
    expect(requests).toHaveLength(1);
  });

  it("says why there is no answer, also where Node has a code for it and no words", async () => {
    const client = clientOver("http://127.0.0.1:1", (_options, callback) => {
      callback(Object.assign(new AggregateError([]), { code: "ECONNREFUSED" }), null);
    });
    expect(await client.reserve(reserveOf("a", 1n))).toEqual({
      kind: "unknown",
      problem: "no answer from http://127.0.0.1:1: ECONNREFUSED",
    });
  });

  it("sends nothing that nobody waits for any more by the time that there is a connection", async () => {
    let arrived = 0;
    const baseUrl = await serverThat((_request, response) => {
      arrived += 1;
      response.end('{"decision":"ALLOW","affected_scopes":[]}');
    });
    let open = (): void => undefined;
    const opened = new Promise<void>((resolve) => {
      open = resolve;
    });
    const client = clientOver(baseUrl, async (_options, callback) => {
      await opened;
      const socket = connect(Number(new URL(baseUrl).port), "127.0.0.1", () => callback(null, socket));
    });
    const patience = new AbortController();
    const asked = client.reserve(reserveOf("a", 1n), { signal: patience.signal });
    patience.abort();
    expect(await asked).toMatchObject({ kind: "unknown" });
    open();
    answered(await client.reserve(reserveOf("b", 1n)));
    expect(arrived).toBe(1);
  });

  it("leaves the program's own fetch as it was", () => {
    const program = `
      import "@agentkit-policy/adapter-cycles";
      import { Agent, getGlobalDispatcher } from "undici";
      process.stdout.write(String(getGlobalDispatcher() instanceof Agent));
    `;
    const cwd = fileURLToPath(new URL("..", import.meta.url));
    const said = execFileSync(process.execPath, ["--input-type=module", "--eval", program], { cwd, encoding: "utf8" });
    expect(said).toBe("false");
  });

  it("never shows its key, not where it cannot be used and not where the server is gone", async () => {
    for (const secret of ["", "a secret\nwith a line", "ключ"]) {
      let message = "";
      try {
        new CyclesClient({ baseUrl: "http://127.0.0.1:1", apiKey: secret });
      } catch (error) {
        message = String(error);
      }
      expect(message).toContain("API key");
      if (secret !== "") expect(message).not.toContain(secret);
    }
    const client = new CyclesClient({ baseUrl: "http://127.0.0.1:1", apiKey: "a-secret" });
    const result = await client.reserve(reserveOf("a", 1n));
    expect(JSON.stringify(result)).not.toContain("a-secret");
    expect(JSON.stringify(client)).not.toContain("a-secret");
  });

  it("shows what a server says in one line and without its key, also where that sends back what it was sent", async () => {
    let body = "";
    const baseUrl = await serverThat((_request, response) => response.writeHead(409).end(body));
    const client = new CyclesClient({ baseUrl, apiKey: "a-secret" });
    const said = (error: string, message: string) => {
      body = JSON.stringify({ error, message, request_id: "r" });
      return client.reserve(reserveOf("a", 1n));
    };
    expect(await said("BUDGET_EXCEEDED", "no room: 1 of 2 («ok»)")).toMatchObject({ message: "no room: 1 of 2 («ok»)" });
    expect(await said("ADDED_LATER a-secret", "X-Cycles-API-Key: a-secret\r\n\u001b[2Jall is well\u202e\u2028")).toMatchObject({
      code: "ADDED_LATER [the API key]",
      message: "X-Cycles-API-Key: [the API key]\\u{d}\\u{a}\\u{1b}[2Jall is well\\u{202e}\\u{2028}",
    });
    const short = new CyclesClient({ baseUrl, apiKey: "E" });
    body = JSON.stringify({ error: "RESERVATION_EXPIRED", message: "no", request_id: "r" });
    expect(await short.reserve(reserveOf("a", 1n)), "what a code means is no secret").toMatchObject({
      code: "RESERVATION_EXPIRED",
    });
  });

  it("shows no key of a way to ask that goes wrong", async () => {
    const client = new CyclesClient({
      baseUrl: "http://127.0.0.1:1",
      apiKey: "a-secret",
      exchange: async (_destination, { headers }) => {
        throw new Error(`the proxy refuses ${JSON.stringify(headers)}`);
      },
    });
    const result = await client.reserve(reserveOf("a", 1n));
    expect(result).toMatchObject({ kind: "unknown", problem: expect.stringContaining("the proxy refuses") });
    expect(JSON.stringify(result)).not.toContain("a-secret");
  });

  it("does not take its key to where it is redirected", async () => {
    let followed = false;
    const elsewhere = await serverThat((_request, response) => {
      followed = true;
      response.end();
    });
    const baseUrl = await serverThat((_request, response) => response.writeHead(307, { location: elsewhere }).end());
    await new CyclesClient({ baseUrl, apiKey }).reserve(reserveOf("a", 1n));
    expect(followed).toBe(false);
  });

  it("encodes an id, and refuses one that leads elsewhere", async () => {
    const { client, server } = await startServer();
    expect(await client.get("a/../b?c#d")).toMatchObject({ status: 404, code: "NOT_FOUND" });
    expect(server.requests.at(-1)?.path).toBe("/v1/reservations/a%2F..%2Fb%3Fc%23d");
    for (const id of ["", ".", ".."]) expect(() => client.get(id)).toThrow(RangeError);
  });

  it("sends a key that no header can carry in the body alone", async () => {
    const { client } = await startServer();
    expect(await client.reserve(reserveOf("ключ 1", 1n))).toMatchObject({ kind: "answered" });
    expect(answered(await client.list({ idempotency_key: "ключ 1" })).reservations).toHaveLength(1);
  });
});

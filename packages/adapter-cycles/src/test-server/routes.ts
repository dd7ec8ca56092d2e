import * as z from "zod";
import type { Operation } from "../wire/answers.js";
import { commitRequest, decideRequest, eventRequest, extendRequest, releaseRequest, reserveRequest } from "../wire/requests.js";
import { idempotencyKey, reservationStatus } from "../wire/values.js";
import type { CyclesEngine } from "./engine.js";
import { readRequest } from "./read-request.js";
import { WireError } from "./wire-error.js";

/** One request, once it is known who asks. */
export interface Call {
  readonly tenant: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: string;
  readonly headerKey: string | undefined;
}

export interface Route {
  readonly operation: Operation;
  readonly answer: (engine: CyclesEngine, call: Call) => object;
}

/** Which operation a method and a path mean. */
export function routeOf(method: string | undefined, path: string): Route | undefined {
  const known = `${method} ${path.replace(/^\/v1\/reservations\/[^/]+/, "/v1/reservations/{id}")}`;
  return routes[known];
}

const level = z.string().optional();
const levelFilter = { tenant: level, workspace: level, app: level, workflow: level, agent: level, toolset: level };
const listFilter = z.object({ ...levelFilter, idempotency_key: idempotencyKey.optional(), status: reservationStatus.optional() });
const balancesFilter = z
  .object(levelFilter)
  .refine((filter) => Object.values(filter).some((value) => value !== undefined), { error: "no level is given" });

const routes: Readonly<Record<string, Route>> = {
  "POST /v1/decide": {
    operation: "decide",
    answer: (engine, call) => engine.decide(call.tenant, ownSubject(call, readRequest(decideRequest, call))),
  },
  "POST /v1/reservations": {
    operation: "reserve",
    answer: (engine, call) => engine.reserve(call.tenant, ownSubject(call, readRequest(reserveRequest, call))),
  },
  "POST /v1/events": {
    operation: "event",
    answer: (engine, call) => engine.event(call.tenant, ownSubject(call, readRequest(eventRequest, call))),
  },
  "POST /v1/reservations/{id}/commit": {
    operation: "commit",
    answer: (engine, call) => engine.commit(call.tenant, idOf(call), readRequest(commitRequest, call)),
  },
  "POST /v1/reservations/{id}/release": {
    operation: "release",
    answer: (engine, call) => engine.release(call.tenant, idOf(call), readRequest(releaseRequest, call)),
  },
  "POST /v1/reservations/{id}/extend": {
    operation: "extend",
    answer: (engine, call) => engine.extend(call.tenant, idOf(call), readRequest(extendRequest, call)),
  },
  "GET /v1/reservations/{id}": { operation: "get", answer: (engine, call) => engine.get(call.tenant, idOf(call)) },
  "GET /v1/reservations": {
    operation: "list",
    answer: (engine, call) => engine.list(call.tenant, ownFilter(call, listFilter)),
  },
  "GET /v1/balances": {
    operation: "balances",
    answer: (engine, call) => engine.balancesFor(call.tenant, ownFilter(call, balancesFilter)),
  },
};

function idOf({ path }: Call): string {
  return decodeURIComponent(path.split("/")[3] ?? "");
}

/** A tenant that is given has to be the key's. One that is absent is not filled in. */
function ownSubject<Request extends { readonly subject: { readonly tenant?: string | undefined } }>(
  { tenant }: Call,
  request: Request,
): Request {
  checkTenant(tenant, request.subject.tenant);
  return request;
}

function ownFilter<Filter extends { readonly tenant?: string | undefined }>(call: Call, schema: z.ZodType<Filter>): Filter {
  const result = schema.safeParse(Object.fromEntries(call.query));
  if (!result.success) throw new WireError("INVALID_REQUEST", result.error.issues[0]?.message ?? "invalid query");
  checkTenant(call.tenant, result.data.tenant);
  return result.data;
}

function checkTenant(tenant: string, given: string | undefined): void {
  if (given !== undefined && given !== tenant) throw new WireError("FORBIDDEN", "the tenant is not the key's");
}

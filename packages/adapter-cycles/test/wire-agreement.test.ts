import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Ajv2020 } from "ajv/dist/2020.js";
import { expect, it } from "vitest";
import { parse } from "yaml";
import type { z } from "zod";
import { answersWith } from "../src/wire/answers.js";
import {
  commitRequest,
  decideRequest,
  eventRequest,
  extendRequest,
  releaseRequest,
  reserveRequest,
} from "../src/wire/requests.js";

/** A part of the protocol's own file, as far as it says what is valid. */
interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly items?: Schema;
  readonly maxItems?: number;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean | Schema;
  readonly maxProperties?: number;
}

type Body = Record<string, unknown>;

const file = fileURLToPath(new URL("../../../../shared/cycles/cycles-protocol-v0.yaml", import.meta.url));
const isPresent = existsSync(file);
const document = isPresent
  ? (parse(readFileSync(file, "utf8")) as { components: { schemas: Record<string, Schema> } })
  : undefined;
const answers = answersWith("refused");

const pairs: readonly (readonly [name: string, ours: z.ZodType])[] = [
  ["DecisionRequest", decideRequest],
  ["ReservationCreateRequest", reserveRequest],
  ["CommitRequest", commitRequest],
  ["ReleaseRequest", releaseRequest],
  ["ReservationExtendRequest", extendRequest],
  ["EventCreateRequest", eventRequest],
  ["DecisionResponse", answers.decide],
  ["ReservationCreateResponse", answers.reserve],
  ["CommitResponse", answers.commit],
  ["ReleaseResponse", answers.release],
  ["ReservationExtendResponse", answers.extend],
  ["EventCreateResponse", answers.event],
  ["ReservationDetail", answers.get],
  ["ReservationListResponse", answers.list],
  ["BalanceResponse", answers.balances],
  ["ErrorResponse", answers.error],
];

it.skipIf(!isPresent).each(pairs)("%s is valid where the protocol's file says so, which can be absent", (name, ours) => {
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  ajv.addSchema({ ...document, $id: "cycles" });
  const isTheirs = ajv.compile({ $ref: `cycles#/components/schemas/${name}` });
  const schema = schemaOf({ $ref: `#/components/schemas/${name}` });
  const good = sample(schema);
  expect(isTheirs(good), "the sample has every member and is valid").toBe(true);
  let verdicts = { valid: 0, invalid: 0 };
  for (const [what, body] of [["as it is", good] as const, ...changesOf(schema, good, name.endsWith("Request"))]) {
    // There the file only recommends an alphabet, which the real server insists on, and so do we.
    if (/^subject (tenant|workspace|app|workflow|agent|toolset) .* counted in characters$/.test(what)) continue;
    const theirs = isTheirs(body);
    verdicts = { valid: verdicts.valid + Number(theirs), invalid: verdicts.invalid + Number(!theirs) };
    expect(ours.safeParse(asRead(body)).success, `${name}: ${what}: ${JSON.stringify(body)}`).toBe(theirs);
  }
  expect(verdicts.valid).toBeGreaterThan(1);
  expect(verdicts.invalid).toBeGreaterThan(5);
});

it.skipIf(!isPresent)(
  "each object of the protocol's file that a client meets is among them, where the file is not absent",
  () => {
    const met = new Set<string>();
    const visit = (schema: Schema): void => {
      if (schema.$ref !== undefined) met.add(schema.$ref.replace("#/components/schemas/", ""));
      const full = schemaOf(schema);
      for (const part of Object.values(full.properties ?? {})) visit(part);
      if (full.items !== undefined) visit(full.items);
    };
    for (const [name] of pairs) visit({ $ref: `#/components/schemas/${name}` });
    const known = Object.keys(document?.components.schemas ?? {});
    // The signed evidence is fetched by whoever verifies it; the last is the order of a list.
    const apart = ["CyclesEvidenceEnvelope", "CyclesEvidenceJwk", "CyclesEvidenceJwks", "SortDirection"];
    expect(known.filter((name) => !met.has(name)).sort()).toEqual(apart);
  },
);

function schemaOf(schema: Schema): Schema {
  if (schema.$ref === undefined) return schema;
  const found = document?.components.schemas[schema.$ref.replace("#/components/schemas/", "")];
  if (found === undefined) throw new Error(`there is no ${schema.$ref}`);
  return found;
}

/** A valid value with every member there is. */
function sample(given: Schema): unknown {
  const schema = schemaOf(given);
  if (schema.enum !== undefined) return schema.enum[0];
  if (schema.pattern !== undefined) return "0".repeat(Number(/\{(\d+)\}/.exec(schema.pattern)?.[1]));
  switch (schema.type) {
    case "string":
      return "a";
    case "integer":
      return schema.minimum ?? 0;
    case "boolean":
      return true;
    case "array":
      return [sample(schema.items ?? {})];
    default:
      return Object.fromEntries(Object.entries(schema.properties ?? {}).map(([name, part]) => [name, sample(part)]));
  }
}

/** The value with one thing about it changed, in every way that its schema has something to say about. */
function* changesOf(given: Schema, value: unknown, isRequest: boolean): Generator<readonly [what: string, changed: unknown]> {
  const schema = schemaOf(given);
  // What servers write for what is absent is not in the file, and taken from them all the same.
  const types: readonly unknown[] = ["text", 1, true, [], {}, ...(isRequest ? [null] : [])];
  for (const other of types) if (JSON.stringify(other) !== JSON.stringify(value)) yield [`is ${JSON.stringify(other)}`, other];
  for (const member of schema.enum ?? []) yield [`is ${member}`, member];
  if (schema.enum !== undefined) yield ["is no member", "NO_MEMBER"];
  if (schema.pattern !== undefined) yield ["does not match", `${String(value)}0`];
  if (schema.type === "string") {
    const { minLength = 0, maxLength } = schema;
    if (minLength > 0) yield ["is too short", "a".repeat(minLength - 1)];
    if (maxLength !== undefined) {
      yield ["is as long as it may be", "a".repeat(maxLength)];
      yield ["is too long", "a".repeat(maxLength + 1)];
      yield ["is as long as it may be, counted in characters", "😀".repeat(maxLength)];
    }
  }
  if (schema.type === "integer") {
    yield ["is broken", 1.5];
    if (schema.minimum !== undefined) yield ["is too small", schema.minimum - 1];
    if (schema.maximum !== undefined) {
      yield ["is as large as it may be", schema.maximum];
      yield ["is too large", schema.maximum + 1];
    }
  }
  if (schema.type === "array") {
    for (const [what, item] of changesOf(schema.items ?? {}, (value as unknown[])[0], isRequest))
      yield [`has an item that ${what}`, [item]];
    const many = (count: number) => Array.from({ length: count }, () => (value as unknown[])[0]);
    if (schema.maxItems !== undefined) {
      yield ["has as many as it may", many(schema.maxItems)];
      yield ["has too many", many(schema.maxItems + 1)];
    }
  }
  if (schema.type === "object") yield* changesOfObject(schema, value as Body, isRequest);
}

function* changesOfObject(schema: Schema, value: Body, isRequest: boolean): Generator<readonly [what: string, changed: unknown]> {
  for (const [name, part] of Object.entries(schema.properties ?? {})) {
    const { [name]: before, ...rest } = value;
    yield [`has no ${name}`, rest];
    for (const [what, after] of changesOf(part, before, isRequest)) yield [`${name} ${what}`, { ...value, [name]: after }];
  }
  yield ["has a member more", { ...value, another: "text" }];
  const { additionalProperties: rest, maxProperties } = schema;
  if (typeof rest === "object")
    for (const [what, part] of changesOf(rest, "a", isRequest)) yield [`a member ${what}`, { another: part }];
  const many = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, n) => [`m${n}`, "a"]));
  if (maxProperties !== undefined) {
    yield ["has as many members as it may", many(maxProperties)];
    yield ["has too many members", many(maxProperties + 1)];
  }
}

/** As the exact reader gives it: whole numbers are big. */
function asRead(value: unknown): unknown {
  if (typeof value === "number") return Number.isInteger(value) ? BigInt(value) : value;
  if (Array.isArray(value)) return value.map(asRead);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, asRead(part)]));
}

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import * as validators from "../packages/schema/src/generated/validators.js";
import * as schema from "../packages/schema/src/index.js";
import { root } from "./import-rules.js";

interface Definition {
  readonly title?: string;
  readonly description?: string;
  readonly examples?: readonly unknown[];
  readonly counterexamples?: readonly unknown[];
}

const folder = join(root, "schemas", "v1");
const files = readdirSync(folder).filter((file) => file.endsWith(".schema.json") && file !== "vector.schema.json");
const definitions: (readonly [string, Definition])[] = files.flatMap((file) =>
  Object.entries(JSON.parse(readFileSync(join(folder, file), "utf8")).$defs as Record<string, Definition>),
);
const codes = JSON.parse(readFileSync(join(folder, "codes.json"), "utf8")).codes as Record<string, string>;

it("the contract is looked at", () => {
  expect(files.length).toBeGreaterThanOrEqual(5);
  expect(definitions.length).toBeGreaterThanOrEqual(25);
});

describe.each(definitions)("%s", (name, definition) => {
  const validate = (validators as unknown as Record<string, (value: unknown) => boolean>)[name];

  it("says what it is, by its own name", () => {
    expect(definition.title).toBe(name);
    expect(definition.description).toMatch(/\.$/);
    expect(validate).toBeTypeOf("function");
  });

  it("has examples that validate and counterexamples that do not", () => {
    expect(definition.examples?.length).toBeGreaterThan(0);
    // Every value that JSON can hold is a JsonValue.
    if (name !== "JsonValue" && name !== "StringMap") expect(definition.counterexamples?.length).toBeGreaterThan(0);
    for (const example of definition.examples ?? []) expect(validate?.(example), JSON.stringify(example)).toBe(true);
    for (const example of definition.counterexamples ?? []) expect(validate?.(example), JSON.stringify(example)).toBe(false);
  });
});

describe("a validator", () => {
  it("takes no inherited member for the object's own", () => {
    expect(schema.isPolicyDecision({ decision: "allow" })).toBe(true);
    expect(schema.isPolicyDecision(Object.create({ decision: "allow" }))).toBe(false);
    class Allow {
      get decision(): string {
        return "allow";
      }
    }
    expect(schema.isPolicyDecision(new Allow())).toBe(false);
  });

  it("ignores keys that it does not know", () => {
    expect(schema.isPolicyDecision({ decision: "allow", note: 1 })).toBe(true);
  });

  it("says what is wrong", () => {
    expect(schema.problemOf(schema.isIdentity, { userId: "" })).toContain("userId");
    expect(schema.problemOf(schema.isIdentity, { userId: "u" })).toBeUndefined();
  });
});

describe("an action's hash", () => {
  const call = { layer: "action", actionName: "a", args: { to: "x", value: "1" } } as const;

  it("is the same for the same call, however its members are ordered", () => {
    expect(schema.actionHash({ args: { value: "1", to: "x" }, actionName: "a", layer: "action" })).toBe(schema.actionHash(call));
  });

  it.each([
    ["layer", { ...call, layer: "wallet" as const }],
    ["name", { ...call, actionName: "b" }],
    ["chain", { ...call, chainId: "eip155:1" }],
    ["wallet", { ...call, walletAddress: "0x1" }],
    ["arguments", { ...call, args: { to: "x", value: 1 } }],
  ])("differs with another %s", (_name, other) => {
    expect(schema.actionHash(other)).not.toBe(schema.actionHash(call));
  });

  it("is SHA-256 over a prefix and canonical JSON (RFC 8785)", () => {
    expect(schema.canonicalJson({ b: 1, a: [1e21, "é", 0.1] })).toBe('{"a":[1e+21,"é",0.1],"b":1}');
    expect(schema.actionHash(call)).toBe(
      schema.sha256Hex('agentkit-policy/action/v1\n{"actionName":"a","args":{"to":"x","value":"1"},"layer":"action"}'),
    );
    expect(schema.sha256Hex("abc")).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  });
});

describe("the method table", () => {
  const schemas = Object.fromEntries(definitions) as Record<string, { properties?: object; anyOf?: { properties: object }[] }>;
  const { methods } = JSON.parse(readFileSync(join(folder, "methods.json"), "utf8")) as {
    methods: { name: string; params: string[]; result?: string[] }[];
  };
  const membersOf = (name: string): string[] =>
    (schemas[name]?.anyOf ?? [{ properties: schemas[name]?.properties ?? {} }]).flatMap(({ properties }) =>
      Object.keys(properties),
    );

  it.each([
    ["initialize", "InitializeParams", ["InitializeResult"]],
    ["policy/beforeAction", "BeforeActionParams", ["DecisionAnswer"]],
    ["policy/beforeWalletCall", "BeforeWalletCallParams", ["DecisionAnswer"]],
    ["policy/observe", "ObserveParams", []],
    ["policy/settle", "SettleParams", ["SettleResult"]],
    ["shutdown", "none", []],
  ])("says of %s what its schemas say", (name, params, results) => {
    const method = methods.find((candidate) => candidate.name === name);
    expect(method?.params).toEqual(membersOf(params));
    const known = results.flatMap(membersOf);
    expect(known).toEqual(expect.arrayContaining(method?.result ?? []));
    expect(method?.result === undefined).toBe(known.length === 0);
  });

  it("holds no other method", () => {
    expect(methods).toHaveLength(6);
  });
});

describe("the codes", () => {
  const filesBelow = (path: string, ending: string): string[] =>
    readdirSync(join(root, path), { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(ending))
      .map((file) => readFileSync(join(root, path, file), "utf8"));
  const sources = ["core", "policies", "sidecar", "adapter-cycles"].flatMap((name) => filesBelow(`packages/${name}/src`, ".ts"));
  const python = filesBelow("python/src/agentkit_policy", ".py");
  const faults = readFileSync(join(root, "packages", "ledger", "src", "ledger-fault.ts"), "utf8");
  // The codes of set-up errors are no reasons of a denial.
  const setUp = new Set([
    "already_guarded",
    "not_guarded",
    "no_policy",
    "invalid_policy",
    "invalid_option",
    "unrecognized_keys",
    "too_small",
    "invalid_value",
  ]);
  const used = [
    ...sources.flatMap((text) =>
      [...text.matchAll(/\bcode: "([a-z_]+)"|code \?\? "([a-z_]+)"|ambiguous\("([a-z_]+)"/g)].map(
        (match) => match[1] ?? match[2] ?? match[3] ?? "",
      ),
    ),
    ...python.flatMap((text) => [...text.matchAll(/\bdenied\(\s*"([a-z_]+)"/g)].map(([, code = ""]) => code)),
    ...[...faults.matchAll(/\| "(ledger_[a-z_]+)"/g)].map((match) => match[1] ?? ""),
  ].filter((code) => !setUp.has(code));

  it("that denials carry are listed, and the list holds no others", () => {
    expect(new Set(used).size).toBeGreaterThan(20);
    expect(python.join("").match(/\bdenied\(/g)?.length).toBeGreaterThan(10);
    expect([...new Set(used)].sort()).toEqual(Object.keys(codes).sort());
  });
});

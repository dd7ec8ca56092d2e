import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import Ajv2020 from "ajv/dist/2020.js";
import standaloneCode from "ajv/dist/standalone/index.js";
import { build } from "esbuild";
import { compile } from "json-schema-to-typescript";
import { root } from "./paths.mjs";
import { printChecks } from "./python-checks.mjs";
import { printPythonTypes } from "./python-types.mjs";

const schemaFolder = "schemas/v1";
const generatedFolder = "packages/schema/src/generated";
/** The form of the vectors says how they are written; no product code reads one. */
const vectorsForm = "vector.schema.json";
const labelsFile = "outcome-labels.json";
const pythonFolder = "python/src/agentkit_policy/generated";

/** Every definition of `schemas/v1`, by name, with references made local. */
export function readDefinitions() {
  const files = readdirSync(join(root, schemaFolder)).filter((file) => file.endsWith(".schema.json") && file !== vectorsForm);
  const definitions = {};
  const hash = createHash("sha256");
  for (const file of files.sort()) {
    const text = readFileSync(join(root, schemaFolder, file), "utf8");
    hash.update(`${file}\n${text}`);
    for (const [name, definition] of Object.entries(JSON.parse(text).$defs)) {
      if (Object.hasOwn(definitions, name)) throw new Error(`${schemaFolder}/${file}: ${name} is defined twice`);
      definitions[name] = withLocalReferences(definition);
    }
  }
  return { files, definitions, sha256: hash.digest("hex") };
}

/** The files that are generated from the contract: path from the root, and what it has to hold. */
export async function generate() {
  const contract = readDefinitions();
  const headed = (comment) =>
    [
      `${comment} Generated from ${schemaFolder} by "npm run codegen". Do not edit.`,
      `${comment} Sources: ${contract.files.join(", ")}; SHA-256 ${contract.sha256}`,
      "",
    ].join("\n");
  const header = headed("//");
  const labelsText = readFileSync(join(root, schemaFolder, labelsFile), "utf8");
  const { title: _title, description: _description, ...labels } = JSON.parse(labelsText);
  const headedData = (comment) =>
    [
      `${comment} Generated from ${schemaFolder}/${labelsFile} by "npm run codegen". Do not edit.`,
      `${comment} SHA-256 of the source: ${createHash("sha256").update(labelsText).digest("hex")}`,
      "",
      "",
    ].join("\n");
  const plain = withoutSamples(contract.definitions);
  return [
    { path: `${generatedFolder}/types.ts`, text: `${header}\n${await printTypes(contract.definitions)}` },
    {
      path: `${generatedFolder}/validators.ts`,
      text: `${header}// @ts-nocheck: the output of Ajv's compiler.\n${await printValidators(contract.definitions)}`,
    },
    { path: `${generatedFolder}/outcome-labels.ts`, text: `${headedData("//")}${typescriptData("outcomeLabels", labels)}` },
    { path: `${pythonFolder}/outcome_labels.py`, text: `${headedData("#")}${pythonData("OUTCOME_LABELS", labels)}` },
    { path: `${pythonFolder}/types.py`, text: `${headed("#")}${await printPythonTypes(plain)}` },
    { path: `${pythonFolder}/checks.py`, text: `${headed("#")}${printChecks(plain)}` },
  ];
}

/** Data as a TypeScript module. */
function typescriptData(name, data) {
  const type =
    "{\n  readonly beginnings: readonly string[];\n  readonly statusBeginnings: readonly string[];\n" +
    "  readonly actions: Readonly<\n    Record<string, { readonly beginnings?: readonly string[]; readonly emptyMeansFailure?: boolean }>\n  >;\n}";
  return `/** How actions say that they failed: by any action, and by the canonical id of one. */\nexport const ${name}: ${type} = ${JSON.stringify(data, null, 2)};\n`;
}

/** Data as a Python module: what every action may say. Whose canonical id an action has, only the sidecar knows. */
function pythonData(name, { actions: _actions, ...data }) {
  const lists = Object.entries(data).map(
    ([key, words]) =>
      `    ${JSON.stringify(key)}: [\n${words.map((word) => `        ${JSON.stringify(word)},\n`).join("")}    ],\n`,
  );
  return `${name} = {\n${lists.join("")}}\n`;
}

async function printTypes(definitions) {
  const schema = { title: "Contract", type: "object", additionalProperties: false, $defs: definitions };
  const text = await compile(withoutReferenceTexts(withoutSamples(schema)), "Contract", {
    bannerComment: "",
    additionalProperties: false,
    unreachableDefinitions: true,
    format: true,
    style: { printWidth: 130 },
  });
  // The root exists only to carry the definitions, and the generator says so at each of them.
  const own = text
    .replace(/export interface Contract \{\}\n/, "")
    .replace(/ \*\n \* This interface was referenced by[^\n]*\n[^\n]*\n/g, "");
  return `${own.trim()}\n`;
}

async function printValidators(definitions) {
  const ajv = new Ajv2020({
    // Without it an inherited `decision`, or a polluted prototype, validates as an allow.
    ownProperties: true,
    strict: true,
    allowUnionTypes: true,
    code: { source: true, esm: true },
  });
  ajv.addSchema({ $id: "contract", $defs: withoutSamples(definitions) });
  const exported = Object.fromEntries(Object.keys(definitions).map((name) => [name, `contract#/$defs/${name}`]));
  const bundle = await build({
    stdin: { contents: standaloneCode(ajv, exported), resolveDir: root, loader: "js" },
    bundle: true,
    format: "esm",
    minifySyntax: true,
    platform: "node",
    target: "es2022",
    write: false,
    legalComments: "none",
  });
  // Ajv's helper carries its own source as text, for further bundling; a reader would take it for an import.
  return bundle.outputFiles[0].text.replace(/\n\s*\w+\.code = ["']require[^\n]*/g, "");
}

function withLocalReferences(value) {
  return mapObjects(value, (key, member) => (key === "$ref" ? member.replace(/^[a-z-]+\.schema\.json#/, "#") : member));
}

/** A reference with a text of its own would become a second type of the same meaning. */
function withoutReferenceTexts(value) {
  if (Array.isArray(value)) return value.map(withoutReferenceTexts);
  if (typeof value !== "object" || value === null) return value;
  if (typeof value.$ref === "string") return { $ref: value.$ref };
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, withoutReferenceTexts(member)]));
}

function withoutSamples(value) {
  return mapObjects(value, (key, member) => (key === "examples" || key === "counterexamples" ? undefined : member));
}

function mapObjects(value, change) {
  if (Array.isArray(value)) return value.map((item) => mapObjects(item, change));
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, member]) => [key, change(key, member)]);
  return Object.fromEntries(
    entries.filter(([, member]) => member !== undefined).map(([key, member]) => [key, mapObjects(member, change)]),
  );
}

/**
 * Writes plain Python that checks JSON against definitions of the contract: what the shim believes of an answer, without a
 * library at run time. It knows exactly the keywords that those definitions use, and refuses any other.
 */

/** The definitions whose values come from outside of the shim: a policy's answer, and the sidecar's. */
const roots = ["PolicyDecision", "DecisionAnswer", "InitializeResult", "SettleResult"];

/** Keywords that say nothing of what is valid. */
const silent = new Set(["title", "description", "examples", "counterexamples"]);

/** @param {Record<string, object>} definitions with local references */
export function printChecks(definitions) {
  const wanted = reachable(definitions, roots);
  const functions = wanted.map((name) => {
    const checks = checksOf(definitions[name], "value");
    const body = checks.length === 1 ? checks[0] : `(\n        ${checks.join("\n        and ")}\n    )`;
    return `def is_${snake(name)}(value: Any) -> bool:\n    return ${body}\n`;
  });
  return [
    '"""Whether a value of JSON matches a definition of the contract. Extra keys are ignored."""',
    "",
    "import re",
    "from typing import Any",
    "",
    "",
    "def _is_number(value: Any) -> bool:",
    '    return type(value) in (int, float) and value == value and abs(value) != float("inf")',
    "",
    "",
    "def _has(value: Any, required: tuple[str, ...]) -> bool:",
    "    return type(value) is dict and all(name in value for name in required)",
    "",
    "",
    functions.join("\n\n"),
  ].join("\n");
}

/** The definitions that others refer to come first. */
function reachable(definitions, names, found = []) {
  for (const name of names) {
    if (found.includes(name)) continue;
    reachable(definitions, referencesOf(definitions[name]), found);
    if (!found.includes(name)) found.push(name);
  }
  return found;
}

function referencesOf(schema) {
  if (Array.isArray(schema)) return schema.flatMap(referencesOf);
  if (typeof schema !== "object" || schema === null) return [];
  if (typeof schema.$ref === "string") return [schema.$ref.replace("#/$defs/", "")];
  return Object.entries(schema).flatMap(([key, member]) => (silent.has(key) ? [] : referencesOf(member)));
}

/** An expression of Python that is true where `value` matches. */
function checkOf(schema, value) {
  const parts = checksOf(schema, value);
  return parts.length === 1 ? parts[0] : `(${parts.join(" and ")})`;
}

function checksOf(schema, value) {
  const parts = [];
  for (const [keyword, given] of Object.entries(schema)) {
    if (silent.has(keyword)) continue;
    if (printers[keyword] === undefined) throw new Error(`python-checks.mjs does not know the keyword "${keyword}"`);
    parts.push(...[printers[keyword](given, value, schema)].flat().filter((part) => part !== ""));
  }
  return parts.length === 0 ? ["True"] : parts;
}

const types = {
  string: (value) => `isinstance(${value}, str)`,
  boolean: (value) => `type(${value}) is bool`,
  null: (value) => `${value} is None`,
  number: (value) => `_is_number(${value})`,
  integer: (value) => `(_is_number(${value}) and ${value} == int(${value}))`,
  array: (value) => `type(${value}) is list`,
  object: (value, { required = [] }) => `_has(${value}, ${tuple(required)})`,
};

const printers = {
  $ref: (name, value) => `is_${snake(name.replace("#/$defs/", ""))}(${value})`,
  type: (type, value, schema) => types[type](value, schema),
  required: () => "",
  const: (constant, value) => `(type(${value}) is ${pythonType(constant)} and ${value} == ${JSON.stringify(constant)})`,
  enum: (members, value) => `(isinstance(${value}, str) and ${value} in ${tuple(members)})`,
  pattern: (pattern, value) => {
    // Python's $ matches before a last line break too; the whole text has to match.
    if (!/^\^.*\$$/.test(pattern)) throw new Error(`the pattern ${pattern} has to be anchored on both sides`);
    return `re.fullmatch(${JSON.stringify(pattern.slice(1, -1))}, ${value}) is not None`;
  },
  minLength: (length, value) => `len(${value}) >= ${length}`,
  maxLength: (length, value) => `len(${value}) <= ${length}`,
  minItems: (length, value) => `len(${value}) >= ${length}`,
  minimum: (least, value) => `${value} >= ${least}`,
  maximum: (most, value) => `${value} <= ${most}`,
  items: (schema, value) => `all(${checkOf(schema, "item")} for item in ${value})`,
  anyOf: (schemas, value) => `(${schemas.map((schema) => checkOf(schema, value)).join(" or ")})`,
  // Exactly one, and not merely some.
  oneOf: (schemas, value) => `sum((${schemas.map((schema) => checkOf(schema, value)).join(", ")})) == 1`,
  properties: (members, value, { required = [] }) =>
    Object.entries(members)
      .map(([name, schema]) => {
        const check = checkOf(schema, `${value}["${name}"]`);
        if (check === "True") return "";
        return required.includes(name) ? check : `("${name}" not in ${value} or ${check})`;
      })
      .filter((check) => check !== ""),
  additionalProperties: (schema, value, { properties = {} }) => {
    if (schema === true) return "";
    if (schema === false || Object.keys(properties).length > 0) throw new Error("only maps have additional properties");
    return `all(${checkOf(schema, "member")} for member in ${value}.values())`;
  },
};

function tuple(members) {
  return `(${members.map((member) => `${JSON.stringify(member)},`).join(" ")})`;
}

function pythonType(constant) {
  return { string: "str", number: "int", boolean: "bool" }[typeof constant];
}

function snake(name) {
  return name.replace(/(?<=[a-z0-9])[A-Z]/g, "_$&").toLowerCase();
}

// @ts-check

/** Texts that some argument of some action takes: addresses, amounts, names, dates. */
const texts = [
  "0x70997970C51812dc3A010C7d01b50e0d17dc79C8",
  "1",
  "0.1",
  `0x${"ab".repeat(32)}`,
  "base-sepolia",
  "https://example.com/",
  "alice.base.eth",
  "ETH",
  "0x",
  "2026-01-01T00:00:00Z",
  "2f0a4f0e-2b1f-4f5e-9d0a-1f1e6a6f3c11",
  "So11111111111111111111111111111111111111112",
  "abcdefgh",
];
/** What an argument of that name most likely takes, tried first. */
const hints = /** @type {readonly (readonly [RegExp, string])[]} */ ([
  [/token(Address)?$|contract/i, "0x036CbD53842c5426634e7929541eC2318f3dCF7e"],
  [/amount|value|quantity|shares|assets|price|size|rate|tokenId/i, "1"],
  [/symbol/i, "USDC"],
  [/url|uri|image/i, "https://example.com/"],
  [/chain|network/i, "base"],
  [/date|time/i, "2026-01-01T00:00:00Z"],
]);
const numbers = [1, 10, 100, 0.5, 1_800_000_000];

/**
 * Arguments that a zod schema takes, made up.
 * @param {any} schema
 * @returns {unknown} undefined where none of the known values fit
 */
export function sampleArguments(schema) {
  const choices = /** @type {Map<string, number>} */ (new Map());
  for (let attempt = 0; attempt < 300; attempt += 1) {
    const args = sample(schema, [], choices);
    const { success, error } = schema.safeParse(args);
    if (success) return args;
    for (const { path } of error.issues) choices.set(path.join("."), (choices.get(path.join(".")) ?? 0) + 1);
  }
  return undefined;
}

/**
 * @param {any} schema
 * @param {readonly (string | number)[]} path
 * @param {ReadonlyMap<string, number>} choices which of the known values is tried where
 * @returns {unknown}
 */
function sample(schema, path, choices) {
  const { typeName, ...def } = schema._def;
  const choice = choices.get(path.join(".")) ?? 0;
  const of = (/** @type {readonly unknown[]} */ values) => values[choice % values.length];
  switch (typeName) {
    case "ZodObject":
      return Object.fromEntries(
        Object.entries(schema.shape).flatMap(([key, member]) => {
          const value = sample(member, [...path, key], choices);
          return value === undefined ? [] : [[key, value]];
        }),
      );
    case "ZodArray":
      return [sample(def.type, [...path, 0], choices)];
    case "ZodString":
      return of([...hints.flatMap(([names, text]) => (names.test(String(path.at(-1))) ? [text] : [])), ...texts]);
    case "ZodNumber":
      return of(numbers);
    case "ZodBigInt":
      return 1n;
    case "ZodBoolean":
      return true;
    case "ZodEnum":
      return of(def.values);
    case "ZodNativeEnum":
      return of(Object.values(def.values));
    case "ZodLiteral":
      return def.value;
    case "ZodUnion":
      return sample(def.options[choice % def.options.length], path, choices);
    case "ZodEffects":
      return sample(def.schema, path, choices);
    case "ZodNullable":
      return sample(def.innerType, path, choices);
    case "ZodOptional":
    case "ZodDefault":
      // Given only where the whole asks for it.
      return choice === 0 ? undefined : sample(def.innerType, path, new Map([...choices, [path.join("."), choice - 1]]));
    case "ZodRecord":
      return {};
    default:
      return "anything";
  }
}

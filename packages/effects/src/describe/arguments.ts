import type { JsonValue } from "@agentkit-policy/schema";
import { parseAddress } from "../address.js";
import { checkAmount } from "../amount.js";
import { ArgumentsError } from "./describer.js";

/** The names of an action's arguments in one of the languages, with what each means. */
export type Spelling<Meaning extends string> = ReadonlyMap<string, Meaning>;

/**
 * Keys that models add to any call, and that none of the described actions reads. They decide nothing. Any other key
 * that an action is not known to take makes the arguments invalid: a fork of AgentKit might use it.
 */
const ignoredKeys: ReadonlySet<string> = new Set([
  "action",
  "actionName",
  "agentId",
  "wallet",
  "policy",
  "approved",
  "dryRun",
  "memo",
  "note",
]);

/**
 * The arguments by meaning, in the one spelling that they are written in. The same action's arguments have other names in
 * TypeScript and Python; a mixture of both would have two readings.
 * @throws ArgumentsError when they are no object, one is missing, or there are others.
 */
export function pickArguments<Meaning extends string>(
  args: JsonValue,
  spellings: readonly Spelling<Meaning>[],
): Readonly<Record<Meaning, JsonValue>> {
  if (typeof args !== "object" || args === null || Array.isArray(args))
    throw new ArgumentsError("the arguments are not an object");
  for (const spelling of spellings) {
    const picked = pick(args, spelling);
    if (picked !== undefined) return picked;
  }
  const known = spellings.map((spelling) => [...spelling.keys()].join(", ")).join(" or ");
  throw new ArgumentsError(`the arguments have to be exactly: ${known}`);
}

/**
 * An amount as text that keeps the grammar; Python's Decimal counts as its text.
 * @throws ArgumentsError when it is no text (a number has lost digits before anybody can look), AmountError when it is no amount.
 */
export function amountText(value: JsonValue, name: string): string {
  const text = decimalText(value) ?? value;
  if (typeof text !== "string") throw new ArgumentsError(`the argument ${name} has to be text, such as "12.5"`);
  checkAmount(text);
  return text;
}

/** @throws ArgumentsError when the value is no EVM address, or one with a wrong checksum. */
export function addressOf(value: JsonValue, what: string): string {
  const address = typeof value === "string" ? parseAddress(value) : undefined;
  if (address === undefined)
    throw new ArgumentsError(`${what} is no address: 0x and 40 hexadecimal digits, with a right checksum`);
  return address;
}

/** Whether an amount that keeps the grammar is zero. */
export function isZero(text: string): boolean {
  return !/[1-9]/.test(text);
}

function decimalText(value: JsonValue): string | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  const text = Object.hasOwn(value, "$decimal") && Object.keys(value).length === 1 ? value["$decimal"] : undefined;
  return typeof text === "string" ? text : undefined;
}

function pick<Meaning extends string>(
  args: { readonly [name: string]: JsonValue },
  spelling: Spelling<Meaning>,
): Readonly<Record<Meaning, JsonValue>> | undefined {
  const picked: Partial<Record<Meaning, JsonValue>> = {};
  let missing = spelling.size;
  for (const name of Object.keys(args)) {
    const meaning = spelling.get(name);
    if (meaning === undefined) {
      if (ignoredKeys.has(name)) continue;
      return undefined;
    }
    picked[meaning] = args[name] as JsonValue;
    missing -= 1;
  }
  return missing === 0 ? (picked as Record<Meaning, JsonValue>) : undefined;
}

import type { JsonValue } from "@agentkit-policy/schema";

/** What a message is, by the arguments of the call that wants it signed: text or bytes that nobody takes for a hash, or one. */
export type Message = "message" | "hash";

const hashBytes = 32;

/**
 * Reads the message among the arguments of a wallet call; undefined where it has no known form.
 *
 * A signature of 32 bytes with the prefix of a message is how the owner of a smart account signs a user operation (ERC-4337) and a
 * transaction of a Safe, so that it can authorise anything, like a bare hash. Direction of failure: whatever may be such a value is one.
 */
export function readMessage(payload: JsonValue | undefined): Message | undefined {
  if (!Array.isArray(payload)) return undefined;
  const [message, ...more] = payload as readonly JsonValue[];
  // An argument that nobody understands can change what the first one means; one that was left out is null here.
  if (more.some((argument) => argument !== null)) return undefined;
  return typeof message === "string" ? readText(message) : readRaw(message);
}

/**
 * Text of 32 plain characters is 32 bytes as well, and an ordinary message. A hash reads so once in 20 million million, so that only
 * somebody who looks for such a one for days finds it; beyond printable ASCII it would be found in minutes, and what is written with
 * other letters in exactly 32 bytes counts as a hash. Wallets differ in whether hexadecimal text is text or bytes.
 */
function readText(text: string): Message {
  if (isHash(text)) return "hash";
  return Buffer.byteLength(text) === hashBytes && !/^[\t\n\r\x20-\x7e]*$/.test(text) ? "hash" : "message";
}

/** Bytes, as TypeScript and Python hand them over, or what viem calls raw. Whoever means text can give it as text. */
function readRaw(message: JsonValue | undefined): Message | undefined {
  const raw = onlyMember(message, "raw") ?? message;
  if (typeof raw === "string") return /^0x([0-9a-f]{2})*$/i.test(raw) ? (isHash(raw) ? "hash" : "message") : undefined;
  const base64 = onlyMember(raw, "$bytes");
  if (typeof base64 !== "string") return undefined;
  return Buffer.from(base64, "base64").byteLength === hashBytes ? "hash" : "message";
}

function isHash(text: string): boolean {
  return /^0x[0-9a-f]{64}$/i.test(text);
}

/** The member of an object that has no other. */
function onlyMember(value: JsonValue | undefined, name: string): JsonValue | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  return Object.hasOwn(value, name) && Object.keys(value).length === 1 ? value[name] : undefined;
}

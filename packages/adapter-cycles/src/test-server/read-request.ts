import type { z } from "zod";
import { readExact } from "../wire/exact-json.js";
import { WireError } from "./wire-error.js";

/**
 * Reads a body as the real server does: null is absence, and an amount that is text or no whole number is taken for one.
 * @throws WireError INVALID_REQUEST
 */
export function readRequest<Schema extends z.ZodType>(
  schema: Schema,
  { body: text, headerKey }: { readonly body: string; readonly headerKey: string | undefined },
): z.output<Schema> {
  let body: unknown;
  try {
    body = readExact(text);
  } catch {
    throw new WireError("INVALID_REQUEST", "Malformed request body");
  }
  const result = schema.safeParse(lenient(body));
  if (!result.success) {
    const [issue] = result.error.issues;
    throw new WireError("INVALID_REQUEST", `${issue?.path.join(".") ?? ""}: ${issue?.message ?? "invalid"}`);
  }
  const { idempotency_key: key } = result.data as { idempotency_key: string };
  if (headerKey !== undefined && headerKey !== key)
    throw new WireError("INVALID_REQUEST", "X-Idempotency-Key is not the idempotency_key of the body");
  return result.data;
}

function lenient(body: unknown): unknown {
  if (typeof body !== "object" || body === null || Array.isArray(body)) return body;
  return Object.fromEntries(
    Object.entries(body)
      .filter(([, value]) => value !== null)
      .map(([name, value]) => {
        if (name === "estimate" || name === "actual") return [name, lenientAmount(value)];
        return [name, name === "subject" || name === "action" ? lenient(value) : value];
      }),
  );
}

function lenientAmount(value: unknown): unknown {
  if (typeof value !== "object" || value === null || !("amount" in value)) return value;
  const { amount } = value;
  if (typeof amount === "string" && /^-?\d+$/.test(amount)) return { ...value, amount: BigInt(amount) };
  if (typeof amount === "number" && Number.isFinite(amount)) return { ...value, amount: BigInt(Math.trunc(amount)) };
  return value;
}

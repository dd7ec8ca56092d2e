import * as z from "zod";
import { problemOfAsset } from "./asset-id.js";
import type { Price } from "./price.js";
import { unit } from "./wire/values.js";

/** A dollar in USD_MICROCENTS. */
const aDollar = 10n ** 8n;

/** A key that names no asset would never be looked up, and every payment would be denied for want of a price. */
const asset = z.string().refine((text) => problemOfAsset(text) === undefined);

const price = z.strictObject({
  /** What one whole token is worth: dollars for USD_MICROCENTS, units for any other unit. */
  worth: z
    .string()
    .regex(/^(0|[1-9]\d*)(\.\d+)?$/, { error: 'a worth is a decimal number as text, such as "2500.00"' })
    .regex(/[1-9]/, { error: "what is worth nothing would be spent without a bound" }),
  /** How many decimals the token has. */
  decimals: z.number().int().min(0).max(255),
});

/** A level whose name the server has too, which folds capitals itself: what it could not be would be skipped there, or refused. */
function levelNamed(article: string, level: string) {
  return z.string().regex(/^[a-zA-Z0-9_.-]{1,128}$/, { error: `${article} ${level} is up to 128 letters, digits, _, . and -` });
}

/** What a policy says of Cycles. */
export const cyclesAdapterOptions = z.strictObject({
  /** Without `/v1`. HTTPS, unless the server is on this machine. */
  baseUrl: z
    .string()
    .min(1)
    // Every request would go to /v1/v1, and be denied.
    .refine((text) => !endsInVersion(text), {
      error: 'the address ends in /v1, which the adapter adds itself: write it without, such as "https://cycles.example.com"',
    }),
  /** It fixes the tenant. Name an environment variable in a policy file, never the key. */
  apiKey: z.string().min(1),
  tenant: levelNamed("a", "tenant"),
  /** Levels of the budget's hierarchy that are the same for all that this policy judges, as the server names them. */
  workspace: levelNamed("a", "workspace").optional(),
  app: levelNamed("an", "app").optional(),
  unit: unit.default("USD_MICROCENTS"),
  /** By CAIP-19 asset. What has no price is not spent. */
  prices: z
    .record(asset, price, {
      // Said here, since what zod says of a key is that it is invalid.
      error: ({ code, path }) => (code === "invalid_key" ? problemOfAsset(String(path?.at(-1))) : undefined),
    })
    .default({}),
  /**
   * What becomes of money that moved beyond what is left. REJECT is not among them: it would lose the record of what has moved already.
   */
  overage: z.enum(["ALLOW_IF_AVAILABLE", "ALLOW_WITH_OVERDRAFT"]).default("ALLOW_IF_AVAILABLE"),
  /** How long a hold lasts, in milliseconds: the life of an attempt and a minute, and 5,000 at least. A tenant may be given less. */
  ttlMs: z
    .number()
    .int()
    // Nothing relies on a hold's last second: a shorter one would deny everything.
    .min(5_000, {
      error:
        "write 5000 or more, in milliseconds: an attempt does not rely on the last second of its hold, and needs some time before that",
    })
    .max(86_400_000)
    .default(16 * 60_000),
  /** How long one request may take, in milliseconds. */
  timeoutMs: z.number().int().min(1).max(60_000).default(2_000),
});

export type CyclesAdapterOptions = z.input<typeof cyclesAdapterOptions>;
export type CyclesAdapterSettings = z.output<typeof cyclesAdapterOptions>;

/** What is no address is said where the address is used. */
function endsInVersion(baseUrl: string): boolean {
  return URL.canParse(baseUrl) && /\/v1\/*$/.test(new URL(baseUrl).pathname);
}

/** The prices of a policy, exact. */
export function fixedPrices({ prices, unit: of }: CyclesAdapterSettings): ReadonlyMap<string, Price> {
  return new Map(
    Object.entries(prices).map(([asset, { worth, decimals }]) => {
      const [whole = "", part = ""] = worth.split(".");
      const units = BigInt(whole + part) * (of === "USD_MICROCENTS" ? aDollar : 1n);
      return [asset, { units, atomic: 10n ** BigInt(decimals + part.length) }];
    }),
  );
}

import * as z from "zod";
import { parseDuration } from "./duration.js";

/** What a list of names has to hold; an empty one matches nothing, which nobody means. */
const names = z.array(z.string().min(1)).min(1);

const duration = z
  .string()
  .refine((text) => parseDuration(text) !== undefined, { error: 'a duration is a whole number and s, m, h or d, such as "10m"' });

const scopes = z.array(z.enum(["wallet", "user", "session", "run", "agent", "action", "counterparty"]));

const effectKinds = z.array(
  z.enum([
    "transfer",
    "approval",
    "operator_approval",
    "permit",
    "authorization",
    "delegation",
    "contract_call",
    "deploy",
    "sign_message",
    "sign_hash",
    "external",
    "fee",
    "unknown",
  ]),
);

/** What an `allow` or a `deny` looks at. Every member that is given has to match. */
const match = z
  .strictObject({
    /** Canonical ids (`wallet.native_transfer`), AgentKit's own names, or patterns with `*`. */
    actions: names.optional(),
    /** Kinds of effect. */
    effects: effectKinds.min(1).optional(),
    /** `native` or CAIP-19. */
    assets: names.optional(),
    /** CAIP-2, or AgentKit's network ids. */
    networks: names.optional(),
    /** Who receives value or authority: payees, and the spenders of approvals. */
    recipients: names.optional(),
    /** Contracts that are called. */
    contracts: names.optional(),
  })
  .refine((value) => Object.keys(value).length > 0, { error: "it names nothing to match" });

/** When a rule applies at all. */
const when = z.strictObject({ networks: names.optional(), actions: names.optional() });

const id = z.string().regex(/^[a-z0-9][a-z0-9_-]{0,63}$/, { error: "an id is lower-case letters, digits, - and _" });

export const limitRule = z.strictObject({
  id,
  /** `native`, a CAIP-19 asset, or `actions`. */
  limit: z.string().min(1),
  /** Whole units as text, or a count for `actions`. */
  max: z.union([z.string(), z.number().int()]).optional(),
  /** Atomic units as text, instead of `max`. */
  atomic: z.string().optional(),
  per: scopes.default([]),
  window: z.string(),
  /** The time zone of a calendar window, by IANA's name; UTC unless said. */
  timeZone: z.string().optional(),
  when: when.optional(),
});

export const allowRule = z.strictObject({ id, allow: match, when: when.optional() });

export const denyRule = z.strictObject({ id, deny: match, when: when.optional() });

export const useRule = z.strictObject({
  id,
  /** A built-in adapter's name, or a module: a path that begins with a dot, or a package. */
  use: z.string().min(1),
  /** The adapter's own options. */
  with: z.record(z.string(), z.unknown()).default({}),
  /** shadow: it is asked, and what it would have denied is logged; it holds nothing and denies nothing. */
  mode: z.enum(["enforce", "shadow"]).default("enforce"),
  when: when.optional(),
});

/** Everything but the rules, whose kind decides their shape. */
export const policyFile = z.strictObject({
  version: z.literal(1, { error: "the version is 1" }),
  /** `memory`, `sqlite:` and a path, or `postgres://` and a database. */
  ledger: z.string().min(1),
  chains: z
    .record(
      z.string(),
      z.strictObject({
        /** A node's address, by which the ledger proves what became of transactions. */
        rpc: z.string().optional(),
        /** After so many blocks a transaction is final. */
        confirmations: z.number().int().min(1).max(100_000).optional(),
        /** How long a transaction can take to be final, where that is not `timing.settleWithin`. */
        settleWithin: duration.optional(),
      }),
    )
    .optional(),
  tokens: z.record(z.string(), z.strictObject({ decimals: z.number().int().min(0).max(255) })).optional(),
  timing: z
    .strictObject({
      life: duration.optional(),
      leaveWithin: duration.optional(),
      settleWithin: duration.optional(),
      /** How far the timestamp of a block may be off. */
      blockError: duration.optional(),
    })
    .optional(),
  /** age: money of which nobody knows what became counts until it can no longer move. hold: until that is proven. */
  unresolved: z.enum(["age", "hold"]).optional(),
  rules: z.array(z.unknown()).min(1),
});

export type LimitRule = z.infer<typeof limitRule>;
export type AllowRule = z.infer<typeof allowRule>;
export type DenyRule = z.infer<typeof denyRule>;
export type UseRule = z.infer<typeof useRule>;
export type Match = z.infer<typeof match>;
export type When = z.infer<typeof when>;
export type PolicyFile = z.infer<typeof policyFile>;

type DeepReadonly<T> = T extends readonly (infer Item)[]
  ? readonly DeepReadonly<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]: DeepReadonly<T[Key]> }
    : T;

/** A rule as it is written: exactly one of `limit`, `allow`, `deny` and `use`. */
export type RuleDefinition = DeepReadonly<
  z.input<typeof limitRule> | z.input<typeof allowRule> | z.input<typeof denyRule> | z.input<typeof useRule>
>;

/** What `definePolicy` takes: the file's shape, in code. */
export interface PolicyDefinition extends DeepReadonly<Omit<z.input<typeof policyFile>, "rules">> {
  readonly rules: readonly RuleDefinition[];
}

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Effect, Identity, JsonValue } from "@agentkit-policy/schema";

/*
 * What a vector of an attempt says (`schemas/v1/vectors`, kind "attempt"). The files are checked against
 * `schemas/v1/vector.schema.json`, which says what each member means; these are its types.
 */

/** An error, by the name and message that every language can give one. */
export interface VectorError {
  readonly name: string;
  readonly message: string;
}

/** How a scripted hook answers. `allow` and `deny` are the plainest decisions there are. */
export type Answer =
  | "allow"
  | "deny"
  | { readonly answers: JsonValue; readonly advancesMs?: number; readonly meanwhile?: JsonValue }
  | { readonly promises: JsonValue; readonly meanwhile?: JsonValue }
  | { readonly throws: VectorError }
  | { readonly rejects: VectorError }
  | { readonly hangs: true }
  | { readonly late: JsonValue }
  | { readonly rubbish: JsonValue }
  | { readonly gives: string };

/** One answer, or one a call, of which the last repeats. */
export type Answers = Answer | readonly Answer[];

export interface ScriptedProvider {
  readonly name: string;
  /** rfc: afterAction and onActionError. money: settle. bare: nothing but the hooks that decide. Default rfc. */
  readonly form?: "rfc" | "money" | "bare";
  /** Members of the context that the trace holds of each hook that decides. */
  readonly shows?: readonly string[];
  readonly beforeAction?: Answers;
  readonly beforeWalletCall?: Answers;
  readonly settle?: Answers;
  readonly afterAction?: Answers;
  readonly onActionError?: Answers;
}

/** A provider, or a combinator around some. */
export type ScriptedPolicy =
  | ScriptedProvider
  | { readonly allOf: readonly ScriptedPolicy[] }
  | { readonly when: Answers; readonly policy: ScriptedPolicy }
  | { readonly shadow: ScriptedPolicy }
  | { readonly failOpen: ScriptedPolicy };

/** What a scripted wallet does with a call that reaches it. Default: it answers with the next transaction id. */
export type WalletAnswer = { readonly raises: VectorError } | { readonly pending: true };

/** What becomes of an error that a wallet call brings: told as text (the default), thrown, or passed over. */
export type OnError = "returned" | "thrown" | "ignored";

/** One step of the scripted action. */
export type Step =
  | { readonly send: { readonly to: string; readonly value: string }; readonly wallet?: WalletAnswer; readonly onError?: OnError }
  | { readonly sign: string; readonly onError?: OnError }
  | { readonly changesArgs: { readonly [key: string]: JsonValue } }
  | { readonly returns: JsonValue }
  | { readonly throws: VectorError };

export interface Invocation {
  /** Default `pay`. */
  readonly action?: string;
  readonly args?: JsonValue;
  /** What the action declares that it would move; absent: nobody can tell. */
  readonly declares?: readonly Effect[];
  /** catalogue: the built-in reader of AgentKit's own actions says what would move, instead of `declares`. */
  readonly reads?: "catalogue";
  readonly identity?: Identity;
  readonly onDeny?: "return" | "throw";
  /** false: the wallet is not guarded. */
  readonly wallet?: boolean;
  /** For the whole decision, in milliseconds. Default 5,000. */
  readonly deadlineMs?: number;
}

/** What was decided of an attempt; `refused` with its code where the policy could not even be put together. */
export type ObservedDecision =
  | { readonly decision: "allow" }
  | { readonly decision: "deny"; readonly code: string; readonly reason: string }
  | { readonly decision: "refused"; readonly code: string };

/** Everything that was seen of one attempt, as plain JSON: what runners in every language have to agree on. */
export interface Observed {
  readonly decision: ObservedDecision;
  readonly returned?: JsonValue;
  readonly thrown?: VectorError;
  /** Every hook, the body and every call that reached the wallet, in order. */
  readonly trace: readonly TraceEntry[];
  /** What came in the background: after `invoke` had come back, or to a provider for which nobody waited. */
  readonly later: readonly TraceEntry[];
  /** The outcome that was told last; null where nobody was told. */
  readonly record: JsonValue;
}

export type TraceEntry = { readonly [key: string]: JsonValue };

export interface AttemptVector {
  readonly id: string;
  readonly description: string;
  /** The slug of the requirement in `spec.md`. */
  readonly requirement: string;
  readonly policy: readonly ScriptedPolicy[];
  readonly invoke?: Invocation;
  readonly body?: readonly Step[];
  readonly expect: Observed;
}

/** A file of vectors. */
export interface VectorFile {
  readonly kind: "attempt";
  readonly title: string;
  readonly vectors: readonly AttemptVector[];
}

/**
 * The attempt vectors of a folder, in the order of its files.
 * @throws Error when there are none, or an id comes twice: an empty run must not pass.
 */
export function readAttemptVectors(folder: string): readonly AttemptVector[] {
  const files = readdirSync(folder)
    .filter((name) => name.endsWith(".json"))
    .sort();
  const vectors = files.flatMap((name) => {
    const file = JSON.parse(readFileSync(join(folder, name), "utf8")) as { readonly kind?: string };
    return file.kind === "attempt" ? (file as VectorFile).vectors : [];
  });
  if (vectors.length === 0) throw new Error(`there are no attempt vectors in ${folder}`);
  const ids = vectors.map(({ id }) => id);
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  if (twice !== undefined) throw new Error(`the vector ${twice} is there twice`);
  return vectors;
}

import { canonicalJson } from "@agentkit-policy/schema";
import { WireError } from "./wire-error.js";

interface Kept<Answer> {
  readonly request: string;
  readonly answer: Answer;
}

/** The answers of one endpoint, by tenant and idempotency key. Only what was done is kept: a refusal does not use up its key. */
export class Replays<Answer> {
  readonly #kept = new Map<string, Kept<Answer>>();

  /**
   * The answer that was given to the same request before; otherwise does it, and keeps the answer.
   * @throws WireError where the key was used for another request
   */
  once(tenant: string, key: string, request: unknown, act: () => Answer): Answer {
    const name = JSON.stringify([tenant, key]);
    const text = textOf(request);
    const kept = this.#kept.get(name);
    if (kept === undefined) {
      const answer = act();
      this.#kept.set(name, { request: text, answer });
      return answer;
    }
    if (kept.request !== text) throw new WireError("IDEMPOTENCY_MISMATCH", "the idempotency key was used for another request");
    return kept.answer;
  }
}

/** The same text for the same request, in whatever order its members came. */
function textOf(request: unknown): string {
  const plain = JSON.stringify(request, (_, value: unknown) => (typeof value === "bigint" ? `${value}n` : value));
  return canonicalJson(JSON.parse(plain));
}

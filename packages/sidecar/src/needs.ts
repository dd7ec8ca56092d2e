import type { Read } from "@agentkit-policy/core";
import type { Provided, ReadRequest } from "@agentkit-policy/schema";

/**
 * What only the host's wallet can tell, read by asking the host to ask again. A question that was answered once is not
 * asked twice: what the wallet could not tell stays unknown.
 */
export class Needs {
  readonly #provided: ReadonlyMap<string, number | null>;
  readonly #open = new Map<string, ReadRequest>();

  constructor(provided: readonly Provided[] = []) {
    this.#provided = new Map(provided.map(({ request, decimals }) => [keyOf(request), decimals]));
  }

  /** The port by which a reader asks. */
  readonly read: Read = async (request) => {
    const answer = this.#provided.get(keyOf(request));
    if (typeof answer === "number") return answer;
    if (answer === undefined) this.#open.set(keyOf(request), request);
    throw new Error("the wallet has not told it");
  };

  /** What has to be asked of the wallet first, if anything has. */
  get open(): [ReadRequest, ...ReadRequest[]] | undefined {
    const [first, ...others] = this.#open.values();
    return first === undefined ? undefined : [first, ...others];
  }
}

function keyOf({ kind, chainId, token }: ReadRequest): string {
  return JSON.stringify([kind, chainId, token]);
}

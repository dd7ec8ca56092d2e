/** A member of a value that somebody threw. Total: a getter or a Proxy may throw too, and says nothing then. */
export function thrownMember(value: unknown, name: string | symbol): unknown {
  if (typeof value !== "object" || value === null) return undefined;
  try {
    return Reflect.get(value, name);
  } catch {
    return undefined;
  }
}

/** Marks survive duplicate copies of this package, which `instanceof` does not. */
function hasMark(value: unknown, mark: symbol): boolean {
  return thrownMember(value, mark) === true;
}

const deniedMark = Symbol.for("@agentkit-policy/core/ActionDeniedError");
const failedMark = Symbol.for("@agentkit-policy/core/ActionFailedError");
const unsettledMark = Symbol.for("@agentkit-policy/core/UnsettledError");
const setupMark = Symbol.for("@agentkit-policy/core/PolicySetupError");

/** Why a call was denied. `reason` is for the model to read. */
export interface Denial {
  readonly code: string;
  readonly reason: string;
  readonly retryAfterMs?: number;
  /** A handle that a person may approve (a requestable denial). */
  readonly approval?: { readonly id: string; readonly expiresAt?: string };
}

/** The text that a model reads instead of a result (`deny:readable`). */
export function denialText(denial: Denial): string {
  return `Error: denied by policy (${denial.code}): ${denial.reason}`;
}

/** Thrown by a wallet method that the policy denied, and by `invoke` under `onDeny: "throw"`. */
export class ActionDeniedError extends Error {
  override readonly name = "ActionDeniedError";
  readonly code: string;
  readonly reason: string;
  readonly denial: Denial;
  /** What the action itself had returned, where its body ran and a wallet call in it was denied. */
  readonly result?: unknown;
  readonly [deniedMark] = true;

  constructor(denial: Denial, options: { result?: unknown; cause?: unknown } = {}) {
    super(denialText(denial).slice("Error: ".length), "cause" in options ? { cause: options.cause } : undefined);
    this.code = denial.code;
    this.reason = denial.reason;
    this.denial = denial;
    if ("result" in options) this.result = options.result;
  }

  /** True for this error from any copy of the package. */
  static isInstance(value: unknown): value is ActionDeniedError {
    return hasMark(value, deniedMark);
  }
}

/** Thrown by `settle` of a provider that could not write what became of an attempt. Any other error means: at any time again. */
export class UnsettledError extends Error {
  override readonly name = "UnsettledError";
  /** Not to be asked again before so many milliseconds. */
  readonly retryAfterMs: number | undefined;
  /** Whether asking again is of no use: an operator has to look. */
  readonly isHopeless: boolean;
  readonly [unsettledMark] = true;

  constructor(message: string, { retryAfterMs, isHopeless = false }: { retryAfterMs?: number; isHopeless?: boolean } = {}) {
    super(message);
    this.retryAfterMs = retryAfterMs;
    this.isHopeless = isHopeless;
  }

  /** True for this error from any copy of the package. */
  static isInstance(value: unknown): value is UnsettledError {
    return hasMark(value, unsettledMark);
  }
}

/** Given to `onActionError` when an action reported its failure as text. `message` is that text. */
export class ActionFailedError extends Error {
  override readonly name = "ActionFailedError";
  readonly result: unknown;
  readonly [failedMark] = true;

  constructor(result: unknown) {
    super(typeof result === "string" ? result : "the action reported a failure");
    this.result = result;
  }

  /** True for this error from any copy of the package. */
  static isInstance(value: unknown): value is ActionFailedError {
    return hasMark(value, failedMark);
  }
}

/** A kit, wallet or policy that was put together wrongly. Thrown at start, before any action exists. */
export class PolicySetupError extends Error {
  override readonly name = "PolicySetupError";
  /** `already_guarded`, `not_guarded`, `invalid_policy` or `invalid_option`. */
  readonly code: string;
  readonly [setupMark] = true;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }

  /** True for this error from any copy of the package. */
  static isInstance(value: unknown): value is PolicySetupError {
    return hasMark(value, setupMark);
  }
}

/**
 * What the guard throws instead of a native send whose value the wallet does not hold, so that the commonest failure is
 * known not to have left (`guard:never-left`).
 */
export class InsufficientFundsError extends Error {
  override readonly name = "InsufficientFundsError";

  constructor(balance: bigint, value: bigint) {
    super(`insufficient funds for transfer: the wallet holds ${balance} and the transaction's value is ${value} (atomic units)`);
  }
}

/**
 * What kind of thing was thrown, for a log: what a wallet says may hold the key in an address, and what is thrown over a result that result.
 * Total, as the text is.
 */
export function errorKind(error: unknown): string {
  try {
    return error instanceof Error
      ? `${String(error.name).slice(0, 100)}, whose text may hold a secret`
      : `a thrown ${typeof error}`;
  } catch {
    return "an error that has no name";
  }
}

/** Text for an unknown thrown value. Total: a message may be anything, and reading it may throw. */
export function errorText(error: unknown): string {
  try {
    if (!(error instanceof Error)) return String(error);
    const message: unknown = error.message;
    return typeof message === "string" && message !== "" ? message : `${String(error.name)}`;
  } catch {
    return "an error that has no text";
  }
}

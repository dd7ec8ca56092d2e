const mark = Symbol.for("@agentkit-policy/policies/PolicyFileError");

/** Where in a policy something is wrong. */
export interface PolicyPlace {
  /** The file's path; undefined for a policy that was defined in code. */
  readonly file?: string;
  /** From 1. */
  readonly line?: number;
  /** From 1. */
  readonly column?: number;
  /** Such as `rules[0].max`; empty for the whole policy. */
  readonly path: string;
}

/** A policy that cannot be used. Nothing was loaded, and nothing runs under it. */
export class PolicyFileError extends Error {
  override readonly name = "PolicyFileError";
  readonly place: PolicyPlace;
  /** What is wrong, in one sentence. */
  readonly problem: string;
  /** What to do about it. */
  readonly hint: string;
  readonly [mark] = true;

  constructor(place: PolicyPlace, problem: string, hint: string) {
    const where = [place.file ?? "policy", place.line, place.column].filter((part) => part !== undefined).join(":");
    super(`${where}${place.path === "" ? "" : ` ${place.path}`}: ${problem}\n  hint: ${hint}`);
    this.place = place;
    this.problem = problem;
    this.hint = hint;
  }

  /** True for this error from any copy of the package. */
  static isInstance(value: unknown): value is PolicyFileError {
    return typeof value === "object" && value !== null && Reflect.get(value, mark) === true;
  }
}

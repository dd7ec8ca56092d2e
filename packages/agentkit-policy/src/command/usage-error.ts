/** A mistake in how a command was called: told in one line, without a stack. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

const mark = Symbol.for("@agentkit-policy/ledger/LedgerFault");

/**
 * Why a ledger could not answer at all. It is no refusal: whoever asked must deny.
 * ledger_unreachable: the file or its folder cannot be opened, or a database that does not answer, a second hard link, a ledger that has to
 * be there and is not. ledger_read_only, ledger_full, ledger_corrupt: as they say.
 * ledger_version: written by another version. ledger_busy: other processes held it for too long. ledger_driver_missing: no
 * SQLite for this Node. ledger_replaced: its file was removed or replaced while it was open, or is another ledger than before.
 * ledger_rolled_back: its file is an older copy of itself. ledger_disposed: it was closed.
 */
export type LedgerFaultCode =
  | "ledger_unreachable"
  | "ledger_read_only"
  | "ledger_full"
  | "ledger_corrupt"
  | "ledger_version"
  | "ledger_busy"
  | "ledger_driver_missing"
  | "ledger_replaced"
  | "ledger_rolled_back"
  | "ledger_disposed";

/** A ledger that failed. What it had promised before stays promised. */
export class LedgerFault extends Error {
  override readonly name = "LedgerFault";
  readonly code: LedgerFaultCode;
  /**
   * Whether the database is there and has taken nothing of what it was told. One verb of several may be why, and each of them is then asked
   * again by itself.
   */
  readonly isRefusal: boolean;
  readonly [mark] = true;

  constructor(code: LedgerFaultCode, message: string, options?: { readonly cause?: unknown; readonly isRefusal?: boolean }) {
    super(message, options);
    this.code = code;
    this.isRefusal = options?.isRefusal === true;
  }

  /** True for this error from any copy of the package. */
  static isInstance(value: unknown): value is LedgerFault {
    return typeof value === "object" && value !== null && Reflect.get(value, mark) === true;
  }
}

export { type Clock, systemClock } from "@agentkit-policy/schema";
export { agedAtOnce } from "./ageing.js";
export type {
  Assumed,
  ChangedEntry,
  ChangedTally,
  Changes,
  Fetched,
  FetchedTally,
  Known,
  LedgerBackend,
} from "./backend.js";
export { openBackendLedger } from "./backend-ledger.js";
export { BackgroundPasses } from "./background-passes.js";
export { isTimeZone } from "./calendar.js";
export type {
  AdjustRequest,
  ArmRequest,
  AskedLine,
  Awaitable,
  Balance,
  BalanceQuery,
  CalendarWindow,
  CallReport,
  ChainReader,
  CloseRequest,
  CorrectRequest,
  EntryState,
  Freeze,
  Granted,
  Intent,
  Ledger,
  LedgerAnswer,
  LedgerTimes,
  Limit,
  NoteRequest,
  Refusal,
  RefusalCode,
  ReserveRequest,
  Scope,
  ScopeValues,
  SpentLine,
  UnprovenCall,
  UntoldNote,
  Verdict,
  Window,
} from "./ledger.js";
export { LedgerFault, type LedgerFaultCode } from "./ledger-fault.js";
export { defaultLedgerTimes, type LedgerOptions } from "./ledger-options.js";
export { openMemoryLedger } from "./memory-ledger.js";
export type { Needs } from "./needs.js";
export { openLedger } from "./open-ledger.js";
export { openPostgresLedger } from "./postgres-ledger.js";
export { createReconciler, type Reconciler, type ReconcilerOptions } from "./reconciler.js";
export { openSqliteLedger } from "./sqlite-ledger.js";
export type { StoredKind, TallyKind } from "./tally.js";

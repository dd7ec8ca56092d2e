import { isTimeZone } from "./calendar.js";
import { heldUntilEvidence } from "./horizon.js";
import type {
  AdjustRequest,
  ArmRequest,
  AskedLine,
  BalanceQuery,
  CloseRequest,
  CorrectRequest,
  Freeze,
  Limit,
  NoteRequest,
  Refusal,
  RefusalCode,
  ReserveRequest,
  Scope,
  ScopeValues,
  Verdict,
  Window,
} from "./ledger.js";

/** A hundred digits are more than any amount has; what is longer is no amount but an attack on the sums. */
const amountPattern = /^(0|[1-9][0-9]{0,99})$/;
const idPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
/** What an entry is written under; a counterparty is a line's. */
const scopeNames = ["wallet", "user", "session", "run", "agent", "action"] as const satisfies (keyof ScopeValues)[];
const scopes: readonly unknown[] = [...scopeNames, "counterparty"] satisfies Scope[];
const calendarUnits: readonly unknown[] = ["hour", "day", "week", "month"];

/** How far an id's time may lie ahead of the ledger's: two clocks within their tolerance. */
const idAheadMs = 10_000;

/** Builds a refusal. */
export function refuse(code: RefusalCode, reason: string, limitId?: string): Refusal {
  return { ok: false, code, reason, ...(limitId === undefined ? {} : { limitId }) };
}

/** Whether a new attempt's id is older than a life: the tombstone of one that was closed before need not be kept for ever (`ledger:faults`). */
export function isTooOld({ attemptId }: ReserveRequest, now: number, lifeMs: number): boolean {
  return timeOfId(attemptId) < now - lifeMs;
}

/** What is wrong with a reserve, if anything. */
export function problemOfReserve(request: ReserveRequest, now: number): Refusal | undefined {
  const { attemptId, stepId, lines, limits } = request;
  if (!idPattern.test(attemptId)) return refuse("invalid_request", `"${attemptId}" is no UUIDv7`);
  if (timeOfId(attemptId) > now + idAheadMs)
    return refuse("clock_jumped", `the id ${attemptId} was made in the future: the clock that made it is ahead of the ledger's`);
  if (!isText(stepId)) return refuse("invalid_request", "the step has no id");
  if (request.intent !== undefined && !(isText(request.intent.key) && isText(request.intent.content)))
    return refuse("invalid_request", "the intent has no key or no content");
  const ofScopes = problemOfScopes(request.scopes);
  if (ofScopes !== undefined) return refuse("invalid_request", ofScopes);
  for (const line of lines) {
    const problem = problemOfLine(line);
    if (problem !== undefined) return refuse("invalid_request", problem);
  }
  for (const limit of limits) {
    const problem = problemOfLimit(limit);
    if (problem !== undefined) return refuse("invalid_request", `the limit "${limit.id}" ${problem}`, limit.id);
  }
  return problemOfArm(request);
}

/** What is wrong with an arm, if anything: a deadline that is no time would make the entry's date none either. */
export function problemOfArm({
  signatureDeadline = 0,
  note = "-",
}: Pick<ArmRequest, "signatureDeadline" | "note">): Refusal | undefined {
  if (!isText(note)) return refuse("invalid_request", "the note says nothing");
  return isTime(signatureDeadline) ? undefined : refuse("invalid_request", "the signature's deadline is no time in milliseconds");
}

/** @throws RangeError for a time that is none, or a text that says nothing */
export function checkNote({ attemptId, mark }: NoteRequest): void {
  checkSpent(attemptId, []);
  if (mark.kind === "later" && !isTime(mark.afterMs)) throw new RangeError("a note cannot wait for what is no time");
  if (mark.kind === "replaced" && !isText(mark.note)) throw new RangeError("the note says nothing");
  if (mark.kind === "set_aside" && !isText(mark.reason)) throw new RangeError("a note is set aside for a reason");
}

/** @throws RangeError when an amount is not exact: a close must not lose what it cannot read. */
export function checkClose({ attemptId, scopes: values, spent, calls = [] }: CloseRequest): void {
  const problem = problemOfScopes(values);
  if (problem !== undefined) throw new RangeError(problem);
  checkSpent(attemptId, [...spent, ...calls.flatMap(({ lines }) => lines)]);
  for (const { callId, verdict } of calls) checkVerdict(callId, verdict);
}

/** @throws RangeError when evidence names no time: a date that is none would be before all windows. */
export function checkCorrect({ attemptId, evidence }: CorrectRequest): void {
  checkSpent(attemptId, []);
  for (const { callId, verdict } of evidence) checkVerdict(callId, verdict);
}

/** @throws RangeError when an amount is not exact, or nobody says why. */
export function checkAdjust({ attemptId, spent, reason }: AdjustRequest): void {
  checkSpent(attemptId, spent);
  if (!isReason(reason)) throw new RangeError("an adjustment needs a reason");
}

/** @throws RangeError when what is to be frozen is no scope, or has no value. */
export function checkFreeze({ scope, value, reason }: Omit<Freeze, "since">): void {
  if (scope !== "all" && !scopeNames.includes(scope)) throw new RangeError(`"${scope}" is no scope that can be frozen`);
  if (scope === "all" ? value !== "" : !isText(value))
    throw new RangeError(`the ${scope} to freeze has no value, or one too many`);
  if (!isReason(reason)) throw new RangeError("a freeze needs a reason");
}

function checkSpent(attemptId: string, spent: CloseRequest["spent"]): void {
  if (!idPattern.test(attemptId)) throw new RangeError(`"${attemptId}" is no UUIDv7`);
  for (const line of spent) {
    const problem = problemOfLine({ unit: "amount", ...line });
    if (problem !== undefined) throw new RangeError(problem);
  }
}

function checkVerdict(callId: string, verdict: Verdict | undefined): void {
  if (!isText(callId)) throw new RangeError("a call has no id");
  if (verdict === undefined || verdict.kind === "never") return;
  if (verdict.kind !== "moved" || !isTime(verdict.blockTime)) throw new RangeError(`the verdict on ${callId} is none`);
}

/** @throws RangeError when a limit cannot be read */
export function checkQuery({ limits }: BalanceQuery): void {
  for (const limit of limits) {
    const problem = problemOfLimit(limit);
    if (problem !== undefined) throw new RangeError(`the limit "${limit.id}" ${problem}`);
  }
}

/**
 * The whole of a reserve as text, by which a repetition of it is told from another request under the same key. Every value
 * has its place, so that the same request says the same however its objects were put together. Which steps it relies on is no part of it:
 * that is a condition, and others may have been reserved since it was first asked.
 */
export function textOfReserve({ scopes, lines, limits, arm, intent, signatureDeadline }: ReserveRequest): string {
  let text = `${arm === true ? "arm" : ""}\0${lines.length}${part(intent?.key)}${part(intent?.content)}`;
  text += `\0${signatureDeadline ?? 0}\0`;
  for (const name of scopeNames) text += part(scopes[name]);
  for (const line of lines) {
    text += `\0${line.unit}`;
    if (line.unit === "amount") text += `\0${line.asset}\0${line.amount}${part(line.counterparty)}`;
  }
  for (const { unit, asset, per, window, max } of limits) {
    text += `\0${unit}${part(asset)}\0${per.join(" ")}\0${window.kind}\0${windowLength(window)}\0${max}`;
  }
  return text;
}

/** No value holds a NUL, and an absent one is another than an empty one. */
function part(value: string | undefined): string {
  return value === undefined ? "\0absent" : `\0=${value}`;
}

function windowLength(window: Window): string {
  if (window.kind === "rolling") return String(window.ms);
  return window.kind === "calendar" ? `${window.unit} ${window.timeZone ?? ""}` : "";
}

function problemOfScopes(values: ScopeValues): string | undefined {
  for (const [name, value] of Object.entries(values)) {
    // A value may be empty; it is a value like any other.
    if (value !== undefined && value !== "" && !isText(value)) return `the scope ${name} has a value that is no text`;
  }
  return undefined;
}

function problemOfLine(line: AskedLine): string | undefined {
  if (line.unit === "actions") return undefined;
  if (line.unit !== "amount" || !isAsset(line.asset)) return "a line has no asset, or one with a blank in it";
  if (!isAmount(line.amount)) return `"${line.amount}" is no amount in atomic units`;
  return line.counterparty === undefined || isText(line.counterparty) ? undefined : "a line has a counterparty that is no text";
}

/** A limit that was read wrongly must not count less than it says: a window without a length would count nothing at all. */
function problemOfLimit({ unit, asset, per, window, max }: Limit): string | undefined {
  if (!isAmount(max)) return "has no exact maximum";
  if (unit === "amount" ? !isAsset(asset) : unit !== "actions" || asset !== undefined)
    return "counts amounts of an asset, or actions of none";
  if (!per.every((scope) => scopes.includes(scope))) return `counts per ${per.join(", ")}, not all of which are scopes`;
  if (window.kind === "rolling" && !(isTime(window.ms) && window.ms > 0)) return "has a window without a length in milliseconds";
  if (window.kind === "calendar" && !calendarUnits.includes(window.unit)) return "has a calendar window that is none";
  if (window.kind === "calendar" && window.timeZone !== undefined && !isTimeZone(window.timeZone))
    return "has a time zone that is none";
  return ["attempt", "rolling", "calendar", "lifetime", "open"].includes(window.kind) ? undefined : "has a window that is none";
}

function isAmount(value: unknown): boolean {
  return typeof value === "string" && amountPattern.test(value);
}

/**
 * A NUL ends a text for some SQLite drivers, and half a character becomes another one in every database, so that two scope values
 * would become one.
 */
function isText(value: unknown): boolean {
  return typeof value === "string" && value !== "" && isStorable(value);
}

/** Blanks say nothing to whoever looks at it later. */
function isReason(value: unknown): boolean {
  return isText(value) && (value as string).trim() !== "";
}

/** A blank parts the names of which a balance's own is made. */
function isAsset(value: unknown): boolean {
  return isText(value) && !/\s/.test(value as string);
}

/** Whether a text is the same again when it is read from a database. */
export function isStorable(text: string): boolean {
  return !text.includes("\0") && !/\p{Surrogate}/u.test(text);
}

/** A time later than all dates would be later than the end of every window, and counted in none. */
function isTime(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= heldUntilEvidence;
}

/** When a UUIDv7 was made. */
export function timeOfId(id: string): number {
  return Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
}

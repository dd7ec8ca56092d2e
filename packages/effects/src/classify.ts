import { canonicalActionOf } from "./catalogue.js";
import { emptyMeansFailure, failureBeginnings, failureBeginningsOf, failureStatus } from "./failure-patterns.js";

/** A longer text is a document that an action fetched; its beginning is judged, and it is not parsed. */
const maxParsed = 256 * 1024;

/** How much of a text is looked at for the words that it begins with. */
const maxBeginning = 128;

const anyBeginning = beginningsPattern(failureBeginnings);
const beginningsOf = new Map([...failureBeginningsOf].map(([canonical, words]) => [canonical, beginningsPattern(words)]));

/**
 * Whether a returned result says that the action failed. Only a label: money follows what the wallet did, never what a
 * text says of it. Whatever says nothing of a failure has succeeded. Pure and total.
 */
export function classify(result: unknown, actionName: string): "succeeded" | "failed" {
  const canonical = canonicalActionOf(actionName);
  try {
    return (typeof result === "string" ? textSaysFailed(result, canonical) : dataSaysFailed(result, canonical))
      ? "failed"
      : "succeeded";
  } catch {
    // A Proxy that refuses to be looked at says nothing.
    return "succeeded";
  }
}

function textSaysFailed(text: string, canonical: string | undefined): boolean {
  const beginning = text.slice(0, maxBeginning).trimStart();
  if (anyBeginning.test(beginning)) return true;
  if (canonical !== undefined && beginningsOf.get(canonical)?.test(beginning) === true) return true;
  if (!/^[{["]/.test(beginning) || text.length > maxParsed) return false;
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return false;
  }
  // Some frameworks hand results on as JSON of the text. One layer of it is looked through.
  return typeof parsed === "string" ? anyBeginning.test(parsed.trimStart()) : dataSaysFailed(parsed, canonical);
}

function dataSaysFailed(data: unknown, canonical: string | undefined): boolean {
  if (typeof data !== "object" || data === null) return false;
  if (Array.isArray(data)) {
    return (
      canonical !== undefined && emptyMeansFailure.has(canonical) && data.every((item) => item === null || item === undefined)
    );
  }
  const status = ownMember(data, "status");
  return (
    ownMember(data, "success") === false ||
    Boolean(ownMember(data, "error")) ||
    (typeof status === "string" && failureStatus.test(status))
  );
}

/** The value of a plain own property. A result is foreign: an accessor is not called. */
function ownMember(data: object, key: string): unknown {
  return Object.getOwnPropertyDescriptor(data, key)?.value;
}

function beginningsPattern(words: readonly string[]): RegExp {
  return new RegExp(`^(${words.map((word) => (word.endsWith(" ") ? word : `${word}(?![a-z])`)).join("|")})`, "i");
}

import { outcomeLabels } from "@agentkit-policy/schema";

/** A longer text is a document that an action fetched; its beginning is judged, and it is not parsed. In UTF-16 units. */
const maxParsed = 256 * 1024;

/** A text that is nested deeper is not parsed: not every language's parser survives one. In levels. */
const maxDepth = 64;

/** How much of a text is looked at for the words that it begins with. */
const maxBeginning = 128;

const { beginnings, statusBeginnings, actions } = outcomeLabels;
const anyBeginning = beginningsPattern(beginnings);
const statusPattern = new RegExp(`^(${statusBeginnings.join("|")})`, "i");
const overrides = new Map(
  Object.entries(actions).map(([canonical, { beginnings: words = [], emptyMeansFailure = false }]) => [
    canonical,
    { beginning: words.length === 0 ? undefined : beginningsPattern(words), emptyMeansFailure },
  ]),
);

type Override = ReturnType<typeof overrides.get>;

/**
 * Whether a returned result says that its action failed (`schemas/v1/outcome-labels.json`). Only a label: money follows
 * what the wallet did, never what a text says of it. Whatever says nothing of a failure has succeeded. Pure and total.
 * @param canonicalAction whose own ways of saying so are known too, such as `sushi.swap`
 */
export function labelOf(result: unknown, canonicalAction?: string): "succeeded" | "failed" {
  const override = canonicalAction === undefined ? undefined : overrides.get(canonicalAction);
  try {
    return (typeof result === "string" ? textSaysFailed(result, override) : dataSaysFailed(result, override))
      ? "failed"
      : "succeeded";
  } catch {
    // A Proxy that refuses to be looked at says nothing.
    return "succeeded";
  }
}

function textSaysFailed(text: string, override: Override): boolean {
  const beginning = text.slice(0, maxBeginning).trimStart();
  if (anyBeginning.test(beginning) || override?.beginning?.test(beginning) === true) return true;
  if (!/^[{["]/.test(beginning) || text.length > maxParsed || isDeep(text)) return false;
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return false;
  }
  // Some frameworks hand results on as JSON of the text. One layer of it is looked through.
  return typeof parsed === "string" ? anyBeginning.test(parsed.trimStart()) : dataSaysFailed(parsed, override);
}

/** Whether a JSON text is nested too deep. Brackets in its texts do not count. */
function isDeep(json: string): boolean {
  let depth = 0;
  let inText = false;
  for (let index = 0; index < json.length; index += 1) {
    const character = json[index];
    if (inText) {
      if (character === "\\") index += 1;
      else if (character === '"') inText = false;
    } else if (character === '"') inText = true;
    else if (character === "[" || character === "{") depth += 1;
    else if (character === "]" || character === "}") depth -= 1;
    if (depth > maxDepth) return true;
  }
  return false;
}

function dataSaysFailed(data: unknown, override: Override): boolean {
  if (typeof data !== "object" || data === null) return false;
  if (Array.isArray(data)) {
    return override?.emptyMeansFailure === true && data.every((item) => item === null || item === undefined);
  }
  const status = ownMember(data, "status");
  return (
    ownMember(data, "success") === false ||
    Boolean(ownMember(data, "error")) ||
    (typeof status === "string" && statusPattern.test(status))
  );
}

/** The value of a plain own property. A result is foreign: an accessor is not called. */
function ownMember(data: object, key: string): unknown {
  return Object.getOwnPropertyDescriptor(data, key)?.value;
}

function beginningsPattern(words: readonly string[]): RegExp {
  return new RegExp(`^(${words.map((word) => (word.endsWith(" ") ? word : `${word}(?![a-z])`)).join("|")})`, "i");
}

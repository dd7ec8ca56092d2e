import { type CatalogueRow, type Movement, pythonActions, typescriptActions } from "./catalogue-data.js";

/** What is known of one built-in action of AgentKit. */
export interface CatalogueEntry {
  /** The name that AgentKit gives the action, matched exactly. */
  readonly name: string;
  readonly language: "typescript" | "python";
  /** The same id for the same action in both languages, such as `erc20.transfer`. */
  readonly canonical: string;
  readonly movement: Movement;
  /** Whether the action may move or grant value. */
  readonly spends: boolean;
  /** Whether the guard sees all of its money; `evm` where it does on eip155 chains only. */
  readonly throughWallet: boolean | "evm";
}

/** All built-in actions of both languages. */
export const catalogue: readonly CatalogueEntry[] = Object.freeze([
  ...typescriptActions.map((row) => entryOf(row, "typescript")),
  ...pythonActions.map((row) => entryOf(row, "python")),
]);

/** The canonical ids of all built-in actions, sorted, each once. */
export const canonicalActions: readonly string[] = Object.freeze([...new Set(catalogue.map((entry) => entry.canonical))].sort());

/** The exact names of all built-in actions of both languages, each once. */
export const knownActionNames: readonly string[] = Object.freeze([...new Set(catalogue.map((entry) => entry.name))]);

// A map, so that an action called "constructor" finds nothing. An action that has one name in both languages has one
// meaning too (a test holds the two rows equal), so that either of its rows will do.
const byName = new Map(catalogue.map((entry) => [entry.name, entry]));

/** What is known of an action, by its exact name; undefined for any that is not AgentKit's own. */
export function catalogueEntryOf(actionName: string): CatalogueEntry | undefined {
  return byName.get(actionName);
}

/** The canonical id of a built-in action, by its exact name in either language; undefined for any other. */
export function canonicalActionOf(actionName: string): string | undefined {
  return byName.get(actionName)?.canonical;
}

/** Whether the name is, exactly, that of a built-in action of either language. */
export function isKnownAction(actionName: string): boolean {
  return byName.has(actionName);
}

function entryOf([name, canonical, movement, blindness]: CatalogueRow, language: CatalogueEntry["language"]): CatalogueEntry {
  const throughWallet = blindness === undefined ? true : blindness === "unseen-on-svm" ? "evm" : false;
  return Object.freeze({ name, language, canonical, movement, spends: movement === "spends", throughWallet });
}

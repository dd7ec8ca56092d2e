import { closest } from "fastest-levenshtein";

/** "did you mean" for a word that is close to a known one, else nothing. */
export function suggestion(word: string, known: readonly string[]): string {
  if (known.length === 0) return "";
  const best = closest(word, [...known]);
  // A third of the letters may differ; beyond that a guess only misleads.
  const shared = [...word.toLowerCase()].filter((letter) => best.toLowerCase().includes(letter)).length;
  return best !== word && shared * 3 >= word.length * 2 && Math.abs(best.length - word.length) <= 3
    ? `did you mean "${best}"? `
    : "";
}

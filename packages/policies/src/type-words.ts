const words: Readonly<Record<string, string>> = {
  object: "a mapping",
  record: "a mapping",
  array: "a list",
  string: "text",
  int: "a whole number",
};

/** What a value is, as a person says it who writes YAML. */
export function kindOf(value: unknown): string {
  if (value === null) return "empty";
  return typeWords(Array.isArray(value) ? "array" : typeof value);
}

/** The validator's word for a type, as a person says it who writes YAML. */
export function typeWords(type: string): string {
  return Object.hasOwn(words, type) ? (words[type] ?? type) : `${/^[aeiou]/.test(type) ? "an" : "a"} ${type}`;
}

/** That a number is out of its bounds, or a text or a list empty; undefined where an issue is none of these. */
export function sizeProblem(issue: { readonly [member: string]: unknown }, found: unknown): string | undefined {
  const { code, minimum, maximum } = issue;
  if (code === "too_small" && found === "") return "the text is empty";
  if (code === "too_small" && Array.isArray(found) && found.length === 0) return "the list is empty";
  if (typeof found !== "number") return undefined;
  if (code === "too_small") return `the number is too small: it has to be ${minimum} at least`;
  return code === "too_big" ? `the number is too large: it has to be ${maximum} at most` : undefined;
}

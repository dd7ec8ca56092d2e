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

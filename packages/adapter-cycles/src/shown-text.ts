/** What would end a line, move the cursor, hide text or turn its direction. */
const unseen = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** Text that a server has sent, as a log can carry it: in one line, and without the key that it was asked with. */
export function shownText(text: string, apiKey: string): string {
  const withoutKey = text.replaceAll(apiKey, "[the API key]");
  return withoutKey.replace(unseen, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);
}

/**
 * A text as a terminal may show it in one line: what would move the cursor, begin a line or turn the order of letters is written out, such as
 * `\u001b`. Agents choose names, and must not write lines of their own into what an operator reads.
 */
export function printable(text: string): string {
  return text.replace(
    /[\p{Control}\p{Bidi_Control}\p{Line_Separator}\p{Paragraph_Separator}]/gu,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** What would end a line, move the cursor, hide or turn letters. A joiner between two pictures only makes one of them. */
const unseen =
  /(?!(?<=[\p{Extended_Pictographic}\p{Emoji_Modifier}]\ufe0f?)\u200d\p{Extended_Pictographic})[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/**
 * A text as a terminal may show it in one line: what nobody would see is written out, such as `\u001b`. Agents choose names, and must neither
 * write lines of their own into what an operator reads, nor make one name look like another.
 */
export function printable(text: string): string {
  return text.replace(unseen, (sign) => {
    const digits = (sign.codePointAt(0) ?? 0).toString(16);
    return digits.length > 4 ? `\\u{${digits}}` : `\\u${digits.padStart(4, "0")}`;
  });
}

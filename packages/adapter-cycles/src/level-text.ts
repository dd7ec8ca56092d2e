import { sha256Hex } from "@agentkit-policy/schema";

const maxLength = 128;

/**
 * A value as a level of a subject can carry it. Cycles folds capitals and splits at `:` and `/`, so that two values could come to share
 * a budget; here different values stay different. Lower-case letters, digits, `_` and `-` stand for themselves; every other byte is
 * written as `.` and two hexadecimal digits (`eip155:1` is `eip155.3a1`), and what would be too long, or nothing, is `.h` and its SHA-256.
 */
export function levelText(value: string): string {
  // Most are, and stay, what they are: a wallet's address, a UUID.
  if (/^[a-z0-9_-]+$/.test(value) && value.length <= maxLength) return value;
  const text = [...new TextEncoder().encode(value)]
    .map((byte) => {
      const character = String.fromCharCode(byte);
      return /[a-z0-9_-]/.test(character) ? character : `.${byte.toString(16).padStart(2, "0")}`;
    })
    .join("");
  return text === "" || text.length > maxLength ? `.h${sha256Hex(value)}` : text;
}

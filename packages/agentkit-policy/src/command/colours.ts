import pc from "picocolors";

/** Colours for what one stream shows: only where that stream itself is a terminal, and nobody has asked for none (`NO_COLOR`). */
export function coloursFor(stream: { readonly isTTY?: boolean }): ReturnType<typeof pc.createColors> {
  return pc.createColors(stream.isTTY === true && !process.env["NO_COLOR"]);
}

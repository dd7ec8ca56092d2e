import { coloursFor } from "./colours.js";
import { printable } from "./printable.js";

/** Columns under headings, a line for each row, whatever its cells hold; colours only where standard output is a terminal. */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = rows.map((row) => row.map(printable));
  const widths = headings.map((heading, column) =>
    lines.reduce((width, row) => Math.max(width, row[column]?.length ?? 0), heading.length),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd();
  return [coloursFor(process.stdout).bold(line(headings)), ...lines.map(line)].join("\n");
}

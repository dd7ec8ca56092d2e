/** How many differing lines are worth reading. */
const maxLines = 200;

/**
 * The lines in which two texts differ, in the manner of a unified diff without context. Common lines at both ends are left
 * out; between them the change is shown as a whole, which for generated files is what one wants to see.
 */
export function lineDiff(before, after, { from, to }) {
  const old = before.split("\n");
  const now = after.split("\n");
  let start = 0;
  while (start < old.length && start < now.length && old[start] === now[start]) start += 1;
  let oldEnd = old.length;
  let nowEnd = now.length;
  while (oldEnd > start && nowEnd > start && old[oldEnd - 1] === now[nowEnd - 1]) {
    oldEnd -= 1;
    nowEnd -= 1;
  }
  const lines = [
    `--- ${from}`,
    `+++ ${to}`,
    `@@ -${start + 1},${oldEnd - start} +${start + 1},${nowEnd - start} @@`,
    ...old.slice(start, oldEnd).map((line) => `-${line}`),
    ...now.slice(start, nowEnd).map((line) => `+${line}`),
  ];
  const shown = lines.slice(0, maxLines);
  if (lines.length > shown.length) shown.push(`… and ${lines.length - shown.length} lines more`);
  return `${shown.join("\n")}\n`;
}

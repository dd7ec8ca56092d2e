const units: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Longer than any window that makes sense, and far below where numbers lose exactness. */
const maxDurationMs = 3_660 * 86_400_000;

/** `90s`, `10m`, `24h` or `30d` in milliseconds; undefined for anything else, zero included. */
export function parseDuration(text: string): number | undefined {
  const match = /^([1-9][0-9]{0,8})([smhd])$/.exec(text);
  const milliseconds = Number(match?.[1]) * (units[match?.[2] ?? ""] ?? Number.NaN);
  return milliseconds <= maxDurationMs ? milliseconds : undefined;
}

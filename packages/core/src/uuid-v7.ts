/**
 * A UUIDv7 (RFC 9562): 48 bits of milliseconds, then random bits. The ledger reads its time and refuses ids older than a
 * life. Ten lines of our own because the `uuid` package's import alone would take most of core's 10 ms.
 */
export function uuidV7(nowMs: number): string {
  const bytes = randomBytes();
  bytes.writeUIntBE(nowMs, 0, 6);
  bytes[6] = 0x70 | ((bytes[6] ?? 0) & 0x0f);
  bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f);
  const hex = bytes.toString("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

const idBytes = 16;
let pool = Buffer.alloc(0);

/** Fresh random bytes for one id. Taken from a pool: asking the system for so few takes longer than half of a decision. */
function randomBytes(): Buffer {
  if (pool.length < idBytes) pool = Buffer.from(crypto.getRandomValues(new Uint8Array(256 * idBytes)).buffer);
  const bytes = pool.subarray(0, idBytes);
  pool = pool.subarray(idBytes);
  return bytes;
}

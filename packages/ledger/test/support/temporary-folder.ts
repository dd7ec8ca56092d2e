import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";

/**
 * A new folder that goes with the tests of the file.
 * @param inMemory for thousands of short-lived ledgers of which no test asks whether they are on a disk
 */
export function temporaryFolder({ inMemory = false } = {}): string {
  const place = inMemory && existsSync("/dev/shm") ? "/dev/shm" : tmpdir();
  const folder = mkdtempSync(join(place, "agentkit-policy-ledger-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { definePolicy, PolicyEvent } from "agentkit-policy";
import { afterAll } from "vitest";

export type OpenPolicy = Awaited<ReturnType<typeof definePolicy>>;

/** How often the deep runs repeat what the ordinary ones do once. */
export const scale = Math.max(1, Number(process.env.TEST_SCALE ?? "1"));

/** What a limit counts now, over all of its scopes, in atomic units. */
export async function counted(policy: OpenPolicy, limitId: string): Promise<bigint> {
  const balances = await policy.balances();
  return balances.filter((balance) => balance.limitId === limitId).reduce((sum, balance) => sum + BigInt(balance.counted), 0n);
}

const temporaryFolders: string[] = [];

/** A folder for ledger files, which goes when the test file has ended. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "agentkit-policy-e2e-"));
  temporaryFolders.push(folder);
  return folder;
}

afterAll(() => {
  for (const folder of temporaryFolders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** Waits for something that another process or the chain will bring about; the limit is there for a test that is broken. */
export async function until(holds: () => boolean | Promise<boolean>, what: string, limitMs = 60_000): Promise<void> {
  const startedAt = performance.now();
  while (!(await holds())) {
    if (performance.now() - startedAt > limitMs) throw new Error(`waited ${limitMs} ms in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Hears a kit's events and lets a test wait for one. */
export class Heard {
  readonly events: PolicyEvent[] = [];
  readonly #waiting: { readonly type: string; readonly resolve: () => void }[] = [];

  readonly onEvent = (event: PolicyEvent): void => {
    this.events.push(event);
    for (const waiting of this.#waiting) if (waiting.type === event.type) waiting.resolve();
  };

  /** Resolves once an event of this type has been heard. */
  async first(type: PolicyEvent["type"]): Promise<void> {
    if (this.events.some((event) => event.type === type)) return;
    await new Promise<void>((resolve) => this.#waiting.push({ type, resolve }));
  }

  count(type: PolicyEvent["type"]): number {
    return this.events.filter((event) => event.type === type).length;
  }
}

export const silentLogger = { info: () => undefined, warn: () => undefined };

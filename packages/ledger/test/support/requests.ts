import { attemptIdAt } from "../../src/driver-kit/attempt-ids.js";
import type { CloseRequest, Limit, ReserveRequest, ScopeValues } from "../../src/ledger.js";

export const native = "eip155:84532/slip44:60";
export const alice = "eip155:84532:0x70997970c51812dc3a010c7d01b50e0d17dc79c8";
export const bob = "eip155:84532:0x3c44cdddb6a900fa2b585dd299e03d12fa4293bc";
export const wallet = "eip155:0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266";

let serial = 0;

/** A new attempt's id, made at a moment. */
export function attemptAt(now: number): string {
  serial += 1;
  return attemptIdAt(now, serial);
}

export function limitOf(max: string | bigint | number, overrides: Partial<Limit> = {}): Limit {
  return {
    id: "budget",
    unit: "amount",
    asset: native,
    per: ["wallet"],
    window: { kind: "calendar", unit: "day" },
    max: max.toString(),
    ...overrides,
  };
}

export const countLimit = (max: number, overrides: Partial<Limit> = {}): Limit => {
  const { asset: _asset, ...rest } = limitOf(String(max), { id: "count", unit: "actions", ...overrides });
  return rest;
};

interface Asked {
  readonly attemptId: string;
  readonly amount: string | bigint;
  readonly limits: readonly Limit[];
  readonly stepId?: string;
  readonly scopes?: ScopeValues;
  readonly counterparty?: string;
  readonly arm?: boolean;
  readonly counted?: boolean;
}

export function reserveOf({
  attemptId,
  amount,
  limits,
  stepId = "root",
  scopes = { wallet },
  counterparty = alice,
  arm,
  counted,
}: Asked): ReserveRequest {
  const lines = [
    { unit: "amount", asset: native, amount: amount.toString(), counterparty } as const,
    ...(counted === true ? [{ unit: "actions" } as const] : []),
  ];
  return { attemptId, stepId, scopes, lines, limits, ...(arm === undefined ? {} : { arm }) };
}

export function closeOf(attemptId: string, spent: string | bigint, overrides: Partial<CloseRequest> = {}): CloseRequest {
  const lines = BigInt(spent) === 0n ? [] : [{ asset: native, amount: spent.toString(), counterparty: alice }];
  return { attemptId, scopes: { wallet }, entered: true, inFlight: false, spent: lines, ...overrides };
}

/** Whose something is that an engine holds: a rule's id alone does not say it, since its rule can be edited between two processes. */
export interface EngineOwner {
  /** The adapter's own name: a module may be moved, and is the same engine then. */
  readonly adapter: string;
  /** Which engine of its kind, where the adapter tells them apart. */
  readonly identity?: string | undefined;
}

/** By rule. */
export type EngineOwners = Readonly<Record<string, EngineOwner>>;

export function ownerIn(owners: EngineOwners, rule: string): EngineOwner | undefined {
  return Object.hasOwn(owners, rule) ? owners[rule] : undefined;
}

/** Whether what one held is this one's to be told of. */
export function isOwner(held: EngineOwner | undefined, now: EngineOwner): boolean {
  // Notes from before they said whose they are have nothing but the rule's id.
  if (held === undefined) return true;
  if (held.adapter !== now.adapter) return false;
  // Where it is known which engine held it, one that does not say that it is the same is another: what is left can be told later, and what
  // was booked elsewhere cannot be taken back.
  return held.identity === undefined || held.identity === now.identity;
}

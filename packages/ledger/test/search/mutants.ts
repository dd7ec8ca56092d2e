/**
 * Rules that lose money, each one change to the model's right ones. A search that does not find the loss of every one of
 * them shows nothing by finding none in the right rules.
 */
export const mutants = [
  "counts at reserve time",
  "counts only what is closed",
  "frees armed entries on expiry",
  "dates a line at its send",
  "has no horizon",
  "does not check after the queue",
  "closes over a call in flight",
  "takes a send error for a proof",
  "believes a revert before it is final",
  "believes a block before it is final",
  "keeps an excess step in memory only",
  "arms without its steps",
  "inserts steps that an arm misses",
  "has no margin",
  "has a margin of the clock's tolerance",
  "compares the clock with its last reading",
  "raises the high-water mark by a jump",
  "dates a close during a jump",
  "forgets a signature's deadline",
  "covers a pull by no approval",
  "covers a pull by an approval that is not confirmed",
  "dates an approval without its pull",
  "checks no limit at the excess",
  "renews the dead",
  "forgets calls without an id",
  "reads the clock before the lock",
] as const;

export type Mutant = (typeof mutants)[number];

/**
 * Confirmations after which a block is taken for final, by CAIP-2 chain, where the policy file says nothing. A chain that is not
 * here, and not in the file, proves nothing.
 */
export const defaultConfirmations: Readonly<Record<string, number>> = {
  // Two epochs of 32 slots: the chain's own finality.
  "eip155:1": 64,
  "eip155:11155111": 64,
  // Rollups of two-second blocks: as long as the block of Ethereum that carries theirs takes to be final, and some.
  "eip155:10": 900,
  "eip155:11155420": 900,
  "eip155:8453": 900,
  "eip155:84532": 900,
  // A rollup of quarter-second blocks.
  "eip155:42161": 7_200,
  "eip155:421614": 7_200,
  // Milestones come sooner; this was enough before there were any.
  "eip155:137": 256,
  "eip155:80002": 256,
  // Three quarters of the validators have voted twice.
  "eip155:56": 15,
  // Accepted blocks are final.
  "eip155:43114": 1,
  "eip155:43113": 1,
  // Chains that live on one machine have nobody to reorganise them.
  "eip155:31337": 1,
  "eip155:1337": 1,
};

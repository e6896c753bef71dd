// Limits of what has several norms, as stacks and networks as text have.

/** 2²⁶ weights: 128 MB as the integers of 16 bits that they are kept in, for each thread. */
export const MOST_WEIGHTS = 2 ** 26;

/** Samples of a mini-batch. */
export const BATCH_SIZES = { from: 4, to: 16_384 } as const;

/** Mini-batches that an interval needs. */
export const FEWEST_BATCHES = 8;

/**
 * All that a measurement keeps of its mini-batches: their number n and, of each one's variance in train and in test mode,
 * the sums, the sums of squares and the sum of products. Sums of disjoint mini-batches add up; ratios would not.
 */
export interface Sums {
  readonly n: number;
  readonly train: number;
  readonly test: number;
  readonly trainSquared: number;
  readonly testSquared: number;
  readonly product: number;
}

export const NO_SUMS: Sums = { n: 0, train: 0, test: 0, trainSquared: 0, testSquared: 0, product: 0 };

/** The sums of one mini-batch with these variances. */
export function sumsOf({ train, test }: { readonly train: number; readonly test: number }): Sums {
  return { n: 1, train, test, trainSquared: train * train, testSquared: test * test, product: train * test };
}

export function addSums(a: Sums, b: Sums): Sums {
  return {
    n: a.n + b.n,
    train: a.train + b.train,
    test: a.test + b.test,
    trainSquared: a.trainSquared + b.trainSquared,
    testSquared: a.testSquared + b.testSquared,
    product: a.product + b.product,
  };
}

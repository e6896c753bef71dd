export interface Outcome {
  readonly probability: number;
  readonly x: readonly number[];
}

/** All orders of 1, 2 and 6, or with probability q three equal values: mean 3, exchangeable, from ρ = −1/2 up to 1. */
export function exchangeable(q: number): Outcome[] {
  const orders = [
    [1, 2, 6],
    [1, 6, 2],
    [2, 1, 6],
    [2, 6, 1],
    [6, 1, 2],
    [6, 2, 1],
  ];
  return [
    ...orders.map((x) => ({ probability: (1 - q) / 6, x })),
    ...[1, 2, 6].map((value) => ({ probability: q / 3, x: [value, value, value] })),
  ];
}

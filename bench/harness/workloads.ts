/** How much a contestant draws: so many samples, or until the 95 % interval's half width is this part of the ratio. */
export type Amount = { readonly samples: number } | { readonly precision: number };

export interface Workload {
  readonly id: string;
  readonly title: string;
  readonly width: number;
  /** null without a linear layer. */
  readonly neurons: number | null;
  readonly amount: Amount;
  /** Samples after which the 95 % interval of the ratio is about ±0.1 %: tells how far off a right answer can be. */
  readonly samplesForPermille: number;
  /** Contestants that do not take part, and why. */
  readonly leftOut: Readonly<Record<string, string>>;
}

const direct = { width: 512, neurons: null, samplesForPermille: 21_000, leftOut: {} };
const narrow = { width: 512, neurons: 64, samplesForPermille: 150_000, leftOut: {} };
const wide = { width: 512, neurons: 512, samplesForPermille: 40_000, leftOut: {} };

/** vshift draws until then with its defaults. */
const leftOut = { "vshift-default": "it is the same as vshift" };

/** All with mean 0.5, variance 1, keep 0.5 and mini-batches of 256: the ratio is 4/9. */
export const WORKLOADS: readonly Workload[] = [
  { id: "W1", title: "no layer, d 512, 200,000 samples", ...direct, amount: { samples: 200_000 } },
  { id: "W2", title: "linear, k 64, d 512, 200,000 samples", ...narrow, amount: { samples: 200_000 } },
  { id: "W3", title: "linear, k 512, d 512, 50,000 samples", ...wide, amount: { samples: 50_000 } },
  { id: "W4", title: "no layer, d 512, 2,000 samples", ...direct, amount: { samples: 2_000 } },
  {
    id: "10xW1",
    title: "no layer, d 512, 2,000,000 samples",
    ...direct,
    amount: { samples: 2_000_000 },
    leftOut: { "seedrandom-loops": "a run takes minutes" },
  },
  { id: "P1", title: "no layer, d 512, until Δ is known to ±0.1 %", ...direct, amount: { precision: 0.001 }, leftOut },
  {
    id: "P2",
    title: "linear, k 64, d 512, until Δ is known to ±0.1 %",
    ...narrow,
    amount: { precision: 0.001 },
    leftOut,
  },
];

/** Var_test / Var_train of every workload: v/(v + σ²(v + c²)) with c = 0.5, v = 1, σ² = 1. */
export const TRUE_SHIFT = 4 / 9;

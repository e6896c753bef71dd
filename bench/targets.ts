import type { Measure } from "./harness/ratios.ts";

/** How many times faster than another vshift aims to be. */
export interface SpeedTarget extends Rival {
  readonly race: string;
  readonly atLeast: number;
}

interface Rival {
  readonly name: string;
  /** One contestant or more; the fastest of them counts. */
  readonly contestants: readonly string[];
  /** Peers are compared by the time that a user waits, the state before by what it costs. */
  readonly measure: Measure;
}

const BEFORE: Rival = { name: "vshift before", contestants: ["vshift-before"], measure: "cpu" };
const EXPERT: Rival = {
  name: "NumPy, expert",
  contestants: ["numpy-expert", "numpy-product"],
  measure: "seconds",
};
const COMPETENT: Rival = { name: "NumPy, competent", contestants: ["numpy-competent"], measure: "seconds" };
const TORCH: Rival = { name: "PyTorch modules", contestants: ["torch-1", "torch-2"], measure: "seconds" };

export const SPEED_TARGETS: readonly SpeedTarget[] = [
  ...targets(BEFORE, { W1: 1.4, "10xW1": 1.4, W3: 1.8, k2048: 6, P1: 1.3, sweep: 2 }),
  ...targets(EXPERT, { W1: 1, W2: 1.1, W3: 1.4, W4: 1, "10xW1": 1, k2048: 3, P1: 3, P2: 1 }),
  ...targets(COMPETENT, { W1: 5.5, W2: 2.6, W3: 1.5, W4: 3.2, "10xW1": 7.5 }),
  ...targets(TORCH, { W1: 25, W2: 12, W3: 6, W4: 28, "10xW1": 30, P1: 20, P2: 20 }),
];

function targets(rival: Rival, ratios: Readonly<Record<string, number>>): SpeedTarget[] {
  return Object.entries(ratios).map(([race, atLeast]) => ({ ...rival, race, atLeast }));
}

/** Milliseconds that a race may take beyond a bare start of Node. */
export const OVER_NODE_TARGETS: Readonly<Record<string, { readonly measure: Measure; readonly milliseconds: number }>> =
  {
    start: { measure: "seconds", milliseconds: 5 },
    records: { measure: "cpu", milliseconds: 60 },
  };

/** Seconds that a race may take on two cores. */
export const MOST_SECONDS: Readonly<Record<string, number>> = { sweep: 10, stack: 45 };

/** Megabytes of memory at the peak, at any number of samples. */
export const MEMORY_TARGET_MB = 100;

/** What vshift aims at: how many times faster than a peer it is done, on two threads, in whole processes. */
export interface SpeedTarget extends Rival {
  readonly workload: string;
  readonly atLeast: number;
}

interface Rival {
  readonly name: string;
  /** One contestant or more; the fastest of them counts. */
  readonly contestants: readonly string[];
}

const EXPERT: Rival = { name: "NumPy, expert", contestants: ["numpy-expert"] };
const COMPETENT: Rival = { name: "NumPy, competent", contestants: ["numpy-competent"] };
const TORCH: Rival = { name: "PyTorch modules", contestants: ["torch-1", "torch-2"] };

export const SPEED_TARGETS: readonly SpeedTarget[] = [
  ...targets(EXPERT, { W1: 3, W2: 1.5, W3: 1.2, W4: 2.8, "10xW1": 3.7, P1: 3, P2: 3 }),
  ...targets(COMPETENT, { W1: 5.5, W2: 2.6, W3: 1.5, W4: 3.2, "10xW1": 7.5 }),
  ...targets(TORCH, { W1: 25, W2: 12, W3: 6, W4: 28, "10xW1": 30, P1: 20, P2: 20 }),
];

/** Milliseconds that the shortest run may take beyond a bare start of Node. */
export const START_TARGET_MS = 5;

/** Megabytes of memory at the peak, at any number of samples. */
export const MEMORY_TARGET_MB = 100;

function targets(rival: Rival, ratios: Readonly<Record<string, number>>): SpeedTarget[] {
  return Object.entries(ratios).map(([workload, atLeast]) => ({ ...rival, workload, atLeast }));
}

/** A sweep of a thousand cells without a layer, each to ±0.1 %, on two cores. */
export const SWEEP_TARGET_SECONDS = 10;

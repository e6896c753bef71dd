import { threefry2x32, type WordPair } from "./threefry.ts";

/** What a stream of random words is for. A number is part of the address: never reuse one for another purpose. */
export const STREAMS = {
  inputRadius: 0,
  inputAngle: 1,
  factorRadius: 2,
  factorAngle: 3,
  noise: 4,
  noiseRadius: 5,
  noiseAngle: 6,
  weightRadius: 7,
  weightAngle: 8,
  weightUniform: 9,
} as const;

export type StreamName = keyof typeof STREAMS;

/** Where a draw is: which block of mini-batches, which mini-batch in it. Nothing else, the order of execution least. */
export interface Address {
  readonly key: WordPair;
  /** In [0, 2³²). */
  readonly block: number;
  /** In [0, 2¹⁶). */
  readonly batch: number;
}

/** The block whose streams draw what is drawn once: the weights. Mini-batches are in blocks below it. */
export const ONCE = 0xffffffff;

/** Words in the state of one stream: four lanes of xoshiro128++, four words each. */
export const STATE_WORDS = 16;

/**
 * Starts a stream: fills the state of its four xoshiro128++ lanes, word i of lane l at `state[4·i + l]`.
 *
 * Each pair of words is Threefry of its own counter (block, batch · 2¹⁶ + stream · 2⁸ + index), so lanes, streams and
 * mini-batches start at unrelated points of xoshiro's cycle of 2¹²⁸ − 1. (Consecutive SplitMix states in this place gave
 * shifted copies of one stream.) An all-zero state, which xoshiro cannot leave, has odds of 2⁻¹²⁸.
 */
export function startStream({ key, block, batch }: Address, name: StreamName, state: Uint32Array): void {
  for (let index = 0; index < STATE_WORDS / 2; index++) {
    const low = (batch << 16) | (STREAMS[name] << 8) | index;
    threefry2x32({ key, counter: [block | 0, low], out: state, at: 2 * index });
  }
}

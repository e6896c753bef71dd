import { threefry2x32, type WordPair } from "./threefry.ts";

/** What a stream of random integers is for. A number is part of the address: never reuse one for another purpose. */
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
  inputRow: 10,
} as const;

export type StreamName = keyof typeof STREAMS;

/** The address of a draw: which mini-batch. Nothing else; how the work was cut up, and the order of execution, least of all. */
export interface Address {
  readonly key: WordPair;
  /** Number of the mini-batch, in [0, `MOST_BATCHES`), or `ONCE`. */
  readonly batch: number;
}

/** Mini-batches that have an address. */
export const MOST_BATCHES = 0xffffffff * 2 ** 16;

/** The address of what is drawn once: the weights. */
export const ONCE = MOST_BATCHES + 1;

/** Words in the state of one stream: four lanes of xoshiro128++, four words each. */
export const STATE_WORDS = 16;

/**
 * Starts a stream: fills the state of its four xoshiro128++ lanes, word i of lane l at `state[4·i + l]`.
 *
 * Each pair of words is Threefry of its own counter, the batch in 48 bits, the stream and the index in 8 each, so lanes,
 * streams and mini-batches start at unrelated points of xoshiro's cycle of 2¹²⁸ − 1. (Consecutive SplitMix states here gave
 * shifted copies of one stream.) An all-zero state, which xoshiro cannot leave, has odds of 2⁻¹²⁸.
 */
export function startStream({ key, batch }: Address, name: StreamName, state: Uint32Array): void {
  const high = Math.floor(batch / 2 ** 16) | 0;
  const rest = ((batch % 2 ** 16) << 16) | (STREAMS[name] << 8);
  for (let index = 0; index < STATE_WORDS / 2; index++) {
    threefry2x32({ key, counter: [high, rest | index], out: state, at: 2 * index });
  }
}

/**
 * The key of one of many things that need streams of the same name in the same mini-batch, such as neurons: Threefry of its
 * number, 0 ≤ index < 2³¹, in a counter that no mini-batch has.
 */
export function branchOf(key: WordPair, index: number): WordPair {
  const words = new Uint32Array(2);
  threefry2x32({ key, counter: [0xffffffff | 0, (1 << 31) | index], out: words, at: 0 });
  return [words[0] | 0, words[1] | 0];
}

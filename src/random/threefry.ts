/** The key schedule's parity constant for 32-bit words (Threefish, version 1.3). */
const PARITY = 0x1bd11bda;

/**
 * Threefry-2x32-20: a keyed bijection of 64 bits, so that the n-th output needs none of those before it.
 *
 * key, counter   two 32-bit words each; the result is written to `out[at]` and `out[at + 1]`
 *
 * Twenty rounds in five groups of four; the groups' rotations alternate, and after each a part of the key is added. Salmon,
 * Moraes, Dror & Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3"; its known answers are tested.
 */
export function threefry2x32({ key, counter, out, at }: ThreefryCall): void {
  let k0 = key[0];
  let k1 = key[1];
  let k2 = k0 ^ k1 ^ PARITY;
  let x0 = (counter[0] + k0) | 0;
  let x1 = (counter[1] + k1) | 0;
  for (let group = 1; group <= 5; group++) {
    const isOdd = (group & 1) === 1;
    x0 = (x0 + x1) | 0;
    x1 = rotated(x1, isOdd ? 13 : 17) ^ x0;
    x0 = (x0 + x1) | 0;
    x1 = rotated(x1, isOdd ? 15 : 29) ^ x0;
    x0 = (x0 + x1) | 0;
    x1 = rotated(x1, isOdd ? 26 : 16) ^ x0;
    x0 = (x0 + x1) | 0;
    x1 = rotated(x1, isOdd ? 6 : 24) ^ x0;
    x0 = (x0 + k1) | 0;
    x1 = (x1 + k2 + group) | 0;
    const first = k0;
    k0 = k1;
    k1 = k2;
    k2 = first;
  }
  out[at] = x0;
  out[at + 1] = x1;
}

function rotated(word: number, distance: number): number {
  return (word << distance) | (word >>> (32 - distance));
}

/** Two 32-bit words. */
export type WordPair = readonly [number, number];

export interface ThreefryCall {
  readonly key: WordPair;
  readonly counter: WordPair;
  readonly out: Uint32Array;
  readonly at: number;
}

/** Rotation distances of Threefry-2x32, one for each round modulo 8. */
const ROTATIONS = [13, 15, 26, 6, 17, 29, 16, 24] as const;
/** The key schedule's parity constant for 32-bit words (Threefish, version 1.3). */
const PARITY = 0x1bd11bda;
const ROUNDS = 20;

/**
 * Threefry-2x32-20: a keyed bijection of 64 bits, so that the n-th output needs none of those before it.
 *
 * key, counter   two 32-bit words each; the result is written to `out[at]` and `out[at + 1]`
 *
 * Salmon, Moraes, Dror & Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3"; its known answers are tested.
 */
export function threefry2x32({ key, counter, out, at }: ThreefryCall): void {
  const schedule = [key[0], key[1], key[0] ^ key[1] ^ PARITY] as const;
  let x0 = (counter[0] + schedule[0]) | 0;
  let x1 = (counter[1] + schedule[1]) | 0;
  for (let round = 0; round < ROUNDS; round++) {
    const distance = ROTATIONS[round % 8] as number;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << distance) | (x1 >>> (32 - distance))) ^ x0;
    if (round % 4 === 3) {
      const injection = (round + 1) / 4;
      x0 = (x0 + (schedule[injection % 3] as number)) | 0;
      x1 = (x1 + (schedule[(injection + 1) % 3] as number) + injection) | 0;
    }
  }
  out[at] = x0;
  out[at + 1] = x1;
}

/** Two 32-bit words. */
export type WordPair = readonly [number, number];

export interface ThreefryCall {
  readonly key: WordPair;
  readonly counter: WordPair;
  readonly out: Uint32Array;
  readonly at: number;
}

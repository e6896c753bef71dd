/**
 * The next words of one lane of a stream: xoshiro128++ 1.0.
 *
 * state   four lanes of four words, word i of lane l at `state[4·i + l]`; this lane's is advanced by `count` steps
 * out     receives `count` words
 *
 * Blackman & Vigna 2021, "Scrambled linear pseudorandom number generators", ACM TOMS 47(4), 36; known answers are tested.
 */
export function nextWords(state: Uint32Array, lane: number, count: number, out: Uint32Array): void {
  let s0 = state[lane] | 0;
  let s1 = state[4 + lane] | 0;
  let s2 = state[8 + lane] | 0;
  let s3 = state[12 + lane] | 0;
  for (let at = 0; at < count; at++) {
    const sum = (s0 + s3) | 0;
    out[at] = (((sum << 7) | (sum >>> 25)) + s0) | 0;
    const shifted = s1 << 9;
    s2 ^= s0;
    s3 ^= s1;
    s1 ^= s2;
    s0 ^= s3;
    s2 ^= shifted;
    s3 = (s3 << 11) | (s3 >>> 21);
  }
  state[lane] = s0;
  state[4 + lane] = s1;
  state[8 + lane] = s2;
  state[12 + lane] = s3;
}

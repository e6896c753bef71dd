/**
 * The loops that a simulation spends its time in, over arrays in single precision. Layers are written in them, once; a
 * kernel is an implementation of them, and all kernels give the same bits (see `reference.ts`, which defines the bits).
 *
 * Arrays come from `floats`, `words` and `doubles`, so that a kernel can keep them in memory of its own. Lengths of arrays
 * of draws are multiples of `GROUP` and at most `STAGE_FLOATS`. A tile is `channels` rows of `stride` samples each, row after row.
 */
export interface Kernel {
  floats(length: number): Float32Array;
  doubles(length: number): Float64Array;
  words(length: number): Uint32Array;

  /** Standard normals, by Box and Muller from two streams. */
  normals(call: { readonly radius: Uint32Array; readonly angle: Uint32Array; readonly out: Float32Array }): void;

  /** Uniform numbers in (−1, 1) times `scale`, symmetric about 0, 2²⁴ values. */
  uniforms(call: { readonly stream: Uint32Array; readonly scale: number; readonly out: Float32Array }): void;

  /** `kept` where a random 32-bit word is below `threshold` ∈ (0, 2³²], else `dropped`. */
  choices(call: {
    readonly stream: Uint32Array;
    readonly threshold: number;
    readonly kept: number;
    readonly dropped: number;
    readonly out: Float32Array;
  }): void;

  /** x ← x · scale. */
  scale(call: { readonly x: Float32Array; readonly scale: number }): void;

  /**
   * Gives the rows of a tile a factor in common: for channel i and sample s,
   * z ← own[i]·z + common[i]·factor[s], then factor[s] ← factor[s] + feedback·z.
   */
  correlate(call: {
    readonly z: Float32Array;
    readonly stride: number;
    readonly factor: Float32Array;
    readonly own: Float32Array;
    readonly common: Float32Array;
    /** First channel of the tile in `own` and `common`. */
    readonly first: number;
    /** 0 or 1. */
    readonly feedback: number;
  }): void;

  /** x = max(floor, z + offset), in place. */
  rectify(call: { readonly z: Float32Array; readonly offset: number; readonly floor: number }): void;

  /** x = scale·e^(rate·z) − offset, in place. */
  exponentiate(call: {
    readonly z: Float32Array;
    readonly rate: number;
    readonly scale: number;
    readonly offset: number;
  }): void;

  /** x = (Φ(z) − ½)·scale, in place. */
  uniformise(call: { readonly z: Float32Array; readonly scale: number }): void;

  /** noisy = x + r·(x + centre): the input (x + centre) times (1 + r), less the centre. r = 0 leaves x as it is. */
  perturb(call: {
    readonly x: Float32Array;
    readonly deviation: Float32Array;
    readonly centre: number;
    readonly noisy: Float32Array;
  }): void;

  /** y[j][s] ← y[j][s] + Σᵢ w[j][first + i]·x[i][s], the terms added one by one in the order of i. */
  multiplyAdd(call: {
    readonly weights: Float32Array;
    readonly width: number;
    readonly first: number;
    readonly x: Float32Array;
    readonly y: Float32Array;
    readonly stride: number;
  }): void;

  /**
   * Adds each row's sum and sum of squares over its first `samples` elements to sums[2·(first + i)] and
   * sums[2·(first + i) + 1]. At most `TILE_SAMPLES` samples a call.
   */
  addMoments(call: {
    readonly x: Float32Array;
    readonly stride: number;
    readonly samples: number;
    readonly sums: Float64Array;
    readonly first: number;
  }): void;
}

/** Draws are made in groups of two vectors of four lanes. */
export const GROUP = 8;

/** Samples of a mini-batch that are in memory at a time; also the longest sum in single precision, 32 terms a lane. */
export const TILE_SAMPLES = 256;

/** Floats of one stage: 4 KiB, so that the handful of arrays of a stage stay in a first-level cache. */
export const STAGE_FLOATS = 1024;

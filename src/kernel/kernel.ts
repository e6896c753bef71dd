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

  /** The next random integers of a stream. */
  random(call: { readonly stream: Uint32Array; readonly out: Uint32Array }): void;

  /** `kept` where word + turn (mod 2³²) is below `threshold` ∈ (0, 2³²], else `dropped`. */
  mask(call: {
    readonly words: Uint32Array;
    /** A whole number in [0, 2³²). */
    readonly turn: number;
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
  relu(call: { readonly z: Float32Array; readonly offset: number; readonly floor: number }): void;

  /** x = scale·e^(rate·z) − offset, in place. */
  exp(call: { readonly z: Float32Array; readonly rate: number; readonly scale: number; readonly offset: number }): void;

  /** x = (Φ(z) − ½)·scale, in place. */
  normalCdf(call: { readonly z: Float32Array; readonly scale: number }): void;

  /** noisy = x + r·(x + centre): the input (x + centre) times (1 + r), less the centre. r = 0 leaves x unchanged. */
  applyNoise(call: NoisyInput & { readonly noisy: Float32Array }): void;

  /**
   * Adds each row's sum and sum of squares over its first `samples` elements to sums[2·(first + i)] and
   * sums[2·(first + i) + 1]. At most `TILE_SAMPLES` samples a call.
   */
  addMoments(call: Moments & { readonly x: Float32Array }): void;

  /** `addMoments` of what `applyNoise` makes of x, which is kept nowhere. */
  addNoisyMoments(call: Moments & NoisyInput): void;

  /** `addMoments` of factor·x − y. */
  addMirroredMoments(
    call: Moments & { readonly x: Float32Array; readonly y: Float32Array; readonly factor: number },
  ): void;

  /**
   * The sum over channels of the unbiased batch variances s² = unit²·(Σy² − (Σy)²/n)/(n − 1), never negative, from sums as
   * `addMoments` leaves them.
   */
  sumVariances(call: Channels): number;

  /**
   * `sumVariances`, and takes each channel into running statistics: mean ← kept·mean + weight·(unit·Σy/n + offset) and
   * variance ← kept·variance + weight·stored·s².
   */
  trackVariances(
    call: Channels & {
      readonly offsets: Float64Array;
      readonly kept: number;
      readonly weight: number;
      /** Factor of the variance that is stored; 1 for the unbiased one. */
      readonly stored: number;
      readonly mean: Float64Array;
      readonly variance: Float64Array;
    },
  ): number;

  /** Copies runs of each row: out[row·outStride + to + i] ← x[first + row·stride + from + i] for i < length. */
  copyRuns(call: Runs & { readonly out: Float32Array }): void;

  /**
   * The same, with each number rounded to 16 bits as by `packPairs`: an integer in the lower half of a word, the upper half of which means
   * nothing.
   */
  roundRuns(
    call: Runs & {
      readonly out: Uint32Array;
      readonly scale: number;
      /** At most 32,767. */
      readonly bound: number;
    },
  ): void;

  /** Fills the slots of a panel from the first on: that of row r has values[points[c] + shifts[r]] for each column c. */
  gatherRows(call: Gathering & { readonly values: Float32Array; readonly panel: Float32Array }): void;

  /** The same of integers that `roundRuns` leaves, two rows a slot. A last row without a second stands in both halves. */
  gatherPairs(call: Gathering & { readonly values: Uint32Array; readonly panel: Uint32Array }): void;

  /** Copies rows of a tile into the slots of a panel from `first` on, a slot a row. */
  packRows(call: Packing & { readonly panel: Float32Array }): void;

  /**
   * Rounds rows of a tile to 16 bits, to the nearest integer to x·scale and no further out than ±bound, and copies them into
   * the slots of a panel from `first` on, two rows a slot: the lower half of a word is the first row's. A last row without
   * a second stands in both halves.
   */
  packPairs(
    call: Packing & {
      readonly panel: Uint32Array;
      readonly scale: number;
      /** At most 32,767. */
      readonly bound: number;
    },
  ): void;

  /** y[j][s] ← y[j][s] + Σᵢ w[j][i]·x[i][s] over the slots i of a panel, in their order, each step in single precision. */
  multiplyRows(call: Product & { readonly weights: Float32Array; readonly panel: Float32Array }): void;

  /**
   * y[j][s] ← y[j][s] + Σᵢ (w[j][i]·x[i][s] + w'[j][i]·x'[i][s]) over the slots i of a panel of pairs, weights packed like x:
   * the sum in integers of 32 bits, exact, then added in single precision.
   */
  multiplyPairs(call: Product & { readonly weights: Uint32Array; readonly panel: Uint32Array }): void;

  /**
   * y[s] ← y[s] + w·(x + r·(x + centre)) for row after row of a tile: w is the weight of the row, and r is `kept` where its word is
   * below `threshold` ∈ (0, 2³²], else `dropped`. Each step in single precision.
   */
  addMaskedProducts(call: {
    readonly x: Float32Array;
    readonly stride: number;
    readonly words: Uint32Array;
    readonly threshold: number;
    readonly kept: number;
    readonly dropped: number;
    readonly centre: number;
    readonly weights: Float32Array;
    /** The weight of the first row. */
    readonly first: number;
    readonly y: Float32Array;
  }): void;

  /** x ← scale[i]·x + offset[i] for each row i of a tile, in place. */
  normalise(call: {
    readonly x: Float32Array;
    readonly stride: number;
    readonly scale: Float32Array;
    readonly offset: Float32Array;
  }): void;

  /** x = tanh(z), in place. */
  tanh(call: { readonly z: Float32Array }): void;

  /** x = z·Φ(z), in place: the Gaussian error linear unit. */
  gelu(call: { readonly z: Float32Array }): void;

  /** x = 1/(1 + e^(−z)), in place. */
  sigmoid(call: { readonly z: Float32Array }): void;

  /** x = z/(1 + e^(−z)), in place. */
  silu(call: { readonly z: Float32Array }): void;

  /** x = z above 0, else scale·(e^z − 1), in place. */
  elu(call: { readonly z: Float32Array; readonly scale: number }): void;

  /** x = z above 0, else slope·z, in place. */
  leakyRelu(call: { readonly z: Float32Array; readonly slope: number }): void;

  /** y ← scale·y + x. */
  scaleAndAdd(call: { readonly y: Float32Array; readonly scale: number; readonly x: Float32Array }): void;

  /** The largest magnitude in x. */
  largestMagnitude(call: { readonly x: Float32Array }): number;
}

interface NoisyInput {
  readonly x: Float32Array;
  /** r, of the noise's multiplier 1 + r. */
  readonly deviation: Float32Array;
  readonly centre: number;
}

interface Moments {
  readonly stride: number;
  readonly samples: number;
  readonly sums: Float64Array;
  readonly first: number;
}

interface Channels {
  /** Sum and sum of squares of each channel. */
  readonly sums: Float64Array;
  /** n ≥ 2. */
  readonly samples: number;
  readonly unit: number;
}

interface Runs {
  readonly x: Float32Array;
  /** Where the first row begins. */
  readonly first: number;
  readonly stride: number;
  readonly rows: number;
  /** Three words each: from, to, length. */
  readonly runs: Uint32Array;
  readonly outStride: number;
}

/** Up to `GROUP` numbers behind the last are read, too, and must be there. */
interface Gathering {
  /** Of whole groups of columns. */
  readonly points: Uint32Array;
  /** A row each, `PANEL_SLOTS` slots of them at most. */
  readonly shifts: Uint32Array;
}

/** Panels have `PANEL_SLOTS` slots of `stride` samples: for each group of 8 samples, slot after slot of 8 numbers. */
interface Packing {
  readonly x: Float32Array;
  readonly stride: number;
  /** The slot of the first row. */
  readonly first: number;
}

interface Product {
  /** For each `TILE_NEURONS` neurons, slot after slot of their weights. */
  readonly weights: Float32Array | Uint32Array;
  /** Slots that are filled, the first of the panel. */
  readonly slots: number;
  /** A row for each neuron, a multiple of `TILE_NEURONS` of them. */
  readonly y: Float32Array;
  readonly stride: number;
}

/** Draws are made in groups of two vectors of four lanes. */
export const GROUP = 8;

/** Samples of a mini-batch that are in memory at a time; also the longest sum in single precision, 32 terms a lane. */
export const TILE_SAMPLES = 256;

/** Floats of one stage: 8 KiB, so that the three arrays of a stage stay in a first-level cache. */
export const STAGE_FLOATS = 2048;

/** Slots of a panel, the input of a matrix product that stays in the first-level cache: 32 KiB for a whole tile. */
export const PANEL_SLOTS = 32;

/** Rows of the input in a panel of pairs. */
export const PAIR_ROWS = 2 * PANEL_SLOTS;

/**
 * Neurons that a matrix product works on at a time. Eight sums, two inputs and a weight fit the 16 vector registers of
 * x86-64 with room for the products; of 3, 4, 5 and 6 neurons, 4 were measured to be fastest (5 and 6 spill).
 */
export const TILE_NEURONS = 4;

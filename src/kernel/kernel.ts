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

  /** Mask `mask` of rows of words, see `MaskWords`: `kept` for a unit that it keeps, else `dropped`. */
  mask(
    call: MaskWords & {
      readonly mask: number;
      readonly kept: number;
      readonly dropped: number;
      readonly stride: number;
      readonly out: Float32Array;
    },
  ): void;

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
   * Moments of rows without masks, and of what masks k make of them, y = k·(x + centre) − keep·centre (the input without its scaling
   * by 1/keep, about its mean): in one pass, from Σx, Σx², and Σk, Σk·x of each mask, since k² = k.
   *
   * clean   receives Σx and Σx² at [2·(first + i)], as `addMoments` does
   * own     receives Σy and Σy² of mask 0 there
   * others  receives Σy of each other mask, then Σy² of all of them, the channels one after another. With `isMirrored` each mask is
   *         put on −x, too, which is as likely as x; mask 0's is then the first of the others
   *
   * Samples of x that do not count are set to 0.
   */
  addMaskedMoments(
    call: MaskWords & {
      readonly x: Float32Array;
      readonly stride: number;
      readonly samples: number;
      /** Probability that a unit is kept. */
      readonly keep: number;
      /** Whether there are two masks and the second keeps what the first drops. */
      readonly isComplement: boolean;
      readonly isMirrored: boolean;
      readonly centre: number;
      readonly first: number;
      readonly clean: Float64Array;
      readonly own: Float64Array;
      readonly others: Float64Array;
    },
  ): void;

  /**
   * The sum over channels and masks of the unbiased batch variances s² = unit²·(Σy² − (Σy)²/n)/(n − 1), never negative, from the sums
   * Σy of each mask and then Σy² of all of them, the channels one after another. (Of one mask, as `addMoments` leaves them.)
   */
  sumVariances(call: Channels & { readonly masks: number }): number;

  /**
   * `sumVariances` of one mask, and takes each channel into running statistics: mean ← kept·mean + weight·(unit·Σy/n + offset) and
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

  /**
   * Rounds rows of a tile to integers of 16 bits, to the nearest to x·scale, and puts them into a panel of units: for each eight rows,
   * and each pair of samples, a word a row, the earlier sample in the lower half. Rows that fill no eight, and samples that do not
   * count, are 0. Adds each row's sum to `sums`. |x·scale| < 2¹⁵.
   */
  packUnits(call: UnitPacking): void;

  /** The same of a mask: x·scale, rounded, + kept where a unit is kept, else dropped. */
  packMaskedUnits(
    call: UnitPacking &
      MaskWords & {
        readonly mask: number;
        readonly kept: number;
        readonly dropped: number;
      },
  ): void;

  /**
   * Σₛ xᵢxⱼ over the samples of a panel of units: of all i and j ≤ i, added to a scatter matrix, or instead of what one holds. Exact where no
   * sum passes 2³¹, then added in single precision. Tiles of four rows by eight columns, a row of tiles after the other.
   */
  addScatter(call: {
    readonly panel: Uint32Array;
    /** A multiple of 8. */
    readonly units: number;
    readonly stride: number;
    readonly scatter: Float32Array;
    readonly isFirst: boolean;
  }): void;

  /**
   * ⟨G, A⟩ of a Gram matrix G, whose entries off the diagonal are doubled and those above it 0, and A = S − ssᵀ/n, the scatter about
   * the mean; running ← kept·running + weight·A. In single precision except for sums over tiles.
   */
  trackScatter(call: {
    readonly scatter: Float32Array;
    readonly units: number;
    /** s, of each unit. */
    readonly sums: Float64Array;
    readonly samples: number;
    readonly gram: Float32Array;
    readonly kept: number;
    readonly weight: number;
    readonly running: Float32Array;
    /** Two floats a unit. */
    readonly room: Float32Array;
  }): number;

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

/**
 * Words of 16 bits that say which units of a row are kept. For each row of `stride` samples: a vector of eight, then a word for
 * each sample; `maskWords` of them in all.
 *
 * A word is a point of a circle of 2¹⁶ points, which mask j of n turns by ⌊2¹⁶·j/n⌋. Points from 0 on, as many as the threshold says,
 * are kept; or points from the other end on are dropped. The upper half of the threshold counts points, and in each of the eight lanes
 * of a row it is one more with the probability that the lower half says: so it is threshold/2³² of the circle.
 */
interface MaskWords {
  readonly words: Uint32Array;
  /** At most 2³¹. */
  readonly threshold: number;
  /** Whether the threshold says what is kept, or what is dropped. */
  readonly isKept: boolean;
  /** n ≤ `MOST_MASKS`. */
  readonly masks: number;
}

/** Words of 32 bits that a row of masks takes. */
export function maskWords(stride: number): number {
  return (stride + GROUP) / 2;
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

interface UnitPacking {
  /** Where row 0 stands in the panel and in the sums: a multiple of 8. */
  readonly first: number;
  readonly x: Float32Array;
  readonly stride: number;
  readonly samples: number;
  readonly scale: number;
  readonly panel: Uint32Array;
  readonly sums: Float64Array;
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

/** Where an entry of a scatter matrix of so many units stands. */
export function inScatter(row: number, column: number, units: number): number {
  const tile = (row >> 2) * (units >> 3) + (column >> 3);
  return (tile << 5) + ((row & 3) << 3) + (column & 7);
}

/** Draws are made in groups of two vectors of four lanes. */
export const GROUP = 8;

/** Samples of a mini-batch that are in memory at a time; also the longest sum in single precision, 32 terms a lane. */
export const TILE_SAMPLES = 256;

/** Floats of one stage: 8 KiB, so that the three arrays of a stage stay in a first-level cache. */
export const STAGE_FLOATS = 2048;

/** Masks that share their words; what they keep is counted in 16 bits, and in lanes of 32 terms. */
export const MOST_MASKS = 32;

/** Slots of a panel, the input of a matrix product that stays in the first-level cache: 32 KiB for a whole tile. */
export const PANEL_SLOTS = 32;

/** Rows of the input in a panel of pairs. */
export const PAIR_ROWS = 2 * PANEL_SLOTS;

/**
 * Neurons that a matrix product works on at a time. Eight sums, two inputs and a weight fit the 16 vector registers of
 * x86-64 with room for the products; of 3, 4, 5 and 6 neurons, 4 were measured to be fastest (5 and 6 spill).
 */
export const TILE_NEURONS = 4;

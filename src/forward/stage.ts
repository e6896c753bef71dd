/** A part of a mini-batch on its way through the network: rows of samples, a row a channel. */
export interface Stage {
  /** Index of the first channel. */
  readonly first: number;
  /** Samples in the tile, ≤ `stride`. */
  readonly samples: number;
  /** Floats from a channel's samples to the next channel's: `samples`, rounded up to whole groups of lanes. */
  readonly stride: number;
}

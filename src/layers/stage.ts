/** A tile of a mini-batch on its way through the network: some channels, some samples. */
export interface Stage {
  /** Index of the first channel. */
  readonly first: number;
  readonly channels: number;
  /** Samples in the tile, ≤ `stride`. */
  readonly samples: number;
  /** Floats from a channel's samples to the next channel's: `samples`, rounded up to whole groups of lanes. */
  readonly stride: number;
}

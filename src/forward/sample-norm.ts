import type { Stretch } from "./maps.ts";

/**
 * Layer and Group Normalization of one tile, in place: each sample over the channels of each group,
 *
 *   x ← (x − mean) / √(variance + ε)        variance biased, over width/groups channels
 *
 * Returns the variances, summed over the first `samples` samples and averaged over the groups. Ba, Kiros & Hinton 2016; Wu & He
 * 2018. There is nothing that training accumulates: both phases do the same.
 */
export function normaliseSamples({ x, stride, samples, groups, epsilon }: SampleNorm): number {
  const length = x.length / groups;
  const rows = length / stride;
  const mean = new Float64Array(stride);
  const spread = new Float64Array(stride);
  let total = 0;
  for (let start = 0; start < x.length; start += length) {
    mean.fill(0);
    for (let at = start, sample = 0; at < start + length; at++) {
      mean[sample] += x[at] / rows;
      sample = sample + 1 === stride ? 0 : sample + 1;
    }
    spread.fill(0);
    for (let at = start, sample = 0; at < start + length; at++) {
      const deviation = x[at] - mean[sample];
      spread[sample] += (deviation * deviation) / rows;
      sample = sample + 1 === stride ? 0 : sample + 1;
    }
    for (let sample = 0; sample < stride; sample++) {
      if (sample < samples) total += spread[sample] / groups;
      // Columns that only fill up a group may be 0 throughout.
      const variance = spread[sample] + epsilon;
      spread[sample] = sample < samples || variance > 0 ? 1 / Math.sqrt(variance) : 0;
    }
    for (let at = start, sample = 0; at < start + length; at++) {
      x[at] = (x[at] - mean[sample]) * spread[sample];
      sample = sample + 1 === stride ? 0 : sample + 1;
    }
  }
  return total;
}

/** The same of maps, whose samples are several columns: each over the channels of each group and all positions. */
export function normaliseMaps({ samples, channels, positions, groups, epsilon }: MapsNorm): number {
  const inGroup = channels / groups;
  const share = 1 / (inGroup * positions);
  let total = 0;
  for (const stretches of samples) {
    for (let group = 0; group < groups; group++) {
      const [from, until] = [group * inGroup, (group + 1) * inGroup];
      let sum = 0;
      for (const { tile, column, length } of stretches) {
        const { x, stride } = tile;
        for (let channel = from; channel < until; channel++) {
          const start = channel * stride + column;
          for (let at = start; at < start + length; at++) sum += x[at];
        }
      }
      const mean = sum * share;
      let squares = 0;
      for (const { tile, column, length } of stretches) {
        const { x, stride } = tile;
        for (let channel = from; channel < until; channel++) {
          const start = channel * stride + column;
          for (let at = start; at < start + length; at++) squares += (x[at] - mean) * (x[at] - mean);
        }
      }
      const variance = squares * share;
      total += variance / groups;
      const factor = 1 / Math.sqrt(variance + epsilon);
      for (const { tile, column, length } of stretches) {
        const { x, stride } = tile;
        for (let channel = from; channel < until; channel++) {
          const start = channel * stride + column;
          for (let at = start; at < start + length; at++) x[at] = (x[at] - mean) * factor;
        }
      }
    }
  }
  return total;
}

export interface MapsNorm {
  /** Where the columns of each sample lie. */
  readonly samples: readonly (readonly Stretch[])[];
  readonly channels: number;
  readonly positions: number;
  readonly groups: number;
  readonly epsilon: number;
}

export interface SampleNorm {
  /** A row of `stride` samples for each channel. */
  readonly x: Float32Array;
  readonly stride: number;
  readonly samples: number;
  readonly groups: number;
  readonly epsilon: number;
}

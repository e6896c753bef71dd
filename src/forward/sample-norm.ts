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
      spread[sample] = 1 / Math.sqrt(spread[sample] + epsilon);
    }
    for (let at = start, sample = 0; at < start + length; at++) {
      x[at] = (x[at] - mean[sample]) * spread[sample];
      sample = sample + 1 === stride ? 0 : sample + 1;
    }
  }
  return total;
}

export interface SampleNorm {
  /** A row of `stride` samples for each channel. */
  readonly x: Float32Array;
  readonly stride: number;
  readonly samples: number;
  readonly groups: number;
  readonly epsilon: number;
}

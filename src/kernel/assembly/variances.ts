// Batch variances and running statistics, channel by channel in double precision; ../reference.ts defines the bits.

@inline
function varianceOf(sums: usize, samples: f64): f64 {
  const sum = f64.load(sums);
  return max<f64>(0, f64.load(sums, 8) - (sum * sum) / samples) / (samples - 1);
}

/** Of each channel the sums of so many masks, then the sum of their squares. */
export function sumVariances(sums: usize, channels: i32, masks: i32, samples: f64, unit: f64): f64 {
  let total: f64 = 0;
  for (let channel = 0; channel < channels; channel++) {
    let between: f64 = 0;
    for (const end = sums + (<usize>masks << 3); sums < end; sums += 8) {
      const sum = f64.load(sums);
      between += (sum * sum) / samples;
    }
    total += (max<f64>(0, f64.load(sums) - between) / (samples - 1)) * unit * unit;
    sums += 8;
  }
  return total;
}

export function trackVariances(
  sums: usize,
  channels: i32,
  samples: f64,
  unit: f64,
  offsets: usize,
  kept: f64,
  weight: f64,
  stored: f64,
  mean: usize,
  variance: usize,
): f64 {
  let total: f64 = 0;
  for (let channel = 0; channel < channels; channel++) {
    const batchVariance = varianceOf(sums, samples) * unit * unit;
    total += batchVariance;
    const batchMean = (unit * f64.load(sums)) / samples + f64.load(offsets);
    f64.store(mean, kept * f64.load(mean) + weight * batchMean);
    f64.store(variance, kept * f64.load(variance) + weight * stored * batchVariance);
    sums += 16;
    offsets += 8;
    mean += 8;
    variance += 8;
  }
  return total;
}

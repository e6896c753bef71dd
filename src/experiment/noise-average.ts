/** What outputs are compared with a noise average by: means over samples and channels. */
export interface DistanceFromAverage {
  /** Squared distance of the outputs from the noise average. Unbiased, so it may be below 0. */
  readonly distance: number;
  /** Variance of the noise average over the samples of the mini-batch, averaged over channels. Unbiased. */
  readonly variance: number;
}

/** Draws of a noisy network's outputs for the same samples. */
export interface NoiseAverage {
  /** Forgets all draws, and takes the outputs that the next ones are compared with. */
  start(outputs: Float32Array): void;
  /** Takes one draw, and its variance over the samples, averaged over channels. */
  add(draw: Float32Array, variance: number): void;
  result(): DistanceFromAverage;
}

/**
 * The distance of outputs y from f̄ = E f, the average over the noise of a noisy network's outputs, from M ≥ 2 independent draws
 * f₁ … f_M for the same samples.
 *
 * The mean of the draws has an error of its own, whose variance over M would be added to the distance from it and to its variance.
 * Neither is added by a pair of different draws, which are independent. So both are means over all pairs k ≠ l:
 *
 *   ‖y − f̄‖² = E ⟨y − f_k, y − f_l⟩       mean over pairs (‖M·y − Σ f_k‖² − Σ ‖y − f_k‖²) / (M(M − 1))
 *   Var f̄    = E Cov(f_k, f_l)             mean over pairs (Var Σ f_k − Σ Var f_k) / (M(M − 1))
 *
 * Both are exact for any noise and any dependence among the samples of a mini-batch, such as that by BN's batch statistics.
 *
 * Outputs have a row of `samples` numbers for each channel.
 */
export function createNoiseAverage(length: number, samples: number): NoiseAverage {
  const sum = new Float32Array(length);
  let outputs: Float32Array = sum;
  let draws = 0;
  let squares = 0;
  let variances = 0;
  return {
    start(own) {
      sum.fill(0);
      outputs = own;
      draws = 0;
      squares = 0;
      variances = 0;
    },
    add(draw, variance) {
      let total = 0;
      for (let at = 0; at < length; at++) {
        const distance = outputs[at] - draw[at];
        total += distance * distance;
        sum[at] += draw[at];
      }
      draws++;
      squares += total / length;
      variances += variance;
    },
    result() {
      let total = 0;
      for (let at = 0; at < length; at++) {
        const distance = draws * outputs[at] - sum[at];
        total += distance * distance;
      }
      const pairs = draws * (draws - 1);
      return {
        distance: (total / length - squares) / pairs,
        variance: (meanVariance(sum, samples) - variances) / pairs,
      };
    },
  };
}

/** Unbiased variance of each row of `samples` numbers, averaged over the rows. */
function meanVariance(values: Float32Array, samples: number): number {
  let total = 0;
  for (let start = 0; start < values.length; start += samples) {
    let sum = 0;
    for (let at = start; at < start + samples; at++) sum += values[at];
    const mean = sum / samples;
    for (let at = start; at < start + samples; at++) total += (values[at] - mean) * (values[at] - mean);
  }
  return total / (samples - 1) / (values.length / samples);
}

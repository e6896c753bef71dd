import type { MeanFieldFunction } from "../../activations/activation-kind.ts";
import { type ActivationKind, activationOf } from "../../activations/activations.ts";
import { type Domain, LARGEST_MAGNITUDE, requireWithin, SMALLEST_MAGNITUDE } from "../../numeric/domain.ts";
import { addedVariance, type BlockNoise, requireBlockNoise } from "./block-noise.ts";

export interface MeanFieldSetting {
  readonly activation: ActivationKind;
  /** The noise of each block, first block first; `NO_NOISE` where a block has none. */
  readonly noises: readonly BlockNoise[];
  readonly residual: boolean;
  /**
   * v, the variance of each channel of the network's input, from 1e-75 to 1e75 [1]. Behind the first norm only residual
   * connections depend on it.
   */
  readonly variance?: number;
}

/** One position of a stack: what enters Batch Normalization there, over data, averaged over channels. */
export interface MeanFieldPlace {
  /** s² = Var_test/Var_train. */
  readonly shift: number;
  /** q: the mean over channels of the squared shift of the channel's mean, in Var_train. */
  readonly meanShift: number;
  readonly trainVariance: number;
  readonly testVariance: number;
}

/**
 * Variance shift at each position of a stack of blocks BN → f → noise → linear, in the limit of wide layers with zero-mean random
 * weights of unit norm per neuron. Of L blocks: the inputs of BN 1 … BN L, and the network's output, L + 1 positions.
 *
 *   A  = g²((e − c²) + σ²(e − 2cπ + π²))       what a block's linear layer gives during training
 *   B  = g′²·E_μ Var_g f(μ + s·g)              what it gives at test time, and
 *   D  = E_μ (g′·E_g f(μ + s·g) − g·c)²        how far the means are from training's, squared
 *
 *   plain      V′ = A        T′ = B        M′ = D
 *   residual   V′ = V + A    T′ = T + B    M′ = M + D         s² = T/V,  q = M/V;  V = T = v, M = 0 at first
 *
 * c, e      E f(g) and E f(g)², g ~ N(0, 1)
 * σ², π     relative variance and pivot of the noise;  g and g′ in front of a bracket its gains during training and at test time
 * V, T      variance over data during training and at test time;  M the squared difference of their means
 * s², q     what BN makes of a channel at test time: it divides by √V, so N(0, 1) becomes N(μ, s²), μ ~ N(0, q) over channels
 *
 * During training each BN's output is N(0, 1), for any input (a wide linear layer's sums are normal), independent from unit to
 * unit. The weights' second moments then give A: each of d units has variance e − c² over data, the noise adds
 * σ²E (f − π)², and leaves the mean c. At test time, unit i has variance g′²·Var_g f(μᵢ + s·g) and a mean that differs from
 * training's by g′·E_g f(μᵢ + s·g) − g·c; a sum Σ wᵢxᵢ with Σ wᵢ² = 1 has the mean over i of the first as variance, and of the
 * second's square as squared difference of means, which is normal over channels. With a residual connection
 * x′ = x + W·noise(f(BN(x))) the fresh weights W are independent of x, so the cross terms of x and of what is added vanish like
 * 1/√d, and variances and squared mean shifts add up. docs/METHOD.md has the derivation.
 *
 * A number outside of its range (`BlockNoise`, v), and gains so far apart that s² + q exceeds 1e75, are a `VshiftError`. Without
 * noise before a position s² and q are exactly 1 and 0 there. Accuracy 10⁻¹² for each block, relative, while s² + q is at most 2, as
 * it is with every kind of noise that vshift has; relu and identity have no such limit.
 */
export function meanField({ activation, noises, residual, variance = 1 }: MeanFieldSetting): readonly MeanFieldPlace[] {
  requireWithin(INPUT_VARIANCE, variance);
  const f = activationOf(activation).meanField();
  let at: Totals = { train: variance, test: variance, squaredMean: 0 };
  const places = [placeOf(at)];
  for (const noise of noises) {
    requireBlockNoise(noise);
    const made = madeBy(f, { at, noise });
    at = residual ? sum(at, made) : made;
    requireWithin(SHIFT, (at.test + at.squaredMean) / at.train);
    places.push(placeOf(at));
  }
  return places;
}

export const INPUT_VARIANCE: Domain = {
  field: "variance",
  from: SMALLEST_MAGNITUDE,
  to: LARGEST_MAGNITUDE,
  rule: "a variance of the input, from 1e-75 to 1e75",
  hint: "leave it out for an input of variance 1",
};

const SHIFT: Domain = {
  field: "gains",
  from: 0,
  to: LARGEST_MAGNITUDE,
  rule: "a shift that the mean field follows, at most 1e75",
  hint: "use gains that differ less, or fewer blocks",
};

/** V, T and M. */
interface Totals {
  readonly train: number;
  readonly test: number;
  readonly squaredMean: number;
}

/** A, B and D. */
function madeBy(f: MeanFieldFunction, { at, noise }: { at: Totals; noise: BlockNoise }): Totals {
  const { train, test } = noise.gains;
  const quiet = f.secondMoment - f.mean * f.mean;
  const made = train * train * (quiet + addedVariance(f, noise));
  if (at.train === at.test && at.squaredMean === 0) {
    const moved = (test - train) * f.mean;
    return { train: made, test: test * test * quiet, squaredMean: moved * moved };
  }
  const law = { variance: at.test / at.train, squaredMean: at.squaredMean / at.train };
  const { variance, squaredMean } = f.spread(law, f.mean * (train / test));
  return { train: made, test: test * test * variance, squaredMean: test * test * squaredMean };
}

function sum(a: Totals, b: Totals): Totals {
  return { train: a.train + b.train, test: a.test + b.test, squaredMean: a.squaredMean + b.squaredMean };
}

function placeOf({ train, test, squaredMean }: Totals): MeanFieldPlace {
  return { shift: test / train, meanShift: squaredMean / train, trainVariance: train, testVariance: test };
}

import type { MeanFieldFunction } from "../../activations/activation-kind.ts";
import { type ActivationKind, activationOf } from "../../activations/activations.ts";
import { RELATIVE_VARIANCE } from "../../noises/parameter.ts";
import { requireWithin } from "../../numeric/domain.ts";

export interface MeanFieldSetting {
  readonly activation: ActivationKind;
  /** Relative variance σ² of the noise of each block, first block first; 0 where a block has none. */
  readonly relativeVariances: readonly number[];
  readonly residual: boolean;
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
 *   A  = (e − c²) + σ²e                   what a block's linear layer gives during training
 *   B  = E_μ Var_g f(μ + s·g)             what it gives at test time, and
 *   D  = E_μ (E_g f(μ + s·g) − c)²        how far the means are from training's, squared
 *
 *   plain      V′ = A        T′ = B        M′ = D
 *   residual   V′ = V + A    T′ = T + B    M′ = M + D         s² = T/V,  q = M/V;  V = T = 1, M = 0 at first
 *
 * c, e      E f(g) and E f(g)², g ~ N(0, 1)
 * V, T      variance over data during training and at test time;  M the squared difference of their means
 * s², q     what BN makes of a channel at test time: it divides by √V, so N(0, 1) becomes N(μ, s²), μ ~ N(0, q) over channels
 *
 * During training each BN's output is N(0, 1), for any input (a wide linear layer's sums are normal), independent from unit to
 * unit. The weights' second moments then give A: each of d units has variance e − c² over data and the noise adds σ²e. At
 * test time, unit i has variance Var_g f(μᵢ + s·g) and a mean that differs from training's by E_g f(μᵢ + s·g) − c; a sum Σ wᵢxᵢ with
 * Σ wᵢ² = 1 has the mean over i of the first as variance, and of the second's square as squared difference of means, which is
 * normal over channels. With a residual connection x′ = x + W·noise(f(BN(x))) the fresh weights W are independent of x, so the
 * cross terms of x and of what is added vanish like 1/√d, and variances and squared mean shifts add up. docs/METHOD.md has the derivation.
 *
 * σ² from 0 to 1e75, else a `VshiftError`. Without noise before a position everything there is exactly 1 and 0. Accuracy 10⁻¹²
 * for each block, relative.
 */
export function meanField({ activation, relativeVariances, residual }: MeanFieldSetting): readonly MeanFieldPlace[] {
  const f = activationOf(activation).meanField();
  const places: MeanFieldPlace[] = [{ shift: 1, meanShift: 0, trainVariance: 1, testVariance: 1 }];
  let at: Totals = { train: 1, test: 1, squaredMean: 0 };
  for (const relativeVariance of relativeVariances) {
    requireWithin(RELATIVE_VARIANCE, relativeVariance);
    const made = madeBy(f, { at, relativeVariance });
    at = residual ? sum(at, made) : made;
    places.push({
      shift: at.test / at.train,
      meanShift: at.squaredMean / at.train,
      trainVariance: at.train,
      testVariance: at.test,
    });
  }
  return places;
}

/** V, T and M. */
interface Totals {
  readonly train: number;
  readonly test: number;
  readonly squaredMean: number;
}

/** A, B and D. */
function madeBy(f: MeanFieldFunction, { at, relativeVariance }: { at: Totals; relativeVariance: number }): Totals {
  const quiet = f.secondMoment - f.mean * f.mean;
  const train = quiet + relativeVariance * f.secondMoment;
  if (at.train === at.test && at.squaredMean === 0) return { train, test: quiet, squaredMean: 0 };
  const { variance, squaredMean } = f.spread({
    variance: at.test / at.train,
    squaredMean: at.squaredMean / at.train,
  });
  return { train, test: variance, squaredMean };
}

function sum(a: Totals, b: Totals): Totals {
  return { train: a.train + b.train, test: a.test + b.test, squaredMean: a.squaredMean + b.squaredMean };
}

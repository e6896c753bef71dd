import type { MeanFieldFunction } from "../../activations/activation-kind.ts";
import { activationOf } from "../../activations/activations.ts";
import { RELATIVE_VARIANCE } from "../../noises/parameter.ts";
import { requireWithin } from "../../numeric/domain.ts";
import type { MeanFieldPlace, MeanFieldSetting } from "./mean-field.ts";

/**
 * Variance shift at each position of a stack of blocks LN → f → noise → linear, with Layer Normalization instead of Batch
 * Normalization; positions and limit are those of `meanField`.
 *
 *   plain      N′ = (1 + σ²)e          D′ = N′ − K(1 − D/N)
 *   residual   N′ = N + (1 + σ²)e      D′ = D + (1 + σ²)e − K(1 − D/N)       N = D = 1 at first; σ² = 0 at test time
 *
 * N      mean square of a channel; D of it is variance over data, so that N − D is what two samples share
 * e      E f(g)²
 * K(κ)   E f(u)f(v) of standard normals with correlation κ: the arc-cosine kernel for a ReLU
 *
 * LN divides a sample by its own √N, in each phase by that phase's, so its channels are N(0, 1) over channels, and those of two
 * samples have the correlation κ = (N − D)/N. A linear layer gives two samples, whose noises are independent, the covariance
 * K(κ) over its weights, and a sample with itself (1 + σ²)e. A channel's variance over data is the difference of the two. The
 * channels' means over data differ between phases by M = C_train + C_test − 2X in the mean square, C = N − D being what two samples
 * of one phase share, and X what a sample during training shares with another at test time, X′ = K(X/√(N_train N_test)).
 *
 * The shift does not compound as BN's does: no statistics of training are used at test time. What is left is that noise during training keeps
 * samples apart which f brings together. σ² from 0 to 1e75, else a `VshiftError`. Accuracy 10⁻¹² for each block.
 */
export function layerNormMeanField(setting: MeanFieldSetting): readonly LayerNormPlace[] {
  const f = activationOf(setting.activation).meanField();
  const keep = setting.residual ? 1 : 0;
  let train: Channel = { square: 1, variance: 1 };
  let test = train;
  let shared = 0;
  const places = [placeOf(train, test, shared)];
  for (const relativeVariance of setting.relativeVariances) {
    requireWithin(RELATIVE_VARIANCE, relativeVariance);
    const correlation = shared / Math.sqrt(train.square * test.square);
    shared = keep * shared + f.secondMoment - apart(f, 1 - correlation);
    train = after(f, { at: train, keep, relativeVariance });
    test = after(f, { at: test, keep, relativeVariance: 0 });
    places.push(placeOf(train, test, shared));
  }
  return places;
}

export interface LayerNormPlace extends MeanFieldPlace {
  /** N at test time over N during training: of a sample's variance over its channels, which is what the norm goes by. 1/(1 + σ²) if plain. */
  readonly sampleShift: number;
}

/** N and D. */
interface Channel {
  readonly square: number;
  readonly variance: number;
}

function after(
  f: MeanFieldFunction,
  { at, keep, relativeVariance }: { readonly at: Channel; readonly keep: number; readonly relativeVariance: number },
): Channel {
  const noise = relativeVariance * f.secondMoment;
  return {
    square: keep * at.square + f.secondMoment + noise,
    variance: keep * at.variance + apart(f, at.variance / at.square) + noise,
  };
}

/** e − K(1 − x): with μ what two samples share, it is E_μ Var_g f(μ + √x·g). */
function apart(f: MeanFieldFunction, x: number): number {
  return f.spread({ variance: x, squaredMean: 1 - x }).variance;
}

function placeOf(train: Channel, test: Channel, shared: number): LayerNormPlace {
  const squaredMean = train.square - train.variance + (test.square - test.variance) - 2 * shared;
  return {
    shift: test.variance / train.variance,
    meanShift: Math.max(0, squaredMean) / train.variance,
    trainVariance: train.variance,
    testVariance: test.variance,
    sampleShift: test.square / train.square,
  };
}

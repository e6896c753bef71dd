import type { MeanFieldFunction } from "../../activations/activation-kind.ts";
import { activationOf } from "../../activations/activations.ts";
import { requireWithin } from "../../numeric/domain.ts";
import { addedVariance, requireBlockNoise } from "./block-noise.ts";
import { INPUT_VARIANCE, type MeanFieldPlace, type MeanFieldSetting } from "./mean-field.ts";

/**
 * Variance shift at each position of a stack of blocks LN → f → noise → linear, with Layer Normalization instead of Batch
 * Normalization; setting, positions and limit are those of `meanField`.
 *
 *   plain      N′ = g²(e + a)        D′ = N′ − g²K(1 − D/N)
 *   residual   N′ = N + g²(e + a)    D′ = D + g²(e + a) − g²K(1 − D/N)       N = D = v at first
 *
 * N      mean square of a channel; D of it is variance over data, so that N − D is what two samples share
 * g, a   during training the noise's gain, and the variance σ²(e − 2cπ + π²) that it adds; at test time the other gain, and 0
 * c, e   E f(g) and E f(g)²
 * K(κ)   E f(u)f(v) of standard normals with correlation κ: the arc-cosine kernel for a ReLU
 *
 * LN divides a sample by its own √N, in each phase by that phase's, so its channels are N(0, 1) over channels, and those of two
 * samples have the correlation κ = (N − D)/N. A linear layer gives two samples, whose noises are independent and of mean 0, the
 * covariance g²K(κ) over its weights, and a sample with itself g²(e + a). A channel's variance over data is the difference of the
 * two. The channels' means over data differ between phases by M = C_train + C_test − 2X in the mean square, C = N − D being what
 * two samples of one phase share, and X what a sample during training shares with another at test time,
 * X′ = g_train·g_test·K(X/√(N_train N_test)).
 *
 * The shift does not compound as BN's does: no statistics of training are used at test time. What is left is that noise during training keeps
 * samples apart which f brings together. A number outside of its range is a `VshiftError`. Accuracy 10⁻¹² for each block.
 */
export function layerNormMeanField(setting: MeanFieldSetting): readonly LayerNormPlace[] {
  const { noises, variance = 1 } = setting;
  requireWithin(INPUT_VARIANCE, variance);
  const f = activationOf(setting.activation).meanField();
  const keep = setting.residual ? 1 : 0;
  let train: Channel = { square: variance, variance };
  let test = train;
  let shared = 0;
  const places = [placeOf(train, test, shared)];
  for (const noise of noises) {
    requireBlockNoise(noise);
    const { gains } = noise;
    const both = gains.train * gains.test;
    const correlation = shared / Math.sqrt(train.square * test.square);
    shared = keep * shared + both * f.secondMoment - both * apart(f, 1 - correlation);
    train = after(f, { at: train, keep, gain: gains.train, added: addedVariance(f, noise) });
    test = after(f, { at: test, keep, gain: gains.test, added: 0 });
    places.push(placeOf(train, test, shared));
  }
  return places;
}

export interface LayerNormPlace extends MeanFieldPlace {
  /**
   * N at test time over N during training: of a sample's variance over its channels, which is what the norm goes by. If plain,
   * 1/(1 + σ²) behind noise of pivot 0 that scales alike in both phases.
   */
  readonly sampleShift: number;
  /** N of both phases. */
  readonly trainSquare: number;
  readonly testSquare: number;
}

/** N and D. */
interface Channel {
  readonly square: number;
  readonly variance: number;
}

function after(
  f: MeanFieldFunction,
  {
    at,
    keep,
    gain,
    added,
  }: { readonly at: Channel; readonly keep: number; readonly gain: number; readonly added: number },
): Channel {
  const square = gain * gain;
  return {
    square: keep * at.square + square * f.secondMoment + square * added,
    variance: keep * at.variance + square * apart(f, at.variance / at.square) + square * added,
  };
}

/** e − K(1 − x): with μ what two samples share, it is E_μ Var_g f(μ + √x·g). */
function apart(f: MeanFieldFunction, x: number): number {
  return f.spread({ variance: x, squaredMean: 1 - x }, f.mean).variance;
}

function placeOf(train: Channel, test: Channel, shared: number): LayerNormPlace {
  const squaredMean = train.square - train.variance + (test.square - test.variance) - 2 * shared;
  return {
    shift: test.variance / train.variance,
    meanShift: Math.max(0, squaredMean) / train.variance,
    trainVariance: train.variance,
    testVariance: test.variance,
    sampleShift: test.square / train.square,
    trainSquare: train.square,
    testSquare: test.square,
  };
}

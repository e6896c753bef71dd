import { addend, drawsOf, dropout, multiplier, scaledDraws, sharing, shiftedDraws, UNKNOWN_NOISE } from "./draws.ts";
import type { NoiseOfModel } from "./graph.ts";
import type { LayerCall, Term } from "./keras-call.ts";
import { type Live, Unlike } from "./term.ts";

/** A value behind a layer of noise; undefined for a layer of another class. */
export function noiseLayer(call: LayerCall): Term | undefined {
  const rule = LAYERS.get(call.className);
  if (rule === undefined) return undefined;
  const input = call.input();
  const noise = rule(call, input);
  if (noise === null) return input;
  // Noise that stays on at test time shifts nothing.
  return call.isTraining ? call.opaque(null, input.shape, input) : call.made(noise, input.shape, input);
}

/** What the layer does during training; null where it does nothing. */
type Rule = (call: LayerCall, input: Live) => NoiseOfModel | null;

/** In [0, 1); 0 where the layer does nothing. What drops everything does not multiply by noise of mean 1. */
function rateOf(call: LayerCall): number {
  const rate = call.number("rate");
  if (rate < 0 || rate > 1) call.refuse(`has rate ${rate}, which must be in [0, 1]`);
  if (rate === 1) throw new Unlike();
  return rate;
}

function dropoutOf(sharesOf: (call: LayerCall, input: Live) => NoiseOfModel["shares"] | undefined): Rule {
  return (call, input) => {
    const rate = rateOf(call);
    if (rate === 0) return null;
    const shares = sharesOf(call, input);
    return shares === undefined ? UNKNOWN_NOISE : dropout(rate, shares);
  };
}

function alphaDropout(call: LayerCall, input: Live): NoiseOfModel | null {
  const drop = rateOf(call);
  if (drop === 0) return null;
  const shares = sharesByShape(call, input);
  if (shares === undefined) return UNKNOWN_NOISE;
  return { kind: "noise", noise: "alpha-dropout", shares, drop, variance: null, draws: null };
}

/** By `noise_shape`, in which null stands for the length of the value. */
function sharesByShape(call: LayerCall, { shape }: Live): NoiseOfModel["shares"] | undefined {
  if (!call.has("noise_shape")) return "unit";
  const given = call.field("noise_shape");
  if (!Array.isArray(given) || given.length !== shape.length) return undefined;
  const draws: (number | null)[] = [];
  for (const [axis, length] of given.entries()) {
    const at = call.axis(axis, shape.length);
    draws[at] = length ?? shape[at] ?? null;
  }
  return sharing(draws, shape);
}

/** All positions of a channel share a draw. */
function spatial(positions: number): Rule {
  return dropoutOf((call) => {
    call.requireFormat();
    call.input(positions);
    return "channel";
  });
}

/** Multiplies by a normal of mean 1 and variance rate/(1 − rate). */
function gaussianDropout(call: LayerCall): NoiseOfModel | null {
  const rate = rateOf(call);
  const draws = shiftedDraws(scaledDraws(NORMAL, Math.sqrt(rate / (1 - rate))), 1);
  return rate === 0 ? null : perUnit(multiplier(draws, 1));
}

function gaussianNoise(call: LayerCall): NoiseOfModel | null {
  const deviation = call.number("stddev");
  return deviation === 0 ? null : perUnit(addend(scaledDraws(NORMAL, deviation)));
}

const NORMAL = drawsOf({ law: "normal" });

function perUnit(noise: Omit<NoiseOfModel, "shares"> | undefined): NoiseOfModel {
  return noise === undefined ? UNKNOWN_NOISE : { ...noise, shares: "unit" };
}

const LAYERS: ReadonlyMap<string, Rule> = new Map<string, Rule>([
  ["Dropout", dropoutOf(sharesByShape)],
  ["SpatialDropout1D", spatial(1)],
  ["SpatialDropout2D", spatial(2)],
  ["SpatialDropout3D", spatial(3)],
  ["AlphaDropout", alphaDropout],
  ["GaussianDropout", gaussianDropout],
  ["GaussianNoise", gaussianNoise],
]);

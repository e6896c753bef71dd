import { VshiftError } from "../errors.ts";
import { requireInputMoments, secondMoment } from "../numeric/moments.ts";
import { layerSums, type WeightSums } from "./alignment.ts";
import type { Layer } from "./layer-steps.ts";
import { type PhaseSetting, quietVariance } from "./phase-variance.ts";
import { type ShiftTheory, shiftTheory } from "./shift.ts";

/**
 * Both variances and their ratio with noise that all units of a channel share: spatial dropout.
 *
 *   Var_test = T     Var_train = T + σ²·((v + c²)·⟨S₂⟩ + (vρ + c²)·(⟨C⟩ − ⟨S₂⟩))
 *
 * σ²         relative variance of the noise, ≥ 0
 * c, v, ρ    mean, variance and pairwise correlation of the input
 * T          variance without noise
 * ⟨S₂⟩, ⟨C⟩  Σw², and (Σw)² of each channel added up, averaged over the neurons; 1 and 1 without a layer
 *
 * A neuron's input is Σ m·y over the channels, y = Σwx of a channel, and the noise adds σ²·E y² for each:
 * E y² = v((1 − ρ)S₂ + ρS₁²) + c²S₁² of the channel's own sums. Channels of one unit are dropout, ⟨C⟩ = ⟨S₂⟩, to the last bit.
 * Tompson et al. 2015, §3.2 have the noise; docs/METHOD.md the derivation. Within 10 roundings of the largest term.
 */
export function spatialTheory({ input, layer }: PhaseSetting, relativeVariance: number): ShiftTheory {
  requireInputMoments(input);
  const shared = sharedMoment(input);
  const { sumOfSquares, channelSquares } = channelSums(layer, shared);
  const ofUnits = relativeVariance * secondMoment(input) * sumOfSquares;
  const ofPairs = relativeVariance * shared * (channelSquares - sumOfSquares);
  return shiftTheory({
    testVariance: quietVariance({ input, layer }),
    noiseVariance: Math.max(0, ofUnits + ofPairs),
  });
}

/** E xx′ of two units, vρ + c². */
export function sharedMoment({ mean, variance, correlation }: PhaseSetting["input"]): number {
  return variance * correlation + mean * mean;
}

/** ⟨S₂⟩ and ⟨C⟩; where two units have nothing in common, C is not asked for. A `VshiftError` where it is and is not known. */
export function channelSums(
  layer: Layer,
  shared: number,
): { readonly sumOfSquares: number; readonly channelSquares: number } {
  if (layer.kind === "none") return { sumOfSquares: 1, channelSquares: 1 };
  const neurons: readonly WeightSums[] = layer.kind === "linear" ? layer.neurons : [];
  const sumOfSquares = layer.kind === "linear" ? layerSums(neurons).sumOfSquares / neurons.length : 1;
  if (shared === 0) return { sumOfSquares, channelSquares: sumOfSquares };
  let total = 0;
  for (const { channelSquares } of neurons) total += channelSquares ?? Number.NaN;
  if (neurons.length > 0 && total >= 0) return { sumOfSquares, channelSquares: total / neurons.length };
  throw new VshiftError({
    code: "invalid-value",
    field: "channelSquares",
    problem: "is missing, and the shift of spatial dropout depends on (Σw)² of each channel",
    hint: "choose another `noise`, or an input without mean and correlation",
  });
}

import type { Layer } from "../layer-steps.ts";
import { derived, given, type Step } from "../step.ts";

/**
 * The layer between the noise and Batch Normalization, before any weight is drawn.
 *
 * none      nothing
 * aligned   a linear layer whose weights are drawn to an alignment
 * random    one of independent weights whose mean is `weightMean` of their standard deviations
 * equal     one of equal weights
 */
export type PlannedLayer =
  | { readonly kind: "none" }
  | { readonly kind: "aligned"; readonly width: number; readonly alignment: number }
  | { readonly kind: "random"; readonly width: number; readonly weightMean: number }
  | { readonly kind: "equal"; readonly width: number };

/**
 * Alignment of d independent weights: the mean of (Σw)² over the mean of Σw².
 *
 *   a = 1 + (d − 1)·λ      λ = μ²/(1 + μ²)
 *
 * d   number of weights, ≥ 1
 * μ   mean of the weights, in their standard deviations; λ = 1, a = d for equal weights
 *
 * From E(Σw)² = d + d²μ² and EΣw² = d(1 + μ²), for any distribution. Drawn weights have it up to chance: a layer of k
 * neurons comes nearer to it as k grows.
 */
export function expectedAlignment(width: number, lean: number): number {
  return 1 + (width - 1) * lean;
}

/** λ, the part of a weight's mean square that comes from its mean: 0 for zero-mean weights, 1 for equal ones. */
export function leanOf(layer: PlannedLayer): number {
  switch (layer.kind) {
    case "none":
    case "aligned":
      return 0;
    case "random":
      return (layer.weightMean * layer.weightMean) / (1 + layer.weightMean * layer.weightMean);
    case "equal":
      return 1;
  }
}

/** The layer by its alignment: as it is asked for, or as it is expected. */
export function alignedLayer(layer: PlannedLayer): Layer {
  switch (layer.kind) {
    case "none":
      return layer;
    case "aligned":
      return layer;
    case "random":
    case "equal":
      return { kind: "aligned", width: layer.width, alignment: expectedAlignment(layer.width, leanOf(layer)) };
  }
}

/** From what is known of the weights to λ. */
export function leanSteps(layer: PlannedLayer): readonly Step[] {
  switch (layer.kind) {
    case "none":
    case "aligned":
      return [];
    case "random": {
      const mean = given("μ", "mean of the weights, in their standard deviations", layer.weightMean);
      const line = { symbol: "λ", name: "part of E w² that is (E w)²", formula: "μ² / (1 + μ²)", value: leanOf(layer) };
      return [mean, derived({ ...line, source: "definition of the variance" }, [mean])];
    }
    case "equal":
      return [given("λ", "part of E w² that is (E w)², for equal weights", 1)];
  }
}

/** From d and λ to a; `before` has λ. */
export function alignmentStep(width: number, { lean, before }: { lean: number; before: readonly Step[] }): Step {
  return derived(
    {
      symbol: "a",
      name: "alignment d·cos²θ of the weights, as expected",
      formula: "1 + (d − 1)·λ",
      value: expectedAlignment(width, lean),
      source: "E(Σw)² / E Σw² of independent weights",
    },
    before,
  );
}

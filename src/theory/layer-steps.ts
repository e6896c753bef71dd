import type { InputMoments } from "../numeric/moments.ts";
import { layerAlignment, layerSums, type WeightSums } from "./alignment.ts";
import { alignedTheory, linearTheory } from "./linear-shift.ts";
import { directTheory, type ShiftTheory } from "./shift.ts";
import { derived, given, type Step } from "./step.ts";

/**
 * The layer between the noise and Batch Normalization.
 *
 * none      nothing
 * linear    a linear layer or convolution, by the sums of its realised weights
 * aligned   one of which only the alignment is known; its variances are for Σw² = 1
 */
export type Layer =
  | { readonly kind: "none" }
  | { readonly kind: "linear"; readonly neurons: readonly WeightSums[] }
  | { readonly kind: "aligned"; readonly alignment: number; readonly width?: number };

export interface LayerSetting {
  readonly layer: Layer;
  readonly input: InputMoments;
  readonly relativeVariance: number;
}

/** The variances and the shift that a layer leads to. */
export function layerTheory({ layer, input, relativeVariance }: LayerSetting): ShiftTheory {
  switch (layer.kind) {
    case "none":
      return directTheory(input, relativeVariance);
    case "linear":
      return linearTheory({ input, neurons: layer.neurons }, relativeVariance);
    case "aligned":
      return alignedTheory({ ...layer, input }, relativeVariance);
  }
}

/** From σ² and the input's moments, which `before` ends with, to Δ. */
export function layerSteps(setting: LayerSetting, before: readonly Step[]): readonly Step[] {
  return phaseSteps(layerTheory(setting), layerFormulas(setting.layer), before);
}

/** The variances of both phases by their formulas, and Δ. */
export function phaseSteps(theory: ShiftTheory, formulas: LayerFormulas, before: readonly Step[]): readonly Step[] {
  const { weights, testFormula, trainFormula, source } = formulas;
  const known = [...before, ...weights];
  const test = derived(
    { symbol: "Var_test", name: "variance without noise", formula: testFormula, value: theory.testVariance, source },
    known,
  );
  const train = derived(
    { symbol: "Var_train", name: "variance with noise", formula: trainFormula, value: theory.trainVariance, source },
    [...known, test],
  );
  const shift = derived(
    { symbol: "Δ", name: "variance shift", formula: "Var_test / Var_train", value: theory.shift, source },
    [test, train],
  );
  return [...weights, test, train, shift];
}

/** How the variances follow from what is known before, and from steps on the weights. */
export interface LayerFormulas {
  readonly weights: readonly Step[];
  readonly testFormula: string;
  readonly trainFormula: string;
  readonly source: string;
}

export function layerFormulas(layer: Layer): LayerFormulas {
  switch (layer.kind) {
    case "none":
      return {
        weights: [],
        testFormula: "v",
        trainFormula: "Var_test + σ²·E x²",
        source: "Li et al. 2019, eq. 8",
      };
    case "linear":
      return {
        weights: weightSteps(layer.neurons),
        testFormula: "v·(1 + ρ·(a − 1))·⟨S₂⟩",
        trainFormula: "Var_test + σ²·E x²·⟨S₂⟩",
        source: "Li et al. 2019, eq. 12",
      };
    case "aligned":
      return {
        weights: [given("a", ALIGNMENT, layer.alignment)],
        testFormula: "v·(1 + ρ·(a − 1))",
        trainFormula: "Var_test + σ²·E x²",
        source: "Li et al. 2019, eq. 12",
      };
  }
}

const ALIGNMENT = "alignment d·cos²θ of the weights";

function weightSteps(neurons: readonly WeightSums[]): readonly Step[] {
  const { squaredSum, sumOfSquares } = layerSums(neurons);
  const sums = [
    given("⟨S₁²⟩", "(Σw)², averaged over the neurons", squaredSum / neurons.length),
    given("⟨S₂⟩", "Σw², averaged over the neurons", sumOfSquares / neurons.length),
  ];
  const formula = "⟨S₁²⟩ / ⟨S₂⟩";
  const value = layerAlignment(neurons);
  return [...sums, derived({ symbol: "a", name: ALIGNMENT, formula, value, source: "Li et al. 2019, eq. 12" }, sums)];
}

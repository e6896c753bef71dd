import { type LayerFormulas, layerFormulas } from "./layer-steps.ts";
import type { NoiseSetting } from "./noise-theory.ts";
import { channelSums, sharedMoment } from "./spatial-dropout.ts";
import { given } from "./step.ts";

/** The formulas of both variances for a noise in front of, or in, a layer; `noiseSteps` give their other symbols. */
export function noiseFormulas({ noise, input, layer }: NoiseSetting): LayerFormulas {
  const formulas = layerFormulas(layer);
  const { testFormula, source } = formulas;
  const squares = layer.kind === "linear" ? "⟨S₂⟩" : "";
  switch (noise.kind) {
    case "gaussian":
    case "uout":
    case "none":
      return formulas;
    case "bernoulli":
      if (noise.scaling === undefined) return formulas;
      return {
        ...formulas,
        testFormula: `p²·${testFormula}`,
        trainFormula: `Var_test + p²·σ²·E x²${after(squares)}`,
        source: `${source}; classic dropout is p times the inverted one, in both phases (Srivastava et al. 2014, §10)`,
      };
    case "dropconnect":
      return { ...formulas, source: `${source}; a mask of a neuron's weights is one of its inputs (Wan et al. 2013)` };
    case "alpha":
      return {
        ...formulas,
        trainFormula: `A²·(p²·Var_test + p·(1 − p)${after(squares)}·(v + (c − α′)²))`,
        source: `${source}; alpha dropout is dropout of x − α′ (Klambauer et al. 2017, §3)`,
      };
    case "spatial": {
      if (layer.kind !== "linear") return { ...formulas, source: `${source}; a unit has one mask, shared or not` };
      const { channelSquares } = channelSums(layer, sharedMoment(input));
      return {
        weights: [
          ...formulas.weights,
          given("⟨C⟩", "(Σw)² of each channel added up, averaged over the neurons", channelSquares),
        ],
        testFormula,
        trainFormula: "Var_test + σ²·(E x²·⟨S₂⟩ + (v·ρ + c²)·(⟨C⟩ − ⟨S₂⟩))",
        source: `${source}, with a mask a channel (docs/METHOD.md)`,
      };
    }
  }
}

function after(factor: string): string {
  return factor === "" ? "" : `·${factor}`;
}

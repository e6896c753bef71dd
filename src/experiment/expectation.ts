import { VshiftError } from "../errors.ts";
import { channelWeightSums, type Weights, weightSums } from "../forward/weights.ts";
import type { Noise } from "../noises/noises.ts";
import type { InputMoments } from "../numeric/moments.ts";
import { type Arrays, arrayOf, isArrayName, NO_ARRAYS, type RealArray } from "../scenario/arrays.ts";
import type { Scenario } from "../scenario/scenario.ts";
import type { Activation } from "../theory/activation.ts";
import { layerAlignment, type WeightSums } from "../theory/alignment.ts";
import { explainShift } from "../theory/derivation.ts";
import {
  channelMoments,
  type EmpiricalTheory,
  empiricalSteps,
  empiricalTheory,
  remainingVariance,
} from "../theory/empirical-shift.ts";
import type { Layer } from "../theory/layer-steps.ts";
import { noiseSteps } from "../theory/noise-steps.ts";
import { noiseTheory } from "../theory/noise-theory.ts";
import type { Step } from "../theory/step.ts";
import { inputMoments } from "./plan/input-law.ts";
import type { PositionTheory } from "./position-theory.ts";
import { noiseOf } from "./scenario-noise.ts";

/** What the theory says of a segment, and what it says it from. */
export interface Expectation extends EmpiricalTheory {
  readonly noise: Noise;
  readonly layer: Layer;
  /** The law that the units follow; undefined where they are those of a file. */
  readonly activation: Activation | undefined;
  /** Moments of the input itself; of a file's units, averages. */
  readonly input: InputMoments;
  /** Alignment of the realised weights; null without a linear layer. */
  readonly alignment: number | null;
  /** Variance at test time over that of what is summed up to it, about the centre that it is drawn around; 1 without a layer. */
  readonly remaining: number;
  /** The steps from the scenario to its Δ. */
  readonly steps: () => readonly Step[];
}

/** The closed form for a scenario and the weights that were drawn for it. */
export function expectationOf(
  scenario: Scenario,
  weights: Weights | undefined,
  arrays: Arrays = NO_ARRAYS,
): Expectation {
  const noise = noiseOf(scenario);
  const layer: Layer =
    weights === undefined ? { kind: "none" } : { kind: "linear", neurons: sumsOfWeights(scenario, weights) };
  const input = inputMoments(scenario);
  const alignment = layer.kind === "linear" ? layerAlignment(layer.neurons) : null;
  const common = { noise, layer, input, alignment };
  const rows = arrayOf(scenario, "activation", arrays);
  if (rows !== undefined) {
    const testRows = arrayOf(scenario, "testActivation", arrays);
    return { ...common, ...ofRows(scenario, { rows, testRows, weights, noise }) };
  }
  const activation = activationOf(scenario);
  return {
    ...common,
    activation,
    remaining: alignment === null ? 1 : 1 + input.correlation * (alignment - 1),
    ...noiseTheory({ noise, layer, input }),
    steps: () => explainShift({ noise, activation, layer }),
  };
}

/** Of rows of files: from their own moments, for any means, variances and dependence of the units. */
function ofRows(scenario: Scenario, { rows, testRows, weights, noise }: RowsSetting) {
  const matrix = weights === undefined ? undefined : { ...weights, rows: weights.neurons, columns: weights.width };
  const momentsOf = (inputs: RealArray) => channelMoments({ inputs, weights: matrix, noise });
  const train = momentsOf(rows);
  const test = testRows === undefined ? undefined : momentsOf(testRows);
  const moments = { train, test };
  const theory = empiricalTheory(moments, noise);
  if (![theory.shift, theory.meanShift ?? 0].every(Number.isFinite)) throw nothingInTraining(scenario);
  return {
    ...theory,
    activation: undefined,
    remaining: remainingVariance(
      { inputs: testRows ?? rows, weights: matrix },
      { variances: (test ?? train).variances, centre: scenario.mean },
    ),
    steps: () => {
      const before = noiseSteps(noise);
      return [...before, ...empiricalSteps({ moments, noise, isWeighted: weights !== undefined }, { theory, before })];
    },
  };
}

interface RowsSetting {
  readonly rows: RealArray;
  /** Those of evaluation mode, where it has its own. */
  readonly testRows: RealArray | undefined;
  readonly weights: Weights | undefined;
  readonly noise: Noise;
}

function nothingInTraining({ activation, testActivation, weights }: Scenario): VshiftError {
  return new VshiftError({
    code: "invalid-value",
    field: "weights",
    problem: `${weights} cancels everything that varies in \`activation\` ${activation}, but not in ${testActivation}, so Δ is undefined`,
    hint: "give the weights of the layer that receives these activations",
  });
}

function sumsOfWeights({ channelSize }: Scenario, weights: Weights): WeightSums[] {
  return channelSize === null ? weightSums(weights) : channelWeightSums(weights, channelSize);
}

function activationOf({ activation, mean, variance, rho }: Scenario): Activation {
  if (isArrayName(activation)) throw new RangeError(`${activation} has no digest`);
  return { kind: activation, mean, variance, correlation: rho };
}

/** The same as a record has it. A function behind the layer makes of both variances what no closed form is known for. */
export function theoryOfSegment(
  { nonlinearity }: Pick<Scenario, "nonlinearity">,
  { trainVariance, testVariance, shift }: Pick<Expectation, "trainVariance" | "testVariance" | "shift">,
): PositionTheory {
  if (nonlinearity !== null) {
    return { theory: null, reason: `behind ${nonlinearity} no closed form is known for a layer of finite width` };
  }
  return { theory: { trainVariance, testVariance, shift, meanShift: null, spread: 0 }, reason: null };
}

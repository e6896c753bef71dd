import { lawOf } from "../laws/laws.ts";
import type { NoiseFields } from "../noises/noise-kind.ts";
import { propertiesOf } from "../noises/noises.ts";
import { isArrayName } from "../scenario/arrays.ts";
import type { ArrayName, Scenario } from "../scenario/scenario.ts";
import { excerpt } from "../tensor/file-error.ts";
import { readable } from "./numbers.ts";

/** What is said of a noise, and which it is. */
type NamedNoise = NoiseFields & Pick<Scenario, "noise">;
type LawFields = Pick<Scenario, "activation" | "mean" | "variance">;

/** The noise in words: "Bernoulli dropout, keep 0.5 (drop 0.5)". */
export function describeNoise(fields: NamedNoise): string {
  return propertiesOf(fields.noise).describe(fields, readable);
}

/** The same noise in a framework's words: "nn.Dropout(0.7)"; undefined where no framework has it. */
export function frameworkCall(fields: NamedNoise): string | undefined {
  return propertiesOf(fields.noise).frameworkCall(fields);
}

/** The input in words: "512 units ~ ReLU of N(0, 1), correlation 0.2". */
export function describeInput(scenario: Scenario): string {
  const { rho, width, testActivation } = scenario;
  const units = width === 1 ? "1 unit" : `${width} units`;
  const correlation = rho === 0 ? "" : `, correlation ${readable(rho)}`;
  const test = testActivation === null ? "" : `; at test time rows of ${fileOf(testActivation)}`;
  return `${units} ~ ${describeLaw(scenario)}${correlation}${test}`;
}

/** The distribution of a unit: "ReLU of N(0, 1)". */
export function describeLaw({ activation, mean, variance }: LawFields): string {
  if (isArrayName(activation))
    return `rows of ${fileOf(activation)}, mean ${readable(mean)}, variance ${readable(variance)}`;
  return lawOf(activation).describe({ mean, variance }, readable);
}

/** The layer between noise and Batch Normalization: "linear, 64 neurons, normal weights, alignment 1.02"; "" for none. */
export function describeLayer({ layer, neurons, weights, alignment }: Scenario): string {
  if (layer === "none") return "";
  const count = neurons === 1 ? "1 neuron" : `${neurons} neurons`;
  const aligned = alignment === null ? "" : `, alignment d·cos²θ ${readable(alignment, 4)}`;
  return `linear, ${count}, ${describeWeights(weights)}${aligned}`;
}

/** "normal weights", "weights of fc1.npy". */
export function describeWeights(weights: Scenario["weights"]): string {
  return isArrayName(weights) ? `weights of ${fileOf(weights)}` : `${weights} weights`;
}

function fileOf(name: ArrayName): string {
  return excerpt(name.slice("file:".length));
}

/** The whole way, input to Batch Normalization. */
export function describeScenario(scenario: Scenario): string {
  const stations = [describeInput(scenario), describeNoise(scenario), describeLayer(scenario), "BN"];
  return stations.filter((station) => station !== "").join(" → ");
}

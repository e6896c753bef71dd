import { lawOf } from "../laws/laws.ts";
import type { NoiseFields } from "../noises/noise-kind.ts";
import { propertiesOf } from "../noises/noises.ts";
import { isArrayName } from "../scenario/arrays.ts";
import { isStack, type StackScenario } from "../scenario/blocks.ts";
import { isNetwork, type NetworkScenario } from "../scenario/define-network.ts";
import type { ArrayName, Scenario, StatisticsKind } from "../scenario/scenario.ts";
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
  const { width, testActivation } = scenario;
  const units = width === 1 ? "1 unit" : `${width} units`;
  const test = testActivation === null ? "" : `; at test time rows of ${fileOf(testActivation)}`;
  return `${units} ~ ${describeLaw(scenario)}${correlationInWords(scenario)}${test}`;
}

/** ", correlation 0.2". */
function correlationInWords({ rho }: Pick<Scenario, "rho">): string {
  return rho === 0 ? "" : `, correlation ${readable(rho)}`;
}

/** The distribution of a unit: "ReLU of N(0, 1)". */
export function describeLaw({ activation, mean, variance }: LawFields): string {
  if (isArrayName(activation))
    return `rows of ${fileOf(activation)}, mean ${readable(mean)}, variance ${readable(variance)}`;
  return lawOf(activation).describe({ mean, variance }, readable);
}

/** The layer between noise and Batch Normalization: "linear, 64 neurons, normal weights, alignment 1.02"; "" for none. */
export function describeLayer({ layer, neurons, weights, alignment, nonlinearity }: Scenario): string {
  if (layer === "none") return "";
  const count = neurons === 1 ? "1 neuron" : `${neurons} neurons`;
  const aligned = alignment === null ? "" : `, alignment d·cos²θ ${readable(alignment, 4)}`;
  const after = nonlinearity === null ? "" : `, then ${nonlinearity}`;
  return `linear, ${count}, ${describeWeights(weights)}${aligned}${after}`;
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
  if (isNetwork(scenario)) return describeNetwork(scenario);
  if (isStack(scenario)) return describeStack(scenario);
  const stations = [describeInput(scenario), describeNoise(scenario), describeLayer(scenario), "BN"];
  return stations.filter((station) => station !== "").join(" → ");
}

/** The layers as they are written, and what holds at test time. */
function describeNetwork({ network, statistics, noiseInTest }: NetworkScenario): string {
  return `${network}${statistics === null ? "" : STATISTICS_IN_WORDS[statistics]}${noiseInTest === null ? "" : NOISY_TEST}`;
}

const NOISY_TEST = ", with noise at test time";

/** A stack in words: "8 blocks of BN → relu → Bernoulli dropout, keep 0.5 (drop 0.5) → linear, 512 units". */
function describeStack(stack: StackScenario): string {
  const { depth, width, nonlinearity, connection, norm, normAt, groups, noiseAt, statistics, noiseInTest } = stack;
  const groupsInWords = groups === null ? "" : ` of ${groups} groups`;
  const elsewhere = normAt === "all" ? "" : ` (in ${blocksInWords(normAt)}, else BN)`;
  const norms = norm === "batch" ? "BN" : `${norm} norm${groupsInWords}${elsewhere}`;
  const noise = noiseAt === "none" ? "" : `${describeNoise(stack)}${whereInWords(noiseAt)}`;
  const stations = [norms, nonlinearity, noise, `linear, ${width} units`].filter((station) => station !== "");
  const input = isUsualInput(stack) ? "" : `, input ${describeLaw(stack)}${correlationInWords(stack)}`;
  const ending = `${connection === "residual" ? ", residual" : ""}${STATISTICS_IN_WORDS[statistics]}${noiseInTest === null ? "" : NOISY_TEST}${input}`;
  return `${depth === 1 ? "1 block" : `${depth} blocks`} of ${stations.join(" → ")}${ending}`;
}

const STATISTICS_IN_WORDS: { readonly [Kind in StatisticsKind]: string } = {
  running: "",
  reestimated: ", statistics re-estimated with the noise off",
  "reestimated-noisy": ", statistics re-estimated with the noise on",
  corrected: ", statistics corrected",
};

function whereInWords(noiseAt: string): string {
  return noiseAt === "all" ? "" : ` (in ${blocksInWords(noiseAt)})`;
}

function blocksInWords(blocks: string): string {
  if (blocks === "last") return "the last";
  if (blocks === "none") return "none";
  return blocks.includes(",") ? `blocks ${blocks.replaceAll(",", ", ")}` : `block ${blocks}`;
}

/** Standard normal units without correlation go without saying. */
function isUsualInput({ activation, mean, variance, rho }: StackScenario): boolean {
  return activation === "normal" && mean === 0 && variance === 1 && rho === 0;
}

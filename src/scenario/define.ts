import { VshiftError } from "../errors.ts";
import { DEFAULTS, MAXIMUM_WEIGHTS } from "./fields.ts";
import { lowestCorrelation } from "./latent.ts";
import { PRESETS } from "./presets.ts";
import type { Scenario, ScenarioInput } from "./scenario.ts";
import { resolveStrength } from "./strength.ts";
import { checkedInput } from "./validate.ts";

/**
 * A complete scenario from what a user wrote.
 *
 * Unknown fields, values of the wrong type or outside their domain, and fields that contradict each other are a
 * `VshiftError` that names the field, the value, the rule and the next step.
 */
export function defineScenario(input: ScenarioInput = {}): Scenario {
  const given = checkedInput(input);
  const noise = given.noise ?? DEFAULTS.noise;
  const activation = given.activation ?? DEFAULTS.activation;
  const preset = given.preset ?? DEFAULTS.preset;
  const scenario: Scenario = {
    seed: given.seed ?? DEFAULTS.seed,
    noise,
    ...resolveStrength(noise, given),
    masks: given.masks ?? DEFAULTS.masks,
    activation,
    mean: given.mean ?? (activation === "lognormal" ? 1 : 0),
    variance: given.variance ?? DEFAULTS.variance,
    rho: given.rho ?? DEFAULTS.rho,
    width: given.width ?? DEFAULTS.width,
    ...linearLayer(given),
    preset,
    batchSize: given.batchSize ?? DEFAULTS.batchSize,
    momentum: given.momentum ?? PRESETS[preset].momentum,
    epsilon: given.epsilon ?? PRESETS[preset].epsilon,
    ...stopping(given),
    confidence: given.confidence ?? DEFAULTS.confidence,
    tolerance: given.tolerance ?? DEFAULTS.tolerance,
  };
  checkInputDistribution(scenario);
  checkWeights(scenario);
  checkBudget(scenario);
  return Object.freeze(scenario);
}

function linearLayer(
  given: ScenarioInput,
): Pick<Scenario, "layer" | "neurons" | "weights" | "weightMean" | "alignment"> {
  const layer = given.layer ?? DEFAULTS.layer;
  if (layer === "none") {
    const stray = (["neurons", "weights", "weightMean", "alignment"] as const).find((field) => isGiven(given[field]));
    if (stray !== undefined) {
      throw new VshiftError({
        code: "conflicting-fields",
        field: stray,
        problem: `${given[stray]} belongs to a linear layer, and the layer is none`,
        hint: "add `layer` linear",
      });
    }
    return { layer, neurons: null, weights: null, weightMean: null, alignment: null };
  }
  const weights = given.weights ?? "normal";
  const alignment = given.alignment ?? null;
  if (alignment !== null && isGiven(given.weightMean)) {
    throw new VshiftError({
      code: "conflicting-fields",
      field: "weightMean",
      problem: `${given.weightMean} cannot stand beside \`alignment\` ${alignment}: both say how far the weights lean to one sign`,
      hint: "leave one of them out",
    });
  }
  if (weights === "constant" && (alignment !== null || isGiven(given.weightMean))) {
    throw new VshiftError({
      code: "conflicting-fields",
      field: alignment === null ? "weightMean" : "alignment",
      problem: `${alignment ?? given.weightMean} does not go with constant weights, whose alignment is the width`,
      hint: "choose `weights` normal, uniform, he or xavier",
    });
  }
  const weightMean = alignment === null && weights !== "constant" ? (given.weightMean ?? 0) : null;
  return { layer, neurons: given.neurons ?? 64, weights, weightMean, alignment };
}

function stopping(given: ScenarioInput): Pick<Scenario, "precision" | "maxSamples" | "samples"> {
  const samples = given.samples ?? null;
  const other = (["precision", "maxSamples"] as const).find((field) => isGiven(given[field]));
  if (samples !== null && other !== undefined) {
    throw new VshiftError({
      code: "conflicting-fields",
      field: "samples",
      problem: `${samples} is an exact number, and \`${other}\` ${given[other]} says when to stop`,
      hint: "leave one of them out",
    });
  }
  return {
    precision: given.precision ?? DEFAULTS.precision,
    maxSamples: given.maxSamples ?? DEFAULTS.maxSamples,
    samples,
  };
}

/** Means of more than this many standard deviations leave no digits of single precision for the variance. */
const LARGEST_RELATIVE_MEAN = 1000;
/** A rectified normal below this is on for fewer than 3 draws in 100,000. */
const LOWEST_RELU_MEAN = -4;
/** Variance of a lognormal in units of its squared mean; its kurtosis there is 947. */
const LARGEST_LOGNORMAL_SPREAD = 4;

function checkInputDistribution(scenario: Scenario): void {
  const { activation, mean, variance, rho, width } = scenario;
  const deviation = Math.sqrt(variance);
  if (Math.abs(mean) > LARGEST_RELATIVE_MEAN * deviation) {
    throw invalid(
      "mean",
      `${mean} is more than ${LARGEST_RELATIVE_MEAN} standard deviations (√variance = ${deviation})`,
      "use a `mean` nearer to 0 or a larger `variance`: single precision keeps no digits of the variance beyond",
    );
  }
  if (activation === "relu" && mean < LOWEST_RELU_MEAN * deviation) {
    throw invalid(
      "mean",
      `${mean} is below ${LOWEST_RELU_MEAN}·√variance = ${LOWEST_RELU_MEAN * deviation}, where relu is nearly always 0`,
      `use ${LOWEST_RELU_MEAN * deviation} or more`,
    );
  }
  if (activation === "lognormal" && !(mean > 0)) {
    throw invalid("mean", `${mean} is not above 0, as the mean of a lognormal must be`, "try 1");
  }
  if (activation === "lognormal" && variance > LARGEST_LOGNORMAL_SPREAD * mean * mean) {
    throw invalid(
      "variance",
      `${variance} is more than ${LARGEST_LOGNORMAL_SPREAD} times the squared mean of the lognormal (${mean}²); tails that heavy leave no honest interval`,
      `use ${LARGEST_LOGNORMAL_SPREAD * mean * mean} or less`,
    );
  }
  const lowest = lowestCorrelation(scenario);
  if (rho < lowest) {
    throw invalid(
      "rho",
      `${rho} is below ${lowest}, the lowest correlation that ${width} ${activation} units can share`,
      `use ${lowest} or more, or a smaller \`width\``,
    );
  }
}

function checkWeights({ width, neurons, alignment }: Scenario): void {
  if (neurons !== null && neurons * width > MAXIMUM_WEIGHTS) {
    const gigabytes = ((neurons * width * 4) / 1e9).toPrecision(3);
    throw invalid(
      "neurons",
      `${neurons} × width ${width} weights take ${gigabytes} GB; the limit is ${MAXIMUM_WEIGHTS} weights`,
      `use ${Math.max(1, Math.floor(MAXIMUM_WEIGHTS / width))} neurons or fewer`,
    );
  }
  if (alignment !== null && alignment > width) {
    throw invalid(
      "alignment",
      `${alignment} is above the width ${width}, the alignment of constant weights`,
      `use a value from 0 to ${width}`,
    );
  }
  if (alignment !== null && width === 1 && alignment !== 1) {
    throw invalid(
      "alignment",
      `${alignment} is not 1, the alignment of every single weight`,
      "use 1 or a larger `width`",
    );
  }
}

function checkBudget({ batchSize, samples, maxSamples }: Scenario): void {
  const field = samples === null ? "maxSamples" : "samples";
  const budget = samples ?? maxSamples;
  if (budget <= batchSize) {
    throw invalid(
      field,
      `${budget} is at most one mini-batch of ${batchSize}, and a standard error needs two`,
      `use ${2 * batchSize} or more, or a smaller \`batchSize\``,
    );
  }
}

function invalid(field: keyof Scenario, problem: string, hint: string): VshiftError {
  return new VshiftError({ code: "invalid-value", field, problem, hint });
}

/** Null is the same as nothing. */
export function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}

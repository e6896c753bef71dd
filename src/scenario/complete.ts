import { findLaw, lawOf } from "../laws/laws.ts";
import { type HasProperty, kindsWith, type NoiseKind, namesWith, propertiesOf } from "../noises/noises.ts";
import { type ArrayField, isArrayName } from "./arrays.ts";
import { isStack } from "./blocks.ts";
import { withNetwork } from "./define-network.ts";
import { checkStack, requireOfStack, stackFields, usualSamples } from "./define-stack.ts";
import { COMPLETE_TABLE, DEFAULTS, eachField, MAXIMUM_WEIGHTS } from "./fields.ts";
import { lowestCorrelation } from "./latent.ts";
import { PRESETS } from "./presets.ts";
import { conflict, invalid, isGiven } from "./refusal.ts";
import { type CompletedInput, DERIVED_FIELDS, type Scenario } from "./scenario.ts";
import { resolveStrength } from "./strength.ts";
import { testTimeFields } from "./test-time.ts";
import { checkedInput } from "./validate.ts";

/**
 * The complete scenario of an input that has what its files say of it.
 *
 * Unknown fields, values of the wrong type or outside their domain, and fields that contradict each other are a `VshiftError`.
 */
export function completeScenario(input: CompletedInput): Scenario {
  const given = withNetwork(checkedInput(input, COMPLETE_TABLE));
  if (isGiven(given.depth)) requireOfStack(given);
  requireFacts(given, "activation", FACTS_OF_ACTIVATIONS);
  requireFacts(given, "testActivation", ["testActivationDigest"]);
  requireFacts(given, "weights", ["weightsDigest", "width", "neurons"]);
  const noise = given.noise ?? DEFAULTS.noise;
  const activation = given.activation ?? DEFAULTS.activation;
  const preset = given.preset ?? DEFAULTS.preset;
  const width = given.width ?? DEFAULTS.width;
  const batchSize = given.batchSize ?? DEFAULTS.batchSize;
  const scenario: Scenario = {
    // What was given, and what holds where nothing was; what depends on others follows.
    ...eachField((name) => given[name] ?? DEFAULTS[name]),
    noise,
    ...resolveStrength(noise, given),
    ...noiseForm(noise, given),
    // A stack draws one mask.
    masks: given.masks ?? (isGiven(given.depth) ? "independent" : DEFAULTS.masks),
    activation,
    mean: given.mean ?? findLaw(activation)?.defaultMean ?? 0,
    width,
    ...linearLayer(given),
    ...stackFields(given, width),
    ...testTimeFields(given),
    preset,
    batchSize,
    momentum: given.momentum ?? PRESETS[preset].momentum,
    epsilon: given.epsilon ?? PRESETS[preset].epsilon,
    ...stopping(given, batchSize),
  };
  checkFiles(scenario);
  checkNoise(scenario);
  checkInputDistribution(scenario);
  checkWeights(scenario);
  checkBudget(scenario);
  if (isStack(scenario)) checkStack(given, scenario);
  else checkNonlinearity(scenario);
  return Object.freeze(scenario);
}

function noiseForm(noise: NoiseKind, given: CompletedInput): Pick<Scenario, "channelSize" | "scaling"> {
  const { defaultChannelSize, hasClassicForm } = propertiesOf(noise);
  if (isGiven(given.channelSize) && defaultChannelSize === null) {
    const hasChannels: HasProperty = (kind) => kind.defaultChannelSize !== null;
    throw conflict(
      "channelSize",
      `${given.channelSize} is only for ${namesWith(hasChannels)}, and the noise is ${noise}`,
      `add \`noise\` ${kindsWith(hasChannels)}`,
    );
  }
  if (isGiven(given.scaling) && !hasClassicForm) {
    const mayBeClassic: HasProperty = (kind) => kind.hasClassicForm;
    throw conflict(
      "scaling",
      `${given.scaling} is only for ${namesWith(mayBeClassic)}, and the noise is ${noise}`,
      `leave it out, or choose \`noise\` ${kindsWith(mayBeClassic)}`,
    );
  }
  return {
    channelSize: defaultChannelSize === null ? null : (given.channelSize ?? defaultChannelSize),
    // Inverted dropout is what nothing said means, and its scenarios have no such field in their identity.
    scaling: given.scaling === "classic" ? "classic" : null,
  };
}

function linearLayer(
  given: CompletedInput,
): Pick<
  Scenario,
  "layer" | "neurons" | "weights" | "weightsDigest" | "stride" | "padding" | "weightMean" | "alignment"
> {
  const { stride = null, padding = null } = given;
  const layer = given.layer ?? (isArrayName(given.weights) ? "linear" : DEFAULTS.layer);
  if (layer === "none") {
    const stray = (["neurons", "weights", "weightMean", "alignment"] as const).find((field) => isGiven(given[field]));
    if (stray !== undefined) {
      throw conflict(stray, `${given[stray]} is only for a linear layer, and the layer is none`, "add `layer` linear");
    }
    return { layer, neurons: null, weights: null, weightsDigest: null, stride, padding, ...NOT_DRAWN };
  }
  const weights = given.weights ?? "normal";
  const weightsDigest = given.weightsDigest ?? null;
  const alignment = given.alignment ?? null;
  if (isArrayName(weights)) {
    const stray = (["weightMean", "alignment"] as const).find((field) => isGiven(given[field]));
    if (stray === undefined) {
      return { layer, neurons: given.neurons ?? null, weights, weightsDigest, stride, padding, ...NOT_DRAWN };
    }
    throw conflict(
      stray,
      `${given[stray]} cannot be combined with \`weights\` ${weights}, whose weights are fixed`,
      "leave one of them out",
    );
  }
  if (alignment !== null && isGiven(given.weightMean)) {
    throw conflict(
      "weightMean",
      `${given.weightMean} cannot be combined with \`alignment\` ${alignment}, because both set the mean of the weights`,
      "leave one of them out",
    );
  }
  if (weights === "constant" && (alignment !== null || isGiven(given.weightMean))) {
    throw conflict(
      alignment === null ? "weightMean" : "alignment",
      `${alignment ?? given.weightMean} cannot be combined with constant weights, whose alignment is the width`,
      "choose `weights` normal, uniform, he or xavier",
    );
  }
  const weightMean = alignment === null && weights !== "constant" ? (given.weightMean ?? 0) : null;
  return { layer, neurons: given.neurons ?? 64, weights, weightsDigest, stride, padding, weightMean, alignment };
}

const NOT_DRAWN = { weightMean: null, alignment: null } as const;

/** What is said of a file belongs to a file, and all of it must be said. */
function requireFacts(given: CompletedInput, field: ArrayField, facts: readonly (keyof Scenario)[]): void {
  const name = given[field];
  const isMissing = facts.some((fact) => !isGiven(given[fact]));
  if (isArrayName(name) && isMissing) {
    throw invalid(
      field,
      `${name} names a file, and its numbers are missing`,
      "pass them as `arrays`, or use the vshift command, which reads files",
    );
  }
  const stray = facts.find((fact) => OF_FILES.includes(fact) && isGiven(given[fact]));
  if (isArrayName(name) || stray === undefined) return;
  throw conflict(stray, `describes a file, and \`${field}\` does not name one`, "leave it out");
}

const FACTS_OF_ACTIVATIONS: readonly (keyof Scenario)[] = [
  ...(["activationDigest", "activationKurtosis", "activationSpread"] as const),
  ...(["mean", "variance", "rho", "width"] as const),
];

const OF_FILES: readonly (keyof Scenario)[] = DERIVED_FIELDS;

function stopping(
  given: CompletedInput,
  batchSize: number,
): Pick<Scenario, "precision" | "maxSamples" | "samples" | "batches"> {
  const { batches = null } = given;
  if (batches !== null && isGiven(given.samples)) {
    throw conflict(
      "batches",
      `${batches} cannot be combined with \`samples\` ${given.samples}, because both say how many`,
      "leave one of them out",
    );
  }
  const samples = batches === null ? (given.samples ?? usualSamples(given, batchSize)) : batches * batchSize;
  const other = (["precision", "maxSamples"] as const).find((field) => isGiven(given[field]));
  if (samples !== null && other !== undefined) {
    throw conflict(
      batches === null ? "samples" : "batches",
      `${batches ?? samples} is an exact number of ${batches === null ? "samples" : "mini-batches"}, and \`${other}\` ${given[other]} is a stopping rule`,
      "leave one of them out",
    );
  }
  return {
    precision: given.precision ?? DEFAULTS.precision,
    maxSamples: given.maxSamples ?? DEFAULTS.maxSamples,
    samples,
    batches: samples === null ? null : Math.ceil(samples / batchSize),
  };
}

/** Means of more than this many standard deviations leave no digits of single precision for the variance. */
const LARGEST_RELATIVE_MEAN = 1000;

/** What is said of files where there are none. */
function checkFiles({ activation, testActivation, weights, stride, padding }: Scenario): void {
  if (testActivation !== null && !isArrayName(activation)) {
    throw conflict(
      "testActivation",
      `${testActivation} is the input at test time, and the input during training is not a file but ${activation}`,
      "add `activation` file:NAME with the rows exported in training mode",
    );
  }
  const field = stride === null ? "padding" : "stride";
  if ((stride === null && padding === null) || (isArrayName(activation) && isArrayName(weights))) return;
  throw conflict(
    field,
    `${stride ?? padding} is only for a kernel over feature maps, both read from files`,
    "add `activation` file:NAME and `weights` file:NAME, or leave it out",
  );
}

function checkNoise({ noise, layer, depth, mean, variance }: Scenario): void {
  const { name, pivot, shares } = propertiesOf(noise);
  if (shares === "weight" && layer === "none" && depth === null) {
    throw conflict("noise", `${noise} drops weights of a linear layer, and the layer is none`, "add `layer` linear");
  }
  // In hundredths, rounded up.
  const distance = Math.ceil(100 * Math.abs(pivot)) / 100;
  if (pivot !== 0 && Math.abs(mean) + distance > LARGEST_RELATIVE_MEAN * Math.sqrt(variance)) {
    throw invalid(
      "variance",
      `${variance} is too small for ${name}, which sets units to ${pivot.toFixed(3).replace("-", "−")}, more than ${LARGEST_RELATIVE_MEAN} standard deviations away`,
      `use a larger \`variance\`; ${name} is meant for 1`,
    );
  }
}

function checkInputDistribution(scenario: Scenario): void {
  const { activation, mean, variance, rho, width } = scenario;
  // Moments of a file were looked at with it.
  if (isArrayName(activation)) return;
  const deviation = Math.sqrt(variance);
  if (Math.abs(mean) > LARGEST_RELATIVE_MEAN * deviation) {
    throw invalid(
      "mean",
      `${mean} is more than ${LARGEST_RELATIVE_MEAN} standard deviations (√variance = ${deviation})`,
      "use a `mean` closer to 0 or a larger `variance`, because single precision loses the variance otherwise",
    );
  }
  const refusal = lawOf(activation).refusal(scenario);
  if (refusal !== undefined) throw invalid(refusal.field, refusal.problem, refusal.hint);
  const lowest = lowestCorrelation({ ...scenario, activation });
  if (rho < lowest) {
    const least = fourDigitsUp(lowest);
    throw invalid(
      "rho",
      `${rho} is below ${least}, the lowest correlation that ${width} ${activation} units can have`,
      `use ${least} or more, or a smaller \`width\``,
    );
  }
}

/** A negative number at four significant digits, or the next one above it: what is advised must be allowed. */
function fourDigitsUp(value: number): number {
  const nearest = Number(value.toPrecision(4));
  // Half a step of the fourth digit is 5·10⁻⁴ of the number at most.
  return nearest >= value ? nearest : Number((value * (1 - 5e-4)).toPrecision(4));
}

function checkWeights({ width, neurons, alignment }: Scenario): void {
  if (neurons !== null && neurons * width > MAXIMUM_WEIGHTS) {
    const gigabytes = ((neurons * width * 4) / 1e9).toPrecision(3);
    throw invalid(
      "neurons",
      `${neurons} neurons of width ${width} take ${gigabytes} GB of weights, above the limit of ${MAXIMUM_WEIGHTS} weights`,
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
      `${alignment} is not 1, the alignment of any single weight`,
      "use 1 or a larger `width`",
    );
  }
}

function checkNonlinearity({ nonlinearity, layer }: Scenario): void {
  if (nonlinearity === null || layer === "linear") return;
  throw conflict(
    "nonlinearity",
    `${nonlinearity} is only for a linear layer, and the layer is none`,
    "add `layer` linear; the law of the input is `activation`",
  );
}

function checkBudget({ batchSize, samples, maxSamples }: Scenario): void {
  const field = samples === null ? "maxSamples" : "samples";
  const budget = samples ?? maxSamples;
  if (budget <= batchSize) {
    throw invalid(
      field,
      `${budget} samples are 1 mini-batch of ${batchSize}; at least 2 are needed for a standard error`,
      `use ${2 * batchSize} or more, or a smaller \`batchSize\``,
    );
  }
}

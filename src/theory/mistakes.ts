import { VshiftError } from "../errors.ts";
import { followsFromStrength, type Noise, propertiesOf } from "../noises/noises.ts";
import { alphaDropoutTheory } from "./alpha-dropout.ts";
import { layerTheory } from "./layer-steps.ts";
import { isClassic, relativeVariance } from "./noise.ts";
import { noiseTheory } from "./noise-theory.ts";
import { meanSquares, type PhaseSetting, quietVariance } from "./phase-variance.ts";
import type { ShiftTheory } from "./shift.ts";

/** A mistake that implementations make; names are stable. */
export type MistakeKind =
  | "not-scaled"
  | "scaled-twice"
  | "scaled-in-test"
  | "keep-drop-swapped"
  | "variance-as-deviation"
  | "noise-on-in-test"
  | "noise-off-in-training"
  | "phases-exchanged"
  | "alpha-dropout"
  | "mask-shared-by-batch"
  | "noise-behind-layer"
  | "biased-in-both"
  | "biased-in-training"
  | "biased-in-test"
  | "deviations-as-variances";

/** What a wrong implementation measures. */
export interface Mistake {
  readonly kind: MistakeKind;
  /** What was done, as a clause: "keep and drop were swapped". */
  readonly clause: string;
  /** The variances and the ratio that it leads to; the ratio may be above 1. */
  readonly theory: ShiftTheory;
  /** How far, relatively, both variances and the ratio may lie from that, for a reason that the setting does not tell. */
  readonly slack?: number;
}

/** What the mistakes are made in. */
export interface MistakeSetting extends PhaseSetting {
  readonly noise: Noise;
  /** Samples in a mini-batch, ≥ 2. */
  readonly batchSize: number;
}

/**
 * What each mistake makes of both variances, in closed form; those that the setting has no room for are left out.
 *
 *   T = Var_test, N = Var_train − Var_test = σ²(v + c²)⟨S₂⟩ of the correct implementation with inverted dropout
 *
 *   | kind | train | test |
 *   | --- | --- | --- |
 *   | not-scaled             | p²(T + N)                  | T         | Bernoulli
 *   | scaled-twice           | T + N                      | p²T       | Bernoulli
 *   | scaled-in-test         | p²(T + N)                  | p²T       | Bernoulli; classic dropout, whose ratio is right
 *   | keep-drop-swapped      | T + N/σ⁴                   | T         | Bernoulli and Gaussian
 *   | variance-as-deviation  | T + N·σ²                   | T         | Gaussian
 *   | noise-on-in-test       | T + N                      | T + N     |
 *   | noise-off-in-training  | T                          | T         |
 *   | phases-exchanged       | T                          | T + N     |
 *   | alpha-dropout          | a²(p²T + p(1 − p)⟨S₂⟩(v + (c − α′)²)) | T | Bernoulli
 *   | mask-shared-by-batch   | T + σ²v⟨S₂⟩                | T         | c ≠ 0
 *   | noise-behind-layer     | T + σ²(T + c²⟨S₁²⟩)        | T         | with a layer
 *   | biased-in-both         | (T + N)(m − 1)/m           | T(m − 1)/m | the ratio is right
 *   | biased-in-training     | (T + N)(m − 1)/m           | T         |
 *   | biased-in-test         | T + N                      | T(m − 1)/m |
 *   | deviations-as-variances | √(T + N)                  | √T        | the ratio is √Δ
 *
 * p            probability that a unit is kept
 * σ²           relative variance of the noise, (1 − p)/p for dropout
 * c, v         mean and variance of the input
 * S₁, S₂       Σw and Σw² of a neuron, ⟨ ⟩ averaged over the neurons; 1 without a layer
 * a, α′        of alpha dropout
 * m            samples in a mini-batch
 *
 * Of classic dropout both variances of training and test are p² of these, and the first two kinds are without and with
 * p² in both phases: not-scaled p²(T + N) and T, scaled-twice T + N and p²T. DropConnect lacks
 * the kinds of its scaling and position; spatial and alpha dropout have those of the modes and of the divisor alone.
 *
 * Derived in docs/DIAGNOSIS.md; exact, within 20 roundings. Without noise only the last four are possible. Throws a
 * `VshiftError` for moments, weights or noise that do not exist, and for a batch size below 2.
 */
export function mistakes(setting: MistakeSetting): readonly Mistake[] {
  requireBatchSize(setting.batchSize);
  const strength = relativeVariance(setting.noise);
  const right = noiseTheory(setting);
  const noisy = strength === 0 ? [] : [...scaling(setting, right), ...strengths(setting), ...modes(right)];
  const placed = strength === 0 ? [] : [...otherNoises(setting), ...masks(setting)];
  return [...noisy, ...placed, ...biased(right, setting.batchSize), deviations(right, setting.batchSize)];
}

function scaling({ noise }: MistakeSetting, { trainVariance: train, testVariance: test }: ShiftTheory): Mistake[] {
  const { hasClassicForm, parameterOf } = propertiesOf(noise.kind);
  if (!hasClassicForm) return [];
  const keep = parameterOf(noise);
  const square = keep * keep;
  if (isClassic(noise)) {
    return [
      mistake("not-scaled", "dropout was scaled neither during training nor at test time", train, test / square),
      mistake(
        "scaled-twice",
        "dropout was scaled twice, by 1/keep during training and by keep at test time",
        train / square,
        test,
      ),
    ];
  }
  return [
    mistake("not-scaled", "dropout was scaled neither during training nor at test time", square * train, test),
    mistake(
      "scaled-twice",
      "dropout was scaled twice, by 1/keep during training and by keep at test time",
      train,
      square * test,
    ),
    mistake(
      "scaled-in-test",
      "dropout was scaled by keep at test time, and not by 1/keep during training",
      square * train,
      square * test,
    ),
  ];
}

/** Noise of the right kind and another σ². */
function strengths(setting: MistakeSetting): Mistake[] {
  const { noise } = setting;
  const kind = propertiesOf(noise.kind);
  if (!followsFromStrength(kind) || !kind.isGivenByDrop) return [];
  const strength = relativeVariance(noise);
  const withStrength = (name: MistakeKind, clause: string, wrong: number): Mistake => ({
    kind: name,
    clause,
    theory: layerTheory({ ...setting, relativeVariance: wrong }),
  });
  const clause = "keep and drop were swapped";
  if ("scaling" in noise) {
    const theory = noiseTheory({ ...setting, noise: { ...noise, keepProbability: 1 - noise.keepProbability } });
    return [{ kind: "keep-drop-swapped", clause, theory }];
  }
  const swapped = withStrength("keep-drop-swapped", clause, 1 / strength);
  if (kind.parameter?.field !== "relativeVariance") return [swapped];
  const squared = "the variance of the noise was used as its standard deviation";
  return [swapped, withStrength("variance-as-deviation", squared, strength * strength)];
}

/** Train mode at test time, test mode during training, and the one for the other. */
function modes({ trainVariance: train, testVariance: test }: ShiftTheory): Mistake[] {
  return [
    mistake("noise-on-in-test", "the noise was left on at test time", train, train),
    mistake("noise-off-in-training", "the noise was off during training", test, test),
    mistake("phases-exchanged", "the training and test variances were swapped", test, train),
  ];
}

function otherNoises({ noise, input, layer }: MistakeSetting): Mistake[] {
  const { hasClassicForm, parameterOf } = propertiesOf(noise.kind);
  if (!hasClassicForm || isClassic(noise)) return [];
  const theory = alphaDropoutTheory({ input, layer }, parameterOf(noise));
  return [{ kind: "alpha-dropout", clause: "alpha dropout was used instead of dropout", theory }];
}

/** Multipliers that are drawn for too many at a time, or at another position. */
function masks({ noise, input, layer }: MistakeSetting): Mistake[] {
  const kind = propertiesOf(noise.kind);
  if (!followsFromStrength(kind)) return [];
  const { train: gain } = kind.gains(noise);
  const square = gain * gain;
  const strength = relativeVariance(noise);
  const test = quietVariance({ input, layer });
  const { squaredSum, sumOfSquares } = meanSquares(layer);
  const found: Mistake[] = [];
  if (input.mean !== 0) {
    const train = square * (test + strength * input.variance * sumOfSquares);
    found.push(mistake("mask-shared-by-batch", "all samples of a mini-batch shared one mask", train, square * test));
  }
  if (layer.kind !== "none" && kind.shares !== "weight") {
    const output = test + input.mean * input.mean * squaredSum;
    const clause = "the noise was applied after the linear layer, or shared by all units of a sample";
    found.push(mistake("noise-behind-layer", clause, square * (test + strength * output), square * test));
  }
  return found;
}

function biased({ trainVariance: train, testVariance: test }: ShiftTheory, batchSize: number): Mistake[] {
  const bias = (batchSize - 1) / batchSize;
  const clause = `variances were divided by ${batchSize} instead of ${batchSize - 1}`;
  return [
    mistake("biased-in-both", clause, bias * train, bias * test),
    mistake("biased-in-training", `during training only, ${clause}`, bias * train, test),
    mistake("biased-in-test", `at test time only, ${clause}`, train, bias * test),
  ];
}

/**
 * The mean of deviations is less than the deviation of the mean variance: by (κ − 1)/(8m) where each is of m samples of kurtosis κ,
 * and not at all where the root was taken last. Noise makes κ 3/p and more; at 9 that is 1/m.
 */
function deviations({ trainVariance: train, testVariance: test }: ShiftTheory, batchSize: number): Mistake {
  const clause = "standard deviations were reported instead of variances";
  const exact = mistake("deviations-as-variances", clause, Math.sqrt(train), Math.sqrt(test));
  return { ...exact, slack: 1 / batchSize };
}

function mistake(kind: MistakeKind, clause: string, trainVariance: number, testVariance: number): Mistake {
  const shift = trainVariance === 0 ? 1 : testVariance / trainVariance;
  return { kind, clause, theory: { trainVariance, testVariance, shift } };
}

function requireBatchSize(batchSize: number): void {
  if (batchSize >= 2 && Number.isFinite(batchSize)) return;
  throw new VshiftError({
    code: "invalid-value",
    field: "batchSize",
    problem: `${batchSize} is not a batch size of 2 or more`,
    hint: "try 256",
  });
}

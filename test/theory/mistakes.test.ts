import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { alphaDropoutNoise, DROPPED_VALUE } from "../../src/noises/alpha.ts";
import { alphaDropoutTheory } from "../../src/theory/alpha-dropout.ts";
import type { Layer } from "../../src/theory/layer-steps.ts";
import { linearTheory } from "../../src/theory/linear-shift.ts";
import { type MistakeKind, type MistakeSetting, mistakes } from "../../src/theory/mistakes.ts";
import { phaseVariance } from "../../src/theory/phase-variance.ts";
import { INPUT, KEEP, LAYER, sumsOf } from "./arbitrary.ts";
import { exchangeable, type Outcome } from "./outcomes.ts";

// Truth by counting: a small input and every mask, each outcome with its probability; only Var y = E y² − (E y)².

/** What becomes of a unit in one outcome of the noise. */
interface UnitOutcome {
  readonly probability: number;
  readonly of: (value: number) => number;
}

const DIMENSION = 3;
const KEPT = 0.7;
const BATCH_SIZE = 5;
const WEIGHTS = [
  [1, 1, 1],
  [0.5, -1, 2],
];

/** Mean 3, correlated. */
const CLEAN = exchangeable(0.4);

const keepWith = (probability: number, kept: (value: number) => number, dropped = (_: number) => 0): UnitOutcome[] => [
  { probability, of: kept },
  { probability: 1 - probability, of: dropped },
];
const inverted = (keep: number) => keepWith(keep, (value) => value / keep);

/** Every combination of the units' own outcomes. */
function noisy(input: readonly Outcome[], unit: readonly UnitOutcome[]): Outcome[] {
  let found: Outcome[] = [...input];
  for (let at = 0; at < DIMENSION; at++) {
    found = found.flatMap(({ probability, x }) =>
      unit.map((outcome) => ({
        probability: probability * outcome.probability,
        x: x.map((value, index) => (index === at ? outcome.of(value) : value)),
      })),
    );
  }
  return found;
}

type Read = (x: readonly number[]) => number;

const mean = (outcomes: readonly Outcome[], of: Read) =>
  outcomes.reduce((sum, { probability, x }) => sum + probability * of(x), 0);
const covariance = (outcomes: readonly Outcome[], a: Read, b = a) =>
  mean(outcomes, (x) => a(x) * b(x)) - mean(outcomes, a) * mean(outcomes, b);
const unit =
  (at: number): Read =>
  (x) =>
    x[at];
const neuron =
  (weights: readonly number[]): Read =>
  (x) =>
    weights.reduce((sum, weight, at) => sum + weight * x[at], 0);

const LAYERS: Record<string, { readonly layer: Layer; readonly reads: readonly Read[] }> = {
  "no layer": { layer: { kind: "none" }, reads: [unit(0), unit(1), unit(2)] },
  "a linear layer": { layer: { kind: "linear", neurons: WEIGHTS.map(sumsOf) }, reads: WEIGHTS.map(neuron) },
};

const variance = covariance(CLEAN, unit(0));
const input = { mean: mean(CLEAN, unit(0)), variance, correlation: covariance(CLEAN, unit(0), unit(1)) / variance };

/** Mean over the outcomes of the first noise (a mask) of the variance given it. */
function withinMasks(reads: readonly Read[]): number {
  const masks = noisy([{ probability: 1, x: [1, 1, 1] }], inverted(KEPT));
  return masks.reduce((sum, { probability, x: mask }) => {
    const masked = CLEAN.map((outcome) => ({ ...outcome, x: outcome.x.map((value, at) => value * mask[at]) }));
    return sum + probability * average(masked, reads);
  }, 0);
}

const average = (outcomes: readonly Outcome[], reads: readonly Read[]) =>
  reads.reduce((sum, read) => sum + covariance(outcomes, read), 0) / reads.length;

/** Each read variance multiplied by a mask of its own. */
function behind(reads: readonly Read[]): number {
  const outcomes = reads.map((read) =>
    CLEAN.flatMap(({ probability, x }) => [
      { probability: probability * KEPT, x: [read(x) / KEPT] },
      { probability: probability * (1 - KEPT), x: [0] },
    ]),
  );
  return outcomes.reduce((sum, one) => sum + covariance(one, unit(0)), 0) / reads.length;
}

function countedTrain(kind: MistakeKind, reads: readonly Read[]): number {
  const bias = (BATCH_SIZE - 1) / BATCH_SIZE;
  const right = average(noisy(CLEAN, inverted(KEPT)), reads);
  switch (kind) {
    case "not-scaled":
    case "scaled-in-test":
      return average(
        noisy(
          CLEAN,
          keepWith(KEPT, (value) => value),
        ),
        reads,
      );
    case "keep-drop-swapped":
      return average(noisy(CLEAN, inverted(1 - KEPT)), reads);
    case "noise-off-in-training":
    case "phases-exchanged":
      return average(CLEAN, reads);
    case "alpha-dropout": {
      const a = 1 / Math.sqrt(KEPT + DROPPED_VALUE ** 2 * KEPT * (1 - KEPT));
      const b = -a * DROPPED_VALUE * (1 - KEPT);
      const outcomes = keepWith(
        KEPT,
        (value) => a * value + b,
        () => a * DROPPED_VALUE + b,
      );
      return average(noisy(CLEAN, outcomes), reads);
    }
    case "mask-shared-by-batch":
      return withinMasks(reads);
    case "noise-behind-layer":
      return behind(reads);
    case "biased-in-both":
    case "biased-in-training":
      return bias * right;
    case "deviations-as-variances":
      return Math.sqrt(right);
    default:
      return right;
  }
}

function countedTest(kind: MistakeKind, reads: readonly Read[]): number {
  const quiet = average(CLEAN, reads);
  switch (kind) {
    case "scaled-twice":
    case "scaled-in-test":
      return average(
        CLEAN.map((outcome) => ({ ...outcome, x: outcome.x.map((value) => KEPT * value) })),
        reads,
      );
    case "noise-on-in-test":
    case "phases-exchanged":
      return average(noisy(CLEAN, inverted(KEPT)), reads);
    case "biased-in-both":
    case "biased-in-test":
      return ((BATCH_SIZE - 1) / BATCH_SIZE) * quiet;
    case "deviations-as-variances":
      return Math.sqrt(quiet);
    default:
      return quiet;
  }
}

describe.each(Object.entries(LAYERS))("%s", (_, { layer, reads }) => {
  const setting: MistakeSetting = {
    noise: { kind: "bernoulli", keepProbability: KEPT },
    input,
    layer,
    batchSize: BATCH_SIZE,
  };

  test.each(mistakes(setting))("$kind: both variances are those of every mask counted", ({ kind, theory }) => {
    const [train, quiet] = [countedTrain(kind, reads), countedTest(kind, reads)];
    // Values up to 6/0.3 squared, some 72 outcomes, and a subtraction of squared means: a thousand roundings.
    expect(Math.abs(theory.trainVariance / train - 1)).toBeLessThan(1e-12);
    expect(Math.abs(theory.testVariance / quiet - 1)).toBeLessThan(1e-12);
    expect(theory.shift).toBe(theory.testVariance / theory.trainVariance);
  });
});

describe("classic dropout", () => {
  const layer: Layer = { kind: "linear", neurons: WEIGHTS.map(sumsOf) };
  const reads = WEIGHTS.map(neuron);
  const noise = { kind: "bernoulli", keepProbability: KEPT, scaling: "classic" } as const;
  const found = mistakes({ noise, input, layer, batchSize: BATCH_SIZE });
  const kept = (keep: number) =>
    noisy(
      CLEAN,
      keepWith(keep, (value) => value),
    );
  const scaled = (by: number) => CLEAN.map((outcome) => ({ ...outcome, x: outcome.x.map((value) => by * value) }));

  test.each<[MistakeKind, number, number]>([
    ["not-scaled", average(kept(KEPT), reads), average(CLEAN, reads)],
    ["scaled-twice", average(noisy(CLEAN, inverted(KEPT)), reads), average(scaled(KEPT), reads)],
    ["keep-drop-swapped", average(kept(1 - KEPT), reads), average(scaled(1 - KEPT), reads)],
    ["phases-exchanged", average(scaled(KEPT), reads), average(kept(KEPT), reads)],
    ["mask-shared-by-batch", KEPT * KEPT * withinMasks(reads), average(scaled(KEPT), reads)],
    ["noise-behind-layer", KEPT * KEPT * behind(reads), average(scaled(KEPT), reads)],
  ])("%s: both variances are those of every mask counted", (kind, train, quiet) => {
    const mistake = found.find((one) => one.kind === kind);
    // As above.
    expect(Math.abs((mistake?.theory.trainVariance ?? 0) / train - 1)).toBeLessThan(1e-12);
    expect(Math.abs((mistake?.theory.testVariance ?? 0) / quiet - 1)).toBeLessThan(1e-12);
  });

  test("scaled in test is no mistake", () => {
    expect(found.map(({ kind }) => kind)).not.toContain("scaled-in-test");
  });
});

const kinds = (setting: Partial<MistakeSetting>) =>
  mistakes({
    noise: { kind: "bernoulli", keepProbability: 0.7 },
    input: { mean: 1, variance: 1, correlation: 0 },
    layer: { kind: "none" },
    batchSize: 32,
    ...setting,
  }).map(({ kind }) => kind);

test("a setting has the mistakes that it has room for", () => {
  expect(kinds({})).not.toContain("noise-behind-layer");
  expect(kinds({ layer: { kind: "aligned", alignment: 2 } })).toContain("noise-behind-layer");
  expect(kinds({ input: { mean: 0, variance: 1, correlation: 0 } })).not.toContain("mask-shared-by-batch");
  expect(kinds({ noise: { kind: "gaussian", relativeVariance: 0.5 } })).toContain("variance-as-deviation");
  expect(kinds({ noise: { kind: "gaussian", relativeVariance: 0.5 } })).not.toContain("not-scaled");
  expect(kinds({ noise: { kind: "uout", beta: 0.5 } })).not.toContain("keep-drop-swapped");
  const layer = { kind: "aligned", alignment: 2 } as const;
  const ofWeights = kinds({ layer, noise: { kind: "dropconnect", keepProbability: 0.7 } });
  expect(ofWeights).toEqual(expect.arrayContaining(["keep-drop-swapped", "mask-shared-by-batch"]));
  expect(ofWeights).not.toContain("noise-behind-layer");
  const ofModes = ["noise-on-in-test", "noise-off-in-training", "phases-exchanged"];
  const biased = ["biased-in-both", "biased-in-training", "biased-in-test", "deviations-as-variances"];
  expect(kinds({ noise: { kind: "alpha", keepProbability: 0.7 } })).toEqual([...ofModes, ...biased]);
  expect(kinds({ noise: { kind: "spatial", keepProbability: 0.7, channelSize: 4 } })).toEqual([...ofModes, ...biased]);
  expect(kinds({ noise: { kind: "none" } })).toEqual(biased);
});

test("without noise only the variance itself can be wrong", () => {
  const noise = { kind: "bernoulli", keepProbability: 1 } as const;
  const biased = ["biased-in-both", "biased-in-training", "biased-in-test"];
  expect(kinds({ noise })).toEqual([...biased, "deviations-as-variances"]);
});

test("Gaussian noise whose variance is taken for its deviation has σ⁴", () => {
  const setting = { input: { mean: 1, variance: 1, correlation: 0 }, layer: { kind: "none" }, batchSize: 32 } as const;
  const found = mistakes({ ...setting, noise: { kind: "gaussian", relativeVariance: 0.5 } });
  expect(found.find(({ kind }) => kind === "variance-as-deviation")?.theory.trainVariance).toBe(1 + 0.25 * 2);
  expect(found.find(({ kind }) => kind === "keep-drop-swapped")?.theory.trainVariance).toBe(1 + 2 * 2);
});

test.each([0, 1, Number.NaN, Number.POSITIVE_INFINITY])("a batch size of %d is an error", (batchSize) => {
  expect(() => kinds({ batchSize })).toThrow(/batchSize: .* is not a batch size/);
});

describe("alpha dropout", () => {
  test("leaves mean 0 and variance 1 as they are, with any keep probability", () => {
    const setting = { input: { mean: 0, variance: 1, correlation: 0 }, layer: { kind: "none" } } as const;
    const property = fc.property(KEEP, (keep) => {
      // 1/p and 1 + α′²q are at most three roundings each, squared.
      expect(Math.abs(alphaDropoutTheory(setting, keep).trainVariance - 1)).toBeLessThan(2e-15);
      const { gain, gainVariance, offsetVariance, covariance: kappa } = alphaDropoutNoise(keep);
      expect(gain).toBeGreaterThan(0);
      // m and e are functions of one Bernoulli draw: their correlation is 1, as −α′ is positive.
      expect(Math.abs(kappa * kappa - gainVariance * offsetVariance)).toBeLessThanOrEqual(
        1e-14 * gainVariance * offsetVariance,
      );
    });
    fc.assert(property, { numRuns: 300 });
  });

  test("agrees with what nn.AlphaDropout computes of its drop rate", () => {
    // torch.nn.functional.alpha_dropout, ATen/native/Dropout.cpp: a = 1/√((α′²p + 1)(1 − p)), p being the drop rate.
    const drop = 0.3;
    const a = 1 / Math.sqrt((DROPPED_VALUE ** 2 * drop + 1) * (1 - drop));
    expect(alphaDropoutNoise(1 - drop).gain).toBeCloseTo(a * (1 - drop), 15);
  });

  test("its dropped value is −λα of SELU", () => {
    // Klambauer et al. 2017, eq. 14: λ₀₁ = 1.0507, α₀₁ = 1.6733; here at the digits of their code.
    expect(DROPPED_VALUE).toBeCloseTo(-1.0507009873554805 * 1.6732632423543772, 15);
  });

  test.each([0, 1.1, Number.NaN])("a keep probability of %d is an error", (keep) => {
    expect(() => alphaDropoutNoise(keep)).toThrow(/keepProbability/);
  });
});

test("a phase with inverted dropout is the training of eq. 12", () => {
  const property = fc.property(INPUT, LAYER, KEEP, (moments, neurons, keep) => {
    const gainVariance = (1 - keep) / keep;
    const noise = { gain: 1, gainVariance, offsetVariance: 0, covariance: 0 };
    const { trainVariance } = linearTheory({ input: moments, neurons }, gainVariance);
    const found = phaseVariance(noise, { input: moments, layer: { kind: "linear", neurons } });
    // A dozen roundings of 1.1e-16 without subtracting.
    expect(Math.abs(found - trainVariance)).toBeLessThanOrEqual(2e-15 * trainVariance);
  });
  fc.assert(property, { numRuns: 300 });
});

import { describe, expect, test } from "vitest";
import { checkMeasured } from "../../src/check/check.ts";
import type { Diagnosis } from "../../src/check/diagnose.ts";
import type { MeasuredBatches } from "../../src/check/measured.ts";
import type { MistakeKind } from "../../src/theory/mistakes.ts";
import { createUniforms, type ForeignNetwork, runForeign, scenarioOf } from "./wrong-network.ts";

// A mistake that was made is missed when the ratio's interval misses, at alpha, or one of both variances' does, at alpha/2 each:
// in 2·alpha of the runs at most. Student's quantile answers for batch variances that are near normal; 0.5 % more are granted for
// those that are not. Binomial(150, 0.025) exceeds 19 with odds of 1.5·10⁻⁹ (scipy.stats.binom.sf), any of 10 cases of 1.5·10⁻⁸.
// If 30 % are missed, no more than 19 are with odds of 5·10⁻⁷.
const ALPHA = 0.01;
const RUNS = 150;
const MOST_MISSED = 19;

const DIRECT: ForeignNetwork = {
  noise: "bernoulli",
  keep: 0.7,
  mean: 0.5,
  rho: 0,
  width: 8,
  neurons: 0,
  batchSize: 32,
  batches: 64,
};
const LINEAR: ForeignNetwork = { ...DIRECT, width: 12, neurons: 4, mean: 1, rho: 0.3 };

interface Wrong {
  /** The keep that the scenario says, instead of the network's own. */
  readonly keep?: number;
  readonly measured?: (measured: MeasuredBatches) => MeasuredBatches;
}

/** What is said of each of many runs; the seeds are those of the case. */
function diagnoses(
  network: ForeignNetwork,
  kind: MistakeKind | "right",
  { keep = network.keep, measured: changed = (measured) => measured }: Wrong = {},
): (readonly Diagnosis[])[] {
  return Array.from({ length: RUNS }, (_, seed) => {
    const { measured, weights } = runForeign(network, kind, createUniforms(seed));
    const options = { tolerance: 0.01, alpha: ALPHA, ...(weights === undefined ? {} : { weights }) };
    return checkMeasured(scenarioOf({ ...network, keep }), changed(measured), options).diagnosis;
  });
}

const missed = (found: readonly (readonly Diagnosis[])[], wanted: MistakeKind) =>
  found.filter((one) => !one.some(({ kind }) => kind === wanted)).length;

const CLEAR: readonly { readonly where: string; readonly network: ForeignNetwork; readonly kind: MistakeKind }[] = [
  { where: "no layer", network: DIRECT, kind: "not-scaled" },
  { where: "no layer", network: DIRECT, kind: "keep-drop-swapped" },
  { where: "no layer", network: DIRECT, kind: "noise-on-in-test" },
  { where: "no layer", network: DIRECT, kind: "alpha-dropout" },
  { where: "a linear layer", network: LINEAR, kind: "scaled-twice" },
  { where: "a linear layer", network: LINEAR, kind: "noise-off-in-training" },
  { where: "a linear layer", network: LINEAR, kind: "phases-exchanged" },
  { where: "a mean of 1", network: { ...DIRECT, mean: 1 }, kind: "mask-shared-by-batch" },
  { where: "Gaussian noise", network: { ...DIRECT, noise: "gaussian" }, kind: "variance-as-deviation" },
];

describe(`of ${RUNS} runs with seeds 0 to ${RUNS - 1}, no more than ${MOST_MISSED} miss the mistake that was made`, () => {
  test.each(CLEAR)("$where: $kind", ({ network, kind }) => {
    expect(missed(diagnoses(network, kind), kind)).toBeLessThanOrEqual(MOST_MISSED);
  });

  test("and no more find one where none was made", () => {
    const found = diagnoses(DIRECT, "right").filter((one) => one.length > 0);
    expect(found.length).toBeLessThanOrEqual(MOST_MISSED);
  });
});

describe("negative controls: the same limit finds", () => {
  test("a scenario of another keep", () => {
    const found = diagnoses(DIRECT, "keep-drop-swapped", { keep: 0.72 });
    expect(missed(found, "keep-drop-swapped")).toBeGreaterThan(MOST_MISSED);
  });

  test("an error that is a quarter of what it should be", () => {
    const measured = ({ trainVariances, testVariances }: MeasuredBatches): MeasuredBatches => ({
      trainVariances: narrowed(trainVariances),
      testVariances: narrowed(testVariances),
    });
    const found = diagnoses(DIRECT, "keep-drop-swapped", { measured });
    expect(missed(found, "keep-drop-swapped")).toBeGreaterThan(MOST_MISSED);
  });

  test("a variance that theory would have without the mean of the input", () => {
    const network = { ...DIRECT, mean: 0.6 };
    const found = diagnoses(network, "keep-drop-swapped", {
      measured: ({ trainVariances, testVariances }) => ({
        // σ²c² of swapped noise, taken off again.
        trainVariances: trainVariances.map((variance) => variance - (0.7 / 0.3) * 0.36),
        testVariances,
      }),
    });
    expect(missed(found, "keep-drop-swapped")).toBeGreaterThan(MOST_MISSED);
  });
});

/** The same mean, and a quarter of the spread. */
function narrowed(values: readonly number[]): number[] {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.map((value) => mean + (value - mean) / 4);
}

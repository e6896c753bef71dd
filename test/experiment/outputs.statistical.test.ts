import seedrandom from "seedrandom";
import { afterAll, describe, expect, it } from "vitest";
import { createExecutor } from "../../src/executor/executor.ts";
import { createBlockRunner, type OutputDistances } from "../../src/experiment/block.ts";
import { measure } from "../../src/experiment/measure.ts";
import type { OutputDistancesOfRecord } from "../../src/experiment/record.ts";
import { settingOf } from "../../src/experiment/setting.ts";
import { createStatistics } from "../../src/forward/statistics.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { referenceKernel } from "../../src/kernel/reference.ts";
import { defineScenario } from "../../src/scenario/define.ts";
import type { Scenario, ScenarioInput } from "../../src/scenario/scenario.ts";
import { blockWeights } from "../forward/block-weights.ts";

const SEED = "outputs 20190616";

describe("a simulation in plain loops has the same distance from the noise-averaged training output", () => {
  const KEEP = 0.6;
  const BATCHES = 100;
  /** Few, so that what a finite number of masks adds would be large. */
  const MASKS = 4;
  /** Masks of the simulation: they leave a 500th of the noise's variance, where `MASKS` would leave a quarter. */
  const SIMULATED_MASKS = 500;
  /** Mean and variance that every channel has at test time. */
  const FROZEN = { mean: 0.2, variance: 1.7 };
  const DEPTH = 2;
  const stack = defineScenario({ seed: SEED, keep: KEEP, width: 8, depth: DEPTH, batchSize: 8, batches: BATCHES });

  // Student's t of 99 degrees of freedom, two-sided, 5·10⁻⁷; for two quantities 10⁻⁶.
  const LIMIT = 5.4;

  const weights = blockWeights(referenceKernel, stack);

  it("squared distance and variance, both without the variance of the finite number of masks", () => {
    const { distances, inputs } = measuredDistances(stack);
    const simulated = inputs.map((input, batch) => simulate(stack, input, `mini-batch ${batch}`));
    for (const quantity of ["distance", "variance"] as const) {
      const differences = distances.map(({ fromTraining }, at) => fromTraining[quantity] - simulated[at][quantity]);
      expect(Math.abs(zOf(differences)), quantity).toBeLessThan(LIMIT);
      // Negative control: distance and variance of the mean of the masks, as it is.
      const naive = differences.map((difference, at) => difference + simulated[at].spread[quantity] / MASKS);
      expect(zOf(naive), quantity).toBeGreaterThan(LIMIT);
    }
  });

  /** What vshift measures of each mini-batch, and the mini-batches. */
  function measuredDistances(measured: Scenario): {
    readonly distances: readonly OutputDistances[];
    readonly inputs: readonly Matrix[];
  } {
    const { width } = measured;
    let latest: Matrix = [];
    const kernel: Kernel = {
      ...referenceKernel,
      normals(call) {
        referenceKernel.normals(call);
        // Of the input alone: dropout draws no normals. The outputs are tiles of rows of 8 samples.
        if (call.out.length === width * 8) latest = rowsOf(call.out, 8);
      },
    };
    const run = createBlockRunner(() => kernel, settingOf(measured).run);
    const frozen = createStatistics((DEPTH + 1) * width);
    frozen.mean.fill(FROZEN.mean);
    frozen.variance.fill(FROZEN.variance);
    const pass = { kind: "test", frozen } as const;
    const comparison = { noiseFree: frozen, masks: MASKS };
    const inputs: Matrix[] = [];
    const distances = Array.from({ length: BATCHES }, (_, batch) => {
      const block = run({ block: batch, first: batch, batches: 1, pass, comparison });
      inputs.push(latest);
      return block.rows?.distances[0] as OutputDistances;
    });
    return { distances, inputs };
  }

  /** The same quantities by many masks, and the variance that one mask adds to each. */
  function simulate(simulated: Scenario, input: Matrix, seed: string): Simulated {
    const uniform = seedrandom(seed);
    const test = outputOf(simulated, input, { noisy: () => 1, frozen: FROZEN });
    const draws = Array.from({ length: SIMULATED_MASKS }, () =>
      outputOf(simulated, input, { noisy: () => (uniform() < KEEP ? 1 / KEEP : 0), frozen: undefined }),
    );
    const average = test.map((row, channel) =>
      row.map((_, sample) => mean(draws.map((draw) => draw[channel][sample]))),
    );
    const deviations = draws.map((draw) => minus(draw, average));
    return {
      distance: meanSquare(minus(test, average)),
      variance: meanVariance(average),
      spread: {
        distance: mean(deviations.map(meanSquare)),
        variance: mean(deviations.map(meanVariance)),
      },
    };
  }

  /** BN → ReLU → noise → linear, block by block. */
  function outputOf({ epsilon }: Scenario, input: Matrix, { noisy, frozen }: Mode): Matrix {
    return weights.reduce((x, { columns }) => {
      const within = x.map((row) => {
        const n = row.length;
        const centre = frozen?.mean ?? mean(row);
        // vshift normalises by the biased variance in both phases.
        const spread =
          frozen === undefined ? mean(row.map((value) => (value - centre) ** 2)) : (frozen.variance * (n - 1)) / n;
        return row.map((value) => Math.max(0, (value - centre) / Math.sqrt(spread + epsilon)) * noisy());
      });
      return columns.map((_, neuron) =>
        within[0].map((_, sample) =>
          within.reduce((sum, row, channel) => sum + columns[channel][neuron] * row[sample], 0),
        ),
      );
    }, input);
  }
});

const executor = createExecutor({ threads: 2 });
afterAll(() => executor.close());

async function outputsOf(input: ScenarioInput): Promise<OutputDistancesOfRecord> {
  const records = await measure(defineScenario({ seed: SEED, ...input }), { executor });
  const { outputs = null } = records.at(-1) ?? {};
  if (outputs === null) throw new Error("outputs are compared at the last position");
  return outputs;
}

describe("blocks without a nonlinearity, of which theory knows the noise-averaged output", () => {
  // A linear network is the mean of its noisy ones when it divides by the deviations of training. Noise-free statistics make each of
  // the three norms behind noise divide by 1/√2 of that instead: outputs are 2^{3/2} times as large.
  const EXCESS = 2 ** 1.5 - 1;
  const LINEAR = { nonlinearity: "identity", keep: 0.5, depth: 4, width: 256, batchSize: 512, batches: 32 } as const;
  // Networks 256 wide: behind three such blocks the standard deviation of ln Δ is 0.1·√(3/256) = 0.011 (docs/STACK.md), so that of
  // 2^{3/2} = Δ^{−1/2} is 0.016. Mini-batches of 512 samples have means and variances of their own, off by 1/√512 and √(2/512) in each
  // block: 0.1 together, which adds to the first distance, and to the second one's square.
  const CLOSE = 0.15;

  it("running statistics give it, and so do those re-estimated with the noise on", async () => {
    for (const statistics of ["running", "reestimated-noisy"] as const) {
      const { training, noiseFree } = await outputsOf({ ...LINEAR, statistics });
      expect(training.value).toBeLessThan(CLOSE);
      // The distance to noise-free statistics says the opposite.
      expect(noiseFree.value).toBeGreaterThan(0.5);
    }
  });

  it("noise-free statistics give outputs that are too large by a known factor", async () => {
    const { training, noiseFree } = await outputsOf({ ...LINEAR, statistics: "reestimated" });
    expect(Math.abs((training.value ?? 0) - EXCESS)).toBeLessThan(CLOSE);
    expect(noiseFree.value).toBeLessThan(0.1);
  });
});

interface Mode {
  /** The multiplier of a unit. */
  readonly noisy: () => number;
  /** Of every channel; without it those of the mini-batch. */
  readonly frozen: { readonly mean: number; readonly variance: number } | undefined;
}

interface Simulated {
  readonly distance: number;
  readonly variance: number;
  readonly spread: { readonly distance: number; readonly variance: number };
}

/** Channels of samples. */
type Matrix = readonly (readonly number[])[];

function rowsOf(values: Float32Array, length: number): Matrix {
  return Array.from({ length: values.length / length }, (_, row) => [
    ...values.subarray(row * length, (row + 1) * length),
  ]);
}

function minus(a: Matrix, b: Matrix): Matrix {
  return a.map((row, channel) => row.map((value, sample) => value - b[channel][sample]));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function meanSquare(matrix: Matrix): number {
  return mean(matrix.map((row) => mean(row.map((value) => value * value))));
}

/** Unbiased variance over the samples, averaged over the channels. */
function meanVariance(matrix: Matrix): number {
  return mean(
    matrix.map((row) => {
      const centre = mean(row);
      return row.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (row.length - 1);
    }),
  );
}

/** The mean of independent values in units of its standard error. */
function zOf(values: readonly number[]): number {
  const centre = mean(values);
  const variance = values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (values.length - 1);
  return centre / Math.sqrt(variance / values.length);
}

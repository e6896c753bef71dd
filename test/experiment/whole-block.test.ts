import { describe, expect, it } from "vitest";
import { type BlockResult, createBlockRunner, type KernelFactory } from "../../src/experiment/block.ts";
import { settingOf } from "../../src/experiment/setting.ts";
import { averaged, createStatistics } from "../../src/forward/statistics.ts";
import { referenceKernel } from "../../src/kernel/reference.ts";
import { defineScenario } from "../../src/scenario/define.ts";
import type { ScenarioInput } from "../../src/scenario/scenario.ts";
import { simdKernel } from "../kernel/simd-kernel.ts";

/** Every path through a stack, with widths and batches that fill no group of lanes, and more than one tile. */
const EVERY_PATH: readonly ScenarioInput[] = [
  { width: 7, depth: 3, batchSize: 5 },
  { width: 70, depth: 2, batchSize: 300, keep: 0.8, nonlinearity: "gelu" },
  { width: 10, depth: 3, batchSize: 9, noise: "gaussian", nonlinearity: "tanh", connection: "residual" },
  { width: 12, depth: 3, batchSize: 260, noise: "uout", nonlinearity: "identity", norm: "layer", normAt: "2,3" },
  { width: 12, depth: 2, batchSize: 9, norm: "group", groups: 3, connection: "residual", noiseAt: "last" },
  { width: 13, depth: 2, batchSize: 9, noise: "spatial", channelSize: 4, rho: 0.2, mean: 1, variance: 2 },
  { width: 70, depth: 2, batchSize: 140, noise: "dropconnect", keep: 0.8, connection: "residual" },
  { width: 9, depth: 3, batchSize: 12, noise: "alpha", activation: "lognormal", noiseAt: "1,3" },
  { width: 9, depth: 2, batchSize: 12, scaling: "classic", activation: "relu", rho: -0.1 },
];

const runnerOf = (createKernel: KernelFactory, input: ScenarioInput) =>
  createBlockRunner(createKernel, settingOf(defineScenario({ ...input, batches: 8 })).run);

const TRAINING = { kind: "train", mask: 0 } as const;

/** All that blocks of each pass give. */
function blocksOf(createKernel: KernelFactory, input: ScenarioInput): readonly BlockResult[] {
  const run = runnerOf(createKernel, input);
  const trained = run({ block: 0, first: 0, batches: 2, pass: TRAINING });
  const quiet = run({ block: 1, first: 2, batches: 2, pass: { kind: "quiet" } });
  const frozen = averaged(trained.rows?.statistics ?? createStatistics(0), 2);
  const comparison = { noiseFree: averaged(quiet.rows?.statistics ?? createStatistics(0), 2), masks: 2 };
  return [trained, quiet, run({ block: 2, first: 1, batches: 2, pass: { kind: "test", frozen }, comparison })];
}

describe.each(EVERY_PATH)("a stack %j", (input) => {
  it("has the same bits with every kernel", () => {
    expect(blocksOf(simdKernel, input)).toEqual(blocksOf(() => referenceKernel, input));
  });

  it("gives a mini-batch the same, whatever block it is in and whatever came before", () => {
    const run = runnerOf(simdKernel, input);
    const together = run({ block: 0, first: 3, batches: 2, pass: TRAINING }).rows?.variances;
    run({ block: 1, first: 0, batches: 1, pass: { kind: "quiet" } });
    const alone = run({ block: 2, first: 4, batches: 1, pass: TRAINING }).rows?.variances;
    expect(alone).toHaveLength((input.depth ?? 0) + 1);
    expect(alone).toEqual(together?.slice(together.length / 2));
  });
});

it("in a quiet pass BN leaves every channel with mean 0 and variance 1: positions do not depend on the scale of those before", () => {
  const input = { width: 64, depth: 2, batchSize: 64, nonlinearity: "identity" } as const;
  const { rows } = runnerOf(simdKernel, input)({ block: 0, first: 0, batches: 1, pass: TRAINING });
  // Var_train of identity with p = ½ is 2 for unit weights; the weights' own norms are 1 ± √(2/64)/8.
  expect(Math.abs((rows?.variances[1] ?? 0) / 2 - 1)).toBeLessThan(0.15);
  const larger = runnerOf(simdKernel, { ...input, variance: 100 });
  const again = larger({ block: 0, first: 0, batches: 1, pass: TRAINING }).rows;
  expect((again?.variances[0] ?? 0) / (rows?.variances[0] ?? 1)).toBeCloseTo(100, 2);
  expect((again?.variances[1] ?? 0) / (rows?.variances[1] ?? 1)).toBeCloseTo(1, 4);
});

it("the first block of training tells Σw² of each neuron, by the node of its layer", () => {
  const run = runnerOf(simdKernel, { width: 64, depth: 2, batchSize: 8, connection: "residual" });
  const { rows } = run({ block: 0, first: 0, batches: 1, pass: TRAINING });
  const { network } = settingOf(defineScenario({ width: 64, depth: 2, batchSize: 8, connection: "residual" }));
  expect(rows?.weightSquares?.map((squares) => squares !== undefined)).toEqual(
    network.nodes.map(({ layer }) => layer.kind === "linear"),
  );
  // Σw² of 64 weights of variance 1/64: 1 ± √(2/64); beyond 6 σ once in 10⁸ for each of the 128.
  for (const square of rows?.weightSquares?.flatMap((squares) => [...(squares ?? [])]) ?? []) {
    expect(Math.abs(square - 1)).toBeLessThan(6 * Math.sqrt(2 / 64));
  }
  expect(run({ block: 1, first: 1, batches: 1, pass: TRAINING }).rows?.weightSquares).toBeUndefined();
});

it("a network with statistics of its own takes no pass of both phases", () => {
  const run = runnerOf(simdKernel, { width: 8, depth: 1, batchSize: 8 });
  expect(() => run({ block: 0, first: 0, batches: 1, pass: { kind: "both" } })).toThrow(RangeError);
});

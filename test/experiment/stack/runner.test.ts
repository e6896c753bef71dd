import { describe, expect, it } from "vitest";
import { createStackRunner, type StackBlock } from "../../../src/experiment/stack/block.ts";
import { referenceKernel } from "../../../src/kernel/reference.ts";
import { averaged, createStatistics } from "../../../src/layers/stack/statistics.ts";
import { defineStack } from "../../../src/scenario/stack/define.ts";
import type { StackInput } from "../../../src/scenario/stack/stack.ts";
import { simdKernel } from "../../kernel/simd-kernel.ts";

/** Every path through a stack, with widths and batches that fill no group of lanes, and more than one tile. */
const EVERY_PATH: readonly StackInput[] = [
  { width: 7, depth: 3, batchSize: 5 },
  { width: 70, depth: 2, batchSize: 300, keep: 0.8, activation: "gelu" },
  { width: 10, depth: 3, batchSize: 9, noise: "gaussian", activation: "tanh", connection: "residual" },
  { width: 12, depth: 3, batchSize: 260, noise: "uout", activation: "identity", norm: "layer", normAt: "2,3" },
  { width: 12, depth: 2, batchSize: 9, norm: "group", groups: 3, connection: "residual", noiseAt: "last" },
];

/** All that blocks of each pass give. */
function blocksOf(createKernel: (bytes: number) => typeof referenceKernel, input: StackInput): readonly StackBlock[] {
  const stack = defineStack({ ...input, batches: 8 });
  const run = createStackRunner(createKernel, stack);
  const trained = run({ block: 0, first: 0, batches: 2, pass: { kind: "train", mask: 0 } });
  const quiet = run({ block: 1, first: 2, batches: 2, pass: { kind: "quiet" } });
  const frozen = averaged(trained.statistics ?? createStatistics(0), 2);
  const comparison = { noiseFree: averaged(quiet.statistics ?? createStatistics(0), 2), masks: 2 };
  return [trained, quiet, run({ block: 2, first: 1, batches: 2, pass: { kind: "test", frozen }, comparison })];
}

describe.each(EVERY_PATH)("a stack %j", (input) => {
  it("has the same bits with every kernel", () => {
    expect(blocksOf(simdKernel, input)).toEqual(blocksOf(() => referenceKernel, input));
  });

  it("gives a mini-batch the same, whatever block it is in and whatever came before", () => {
    const stack = defineStack({ ...input, batches: 8 });
    const run = createStackRunner(simdKernel, stack);
    const together = run({ block: 0, first: 3, batches: 2, pass: { kind: "train", mask: 0 } });
    run({ block: 1, first: 0, batches: 1, pass: { kind: "quiet" } });
    const alone = run({ block: 2, first: 4, batches: 1, pass: { kind: "train", mask: 0 } });
    expect(alone.variances).toEqual(together.variances.slice(together.variances.length / 2));
  });
});

it("in a quiet pass BN leaves every channel with mean 0 and variance 1: places do not depend on the scale of those before", () => {
  const run = createStackRunner(
    simdKernel,
    defineStack({ width: 64, depth: 2, batchSize: 64, activation: "identity" }),
  );
  const { variances, weightSquares } = run({ block: 0, first: 0, batches: 1, pass: { kind: "train", mask: 0 } });
  expect(weightSquares?.subarray(0, 64).every((square) => square === 0)).toBe(true);
  // Var_train of identity with p = ½ is 2 for unit weights; the weights' own norms are 1 ± √(2/64)/8.
  expect(Math.abs((variances[1] ?? 0) / 2 - 1)).toBeLessThan(0.15);
});

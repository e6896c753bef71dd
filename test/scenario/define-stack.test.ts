import { describe, expect, it, test } from "vitest";
import { VshiftError } from "../../src/errors.ts";
import { blockNorms, blocksNamed, isStack, noisyBlocks, type StackScenario } from "../../src/scenario/blocks.ts";
import { scenarioId } from "../../src/scenario/canonical.ts";
import { defineScenario } from "../../src/scenario/define.ts";
import { STACK_TABLE } from "../../src/scenario/fields.ts";
import { gridOf } from "../../src/scenario/grid.ts";
import { inputOf } from "../../src/scenario/input-of.ts";
import type { ScenarioInput } from "../../src/scenario/scenario.ts";

function defineStack(input: ScenarioInput = {}): StackScenario {
  const scenario = defineScenario({ depth: 8, ...input });
  if (!isStack(scenario)) throw new Error("it has a depth");
  return scenario;
}

function refusal(input: object): VshiftError {
  try {
    defineStack(input as ScenarioInput);
  } catch (error) {
    if (error instanceof VshiftError) return error;
    throw error;
  }
  throw new Error(`${JSON.stringify(input)} was accepted`);
}

test("a stack of which nothing is said is 8 blocks of BN, ReLU and dropout of half the units", () => {
  expect(defineStack()).toMatchObject({
    depth: 8,
    width: 512,
    activation: "normal",
    nonlinearity: "relu",
    noise: "bernoulli",
    keep: 0.5,
    norm: "batch",
  });
});

describe("blocks are named", () => {
  it.each([
    ["all", [true, true, true, true]],
    ["last", [false, false, false, true]],
    ["none", [false, false, false, false]],
    ["2", [false, true, false, false]],
    [" 3, 1 ", [true, false, true, false]],
  ])("%s", (text, named) => {
    expect(blocksNamed("noiseAt", text, 4)).toEqual(named);
  });

  it("and have their noise and their norm", () => {
    const stack = defineStack({ depth: 3, keep: 0.5, noiseAt: "1,3", norm: "layer", normAt: "2" });
    expect(noisyBlocks(stack)).toEqual([true, false, true]);
    expect(blockNorms(stack)).toEqual(["batch", "layer", "batch"]);
  });
});

describe("what cannot be is refused", () => {
  it.each([
    [{ noiseAt: "9" }, "noiseAt", '"9" is not a block from 1 to 8, nor all, last or none'],
    [{ noiseAt: "1,,2" }, "noiseAt", '"" is not a block from 1 to 8, nor all, last or none'],
    [{ noiseAt: "1-3" }, "noiseAt", '"1-3" is not a block from 1 to 8, nor all, last or none'],
    [{ normAt: "0", norm: "layer" }, "normAt", '"0" is not a block from 1 to 8, nor all, last or none'],
    [{ normAt: "2" }, "normAt", "2 is only for a norm other than batch"],
    [{ groups: 4 }, "groups", "the norm is batch"],
    [{ norm: "group", groups: 7, width: 16 }, "groups", "7 groups do not divide `width` 16"],
    [{ reestimateBatches: 3 }, "reestimateBatches", "they are running"],
    [
      { keep: 0.5, drop: 0.5 },
      "drop",
      "0.5 cannot be combined with `keep` 0.5, because both set the strength of the noise",
    ],
    [{ noise: "uout", keep: 0.5 }, "keep", "uout reaches 1/3 at most"],
    [{ width: 16_384, depth: 8 }, "width", "16384² × `depth` 8 is more than the limit of 67108864 weights"],
    [
      { width: 4096, batchSize: 8192, depth: 1 },
      "batchSize",
      "8192 samples of `width` 4096 exceed the limit of 16777216 numbers",
    ],
    [{ depth: 0 }, "depth", "0 is not a whole number from 1"],
    [{ depth: null, noiseAt: "last" }, "noiseAt", "last is only for a stack"],
    [{ layer: "linear" }, "layer", "linear is not a field of a stack"],
    [{ masks: "balanced" }, "masks", "balanced"],
    [{ activation: "file:x.npy" }, "activation", "file:x.npy"],
    [{ statistics: "corrected", noise: "alpha" }, "statistics", "corrected is not known for alpha dropout"],
    [{ statistics: "corrected", noise: "spatial" }, "statistics", "corrected is not known for spatial dropout"],
    [{ statistics: "corrected", scaling: "classic" }, "statistics", "corrected is not known for classic scaling"],
    [{ batches: 7 }, "batches", "a stack needs 8"],
    [{ width: 1 }, "width", "1 is not a whole number from 2 to 16384"],
    [{ batchSize: 2 }, "batchSize", "2 is not a whole number from 4 to 16384"],
    [{ deepth: 3 }, "deepth", "is not a field of a scenario"],
  ])("%j", (input, field, problem) => {
    const error = refusal(input);
    expect(error.field).toBe(field);
    expect(error.message).toContain(problem);
    expect(error.hint).toBeDefined();
  });
});

test("a grid of stacks takes lists and ranges, and keeps blocks with commas as one value", () => {
  const grid = gridOf({ keep: "0.3:0.9:0.2", depth: [2, 3], noiseAt: "1,2" }, [], undefined, STACK_TABLE);
  expect(grid.size).toBe(8);
  expect(grid.cell(7)).toMatchObject({ keep: 0.9, depth: 3, noiseAt: "1,2" });
});

test("a stack is known by what it is: depth, and all fields of blocks", () => {
  const changes: readonly ScenarioInput[] = [
    ...[{}, { depth: 3 }, { connection: "residual" }, { noiseAt: "last" }, { norm: "layer" }, { nonlinearity: "gelu" }],
    ...[{ statistics: "reestimated" }, { statistics: "reestimated", reestimateBatches: 8 }, { batches: 8 }],
  ] as const;
  expect(new Set(changes.map((change) => scenarioId(defineStack(change)))).size).toBe(changes.length);
  expect(scenarioId(defineStack({ batches: 16 }))).toBe(scenarioId(defineStack({ samples: 16 * 256 })));
});

test("what could have been written for a stack makes the same one", () => {
  for (const input of [{}, { batches: 9 }, { precision: 0.1 }, { norm: "group", groups: 4, noise: "alpha" }] as const) {
    const stack = defineStack(input);
    expect(defineScenario(inputOf(stack))).toEqual(stack);
  }
});

test("a stack is measured over 64 mini-batches, unless something is said of its length", () => {
  expect(defineStack()).toMatchObject({ batches: 64, samples: 64 * 256 });
  expect(defineStack({ batches: 9, batchSize: 8 })).toMatchObject({ batches: 9, samples: 72 });
  expect(defineStack({ samples: 71, batchSize: 8 })).toMatchObject({ batches: 9, samples: 71 });
  expect(defineStack({ precision: 0.1 })).toMatchObject({ batches: null, samples: null, precision: 0.1 });
});

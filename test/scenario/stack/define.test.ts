import { describe, expect, it, test } from "vitest";
import { VshiftError } from "../../../src/errors.ts";
import { gridOfKind } from "../../../src/scenario/grid.ts";
import { blockNoises, blockNorms, blocksNamed } from "../../../src/scenario/stack/blocks.ts";
import { defineStack, STACKS } from "../../../src/scenario/stack/define.ts";
import { stackDrawId, stackId } from "../../../src/scenario/stack/identity.ts";
import type { StackInput } from "../../../src/scenario/stack/stack.ts";

function refusal(input: object): VshiftError {
  try {
    defineStack(input as StackInput);
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
    activation: "relu",
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
    expect(blockNoises(stack)).toEqual([1, 0, 1]);
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
    [{ deepth: 3 }, "deepth", "is not a field of a stack"],
  ])("%j", (input, field, problem) => {
    const error = refusal(input);
    expect(error.field).toBe(field);
    expect(error.message).toContain(problem);
    expect(error.hint).toBeDefined();
  });
});

test("a grid of stacks takes lists and ranges, and keeps blocks with commas as one value", () => {
  const grid = gridOfKind(STACKS, { keep: "0.3:0.9:0.2", depth: [2, 3], noiseAt: "1,2" });
  expect(grid.size).toBe(8);
  expect(grid.cell(7)).toMatchObject({ keep: 0.9, depth: 3, noiseAt: "1,2" });
});

test("stacks that differ in noise, norms or depth draw the same; in seed, width or batch size they do not", () => {
  const draws = (input: StackInput) => stackDrawId(defineStack(input));
  expect(draws({ keep: 0.1, depth: 3, norm: "layer", statistics: "corrected", batchSize: 8 })).toBe(draws({}));
  expect(new Set([{}, { seed: "a" }, { width: 8 }].map(draws)).size).toBe(3);
  expect(stackId(defineStack({ depth: 3 }))).not.toBe(stackId(defineStack({})));
});

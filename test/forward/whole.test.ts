import { fc, test as property } from "@fast-check/vitest";
import { describe, expect, it, test } from "vitest";
import { remediesOf } from "../../src/experiment/remedies.ts";
import type { Pass } from "../../src/forward/pass.ts";
import { createWholeNetwork, type WholeReading, wholeBytes } from "../../src/forward/whole.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { referenceKernel } from "../../src/kernel/reference.ts";
import { networkOf } from "../../src/network/of-scenario.ts";
import { isStack, noisyBlocks, type StackScenario } from "../../src/scenario/blocks.ts";
import { defineScenario } from "../../src/scenario/define.ts";
import type { Scenario, ScenarioInput } from "../../src/scenario/scenario.ts";
import { simdKernel } from "../kernel/simd-kernel.ts";

const DEPTH = 4;
// One tile of one stage, so that each block with noise draws once.
const SMALL = { width: 8, batchSize: 16, depth: DEPTH, batches: 8 } as const;

function smallStack(input: ScenarioInput): StackScenario {
  const scenario = defineScenario({ ...SMALL, ...input });
  if (!isStack(scenario)) throw new Error("it has a depth");
  return scenario;
}

const wholeOf = (kernel: Kernel, { batchSize, ...scenario }: Scenario) =>
  createWholeNetwork(kernel, { network: networkOf({ batchSize, ...scenario }), batchSize });

/** m − 1 of each block, as the kernel is given them; undefined where a block has no noise. */
function multipliersOf(stack: Scenario, { batch = 0, mask = 0 } = {}): readonly (Float32Array | undefined)[] {
  const drawn: Float32Array[] = [];
  const kernel: Kernel = {
    ...referenceKernel,
    applyNoise(call) {
      drawn.push(call.deviation.slice());
      referenceKernel.applyNoise(call);
    },
  };
  wholeOf(kernel, stack).forward(batch, { kind: "train", mask });
  if (!isStack(stack)) throw new Error("there is no stack");
  const isNoisy = noisyBlocks(stack).map((named) => named && stack.relativeVariance > 0);
  expect(drawn).toHaveLength(isNoisy.filter(Boolean).length);
  return isNoisy.map((hasNoise) => (hasNoise ? drawn.shift() : undefined));
}

describe("the multipliers of a block", () => {
  property.prop([
    fc.constantFrom("bernoulli", "gaussian", "uout"),
    fc.uniqueArray(fc.integer({ min: 1, max: DEPTH }), { minLength: 1 }),
    fc.record({ batch: fc.nat(1000), mask: fc.nat(20) }),
  ])("do not depend on the noise of other blocks", (noise, blocks, at) => {
    const strength = noise === "uout" ? { beta: 0.5 } : { keep: 0.7 };
    const everywhere = multipliersOf(smallStack({ noise, ...strength }), at);
    const some = multipliersOf(smallStack({ noise, ...strength, noiseAt: blocks.join(",") }), at);
    for (const block of blocks) expect(some[block - 1]).toEqual(everywhere[block - 1]);
  });

  test("are the same in every remedy that leaves the block's noise", () => {
    const [asIs, ...others] = remediesOf(smallStack({ keep: 0.5 }));
    if (asIs === undefined) throw new Error("there is no stack as it is");
    const own = multipliersOf(asIs.scenario);
    const compared = others.filter(({ kind, scenario }) => kind !== "wider" && scenario.noise === asIs.scenario.noise);
    expect(compared.map(({ kind }) => kind)).toContain("noise-last");
    for (const { scenario: stack } of compared) {
      for (const [block, drawn] of multipliersOf(stack).entries()) {
        if (drawn !== undefined) expect(drawn).toEqual(own[block]);
      }
    }
  });

  test("differ between blocks, mini-batches and masks", () => {
    const stack = smallStack({ keep: 0.5 });
    const draws = [
      ...multipliersOf(stack),
      ...multipliersOf(stack, { batch: 1 }),
      ...multipliersOf(stack, { mask: 1 }),
      // A block's number is not added to the mask's.
      ...multipliersOf(stack, { mask: 2 }),
    ].map((drawn) => drawn?.join());
    expect(new Set(draws).size).toBe(draws.length);
  });
});

const TRAINING = { kind: "train", mask: 0 } as const;
const QUIET = { kind: "quiet" } as const;

/** Means and variances of all channels at each position, in one pass of mini-batch 3. */
function channelsAt(stack: StackScenario, pass: Pass): readonly string[] {
  const { network, batchSize } = { network: networkOf(stack), batchSize: stack.batchSize };
  const kernel = simdKernel(wholeBytes({ network, batchSize }));
  const { statistics }: WholeReading = createWholeNetwork(kernel, { network, batchSize }).forward(3, pass);
  return network.positions.map(({ channels }, index) => {
    const [from, to] = [index * channels, (index + 1) * channels];
    return [...statistics.mean.subarray(from, to), ...statistics.variance.subarray(from, to)].join();
  });
}

describe("what does not differ between two stacks is drawn alike", () => {
  const everywhere = smallStack({ keep: 0.6 });
  const trained = channelsAt(everywhere, TRAINING);
  const quiet = channelsAt(everywhere, QUIET);
  /** The first position that differs, from 0. */
  const differsAt = (positions: readonly string[], others: readonly string[]) =>
    positions.findIndex((position, index) => position !== others[index]);

  it.each([
    // Input and weights of the blocks without noise are those of a quiet pass; noise is felt at the norm behind it.
    ["last", 4],
    ["2", 2],
    ["3,4", 3],
    ["1", 1],
  ])("noise in the blocks %s changes nothing before position %i, from 0", (noiseAt, first) => {
    const some = channelsAt(smallStack({ keep: 0.6, noiseAt }), TRAINING);
    expect(some).toHaveLength(DEPTH + 1);
    expect(differsAt(some, quiet)).toBe(first);
  });

  it("blocks without noise are in a quiet pass what all blocks are", () => {
    for (const noiseAt of ["none", "last", "2,3"]) expect(channelsAt(smallStack({ noiseAt }), QUIET)).toEqual(quiet);
    expect(channelsAt(smallStack({ noiseAt: "none" }), TRAINING)).toEqual(quiet);
  });

  it("noise in the first blocks leaves the masks of the others as they were", () => {
    expect(differsAt(channelsAt(smallStack({ keep: 0.6, noiseAt: "1,2" }), TRAINING), trained)).toBe(3);
  });

  it.each<[string, ScenarioInput]>([
    ["statistics", { statistics: "reestimated-noisy" }],
    ["statistics without data", { statistics: "corrected" }],
    ["how it is read", { confidence: 0.5, tolerance: 0.2, preset: "keras", epsilon: 1e-5, momentum: 0.5 }],
    ["how long it is", { batches: 64 }],
  ])("%s change no draw", (_, change) => {
    expect(channelsAt(smallStack({ keep: 0.6, ...change }), TRAINING)).toEqual(trained);
  });

  it("a deeper stack begins with the shallower one", () => {
    expect(channelsAt(smallStack({ keep: 0.6, depth: 6 }), TRAINING).slice(0, DEPTH + 1)).toEqual(trained);
  });

  it.each<[string, ScenarioInput, number]>([
    ["another seed", { seed: "other" }, 0],
    ["another law of the input", { activation: "uniform" }, 0],
    ["another nonlinearity", { nonlinearity: "tanh" }, 1],
    ["another noise", { noise: "gaussian" }, 1],
  ])("%s with %o is seen from position %i on: a negative control", (_name, change, first) => {
    expect(differsAt(channelsAt(smallStack({ keep: 0.6, ...change }), TRAINING), trained)).toBe(first);
  });
});

it("blocks have weights of their own", () => {
  const { weightSquares } = wholeOf(referenceKernel, smallStack({}));
  const linear = weightSquares.filter((squares) => squares !== undefined).map((squares) => squares.join());
  expect(new Set(linear).size).toBe(DEPTH);
});

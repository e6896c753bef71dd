import { fc, test as property } from "@fast-check/vitest";
import { describe, expect, test } from "vitest";
import { remediesOf } from "../../../src/experiment/stack/remedies.ts";
import type { Kernel } from "../../../src/kernel/kernel.ts";
import { referenceKernel } from "../../../src/kernel/reference.ts";
import { stackKey } from "../../../src/layers/key.ts";
import { createStackNetwork } from "../../../src/layers/stack/network.ts";
import { blockNoises } from "../../../src/scenario/stack/blocks.ts";
import { defineStack } from "../../../src/scenario/stack/define.ts";
import type { StackInput, StackScenario } from "../../../src/scenario/stack/stack.ts";

const DEPTH = 4;
// One tile of one stage, so that each block with noise draws once.
const SMALL = { width: 8, batchSize: 16, depth: DEPTH, batches: 8 } as const;

/** m − 1 of each block, as the kernel is given them; undefined where a block has no noise. */
function multipliersOf(stack: StackScenario, { batch = 0, mask = 0 } = {}): readonly (Float32Array | undefined)[] {
  const drawn: Float32Array[] = [];
  const kernel: Kernel = {
    ...referenceKernel,
    applyNoise(call) {
      drawn.push(call.deviation.slice());
      referenceKernel.applyNoise(call);
    },
  };
  const key = stackKey(stack);
  createStackNetwork(kernel, stack, key).forward({ key, batch }, { kind: "train", mask });
  const noisy = blockNoises(stack).map((noise) => noise > 0);
  expect(drawn).toHaveLength(noisy.filter(Boolean).length);
  return noisy.map((hasNoise) => (hasNoise ? drawn.shift() : undefined));
}

const smallStack = (input: StackInput) => defineStack({ ...SMALL, ...input });

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
    const own = multipliersOf(asIs.stack);
    const compared = others.filter(({ kind, stack }) => kind !== "wider" && stack.noise === asIs.stack.noise);
    expect(compared.map(({ kind }) => kind)).toContain("noise-last");
    for (const { stack } of compared) {
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

import { comparisonOf, passesOf } from "../../src/experiment/plan/plan.ts";
import { defineScenario } from "../../src/scenario/define.ts";
import { type BlockNoise, NO_NOISE } from "../../src/theory/stack/block-noise.ts";
import { meanField } from "../../src/theory/stack/mean-field.ts";
import { type Case, ofBuilds, ofTorch } from "../harness/case.ts";

const KEEP = 0.8;
const stack = { depth: 20, width: 1024, batches: 200, "batch-size": 256 };
const { depth, width, batches, "batch-size": batchSize } = stack;
const sizes = Object.entries(stack).flatMap(([name, size]) => [`--${name}`, String(size)]);

const passes = passesOf(batches, defineScenario({ depth, width, batches, batchSize, keep: KEEP }));
/** `vshift stack` compares the outputs of some mini-batches with those of noise-free statistics and of many masks. */
const comparison = comparisonOf(batches);

/** A deep and wide stack, and the same passes in PyTorch's modules. Answers are compared with the mean field. */
export const STACK: Case = {
  id: "stack",
  title:
    `A stack: ${depth} blocks of BN → ReLU → dropout (keep ${KEEP}) → linear, d = ${width}, ${batches} mini-batches of ` +
    `${batchSize}: training, statistics with the noise off, test, and the training output to compare with; ` +
    `${passes} mini-batches through the stack`,
  multiplyAdds: passes * batchSize * width * width * depth,
  contestants: (equipment) => [
    ...ofBuilds(equipment, (vshift) => ({
      command: vshift("stack", "--p", String(KEEP), ...sizes, "--threads", "2", "--format", "json"),
      answer({ stdout }) {
        const records: readonly { readonly measured: { readonly shift: number } }[] = JSON.parse(stdout);
        return checked(records.map(({ measured }) => measured.shift));
      },
    })),
    ...ofTorch(equipment, {
      script: "torch_stack.py",
      args: [
        ...["--keep", String(KEEP), ...sizes],
        ...["--compared", String(comparison.batches), "--masks", String(comparison.masks)],
      ],
      answer: ({ stdout }) => checked(JSON.parse(stdout).shifts),
    }),
  ],
};

/** Five standard deviations of what one network of this width differs by, √(blocks/width) of Δ at the most, and a percent. */
function checked(shifts: readonly number[]) {
  const noise = { ...NO_NOISE, relativeVariance: (1 - KEEP) / KEEP };
  const noises = new Array<BlockNoise>(depth).fill(noise);
  const expected = meanField({ activation: "relu", noises, residual: false });
  for (const [index, shift] of shifts.entries()) {
    const wanted = expected[index]?.shift ?? Number.NaN;
    const spread = Math.sqrt(index / width);
    if (!(Math.abs(Math.log(shift / wanted)) < 5 * spread + 0.01))
      throw new Error(`norm ${index + 1} has ${shift}, mean field ${wanted}`);
  }
  return {};
}

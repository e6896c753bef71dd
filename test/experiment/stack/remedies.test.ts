import { expect, it, test } from "vitest";
import { remediesOf } from "../../../src/experiment/stack/remedies.ts";
import { defineStack } from "../../../src/scenario/stack/define.ts";
import { stackDrawId } from "../../../src/scenario/stack/identity.ts";
import type { StackInput } from "../../../src/scenario/stack/stack.ts";

const SMALL = { width: 16, depth: 3, batches: 8 } as const;
const kinds = (input: StackInput) => remediesOf(defineStack({ ...SMALL, ...input })).map(({ kind }) => kind);

it.each<[string, StackInput, string]>([
  [
    "all that is known",
    { keep: 0.8 },
    "reestimated reestimated-noisy corrected noise-last uout-paper uout-matched gaussian-matched gaussian-paper wider",
  ],
  // σ² = 1 is beyond Uout's 1/3, and the paper's Gaussian is the one of equal strength.
  [
    "what p = ½ leaves",
    { keep: 0.5 },
    "reestimated reestimated-noisy corrected noise-last uout-paper gaussian-matched wider",
  ],
  [
    "nothing that it is already",
    { noise: "uout", beta: 0.1, noiseAt: "last" },
    "reestimated reestimated-noisy corrected gaussian-matched gaussian-paper wider",
  ],
  ["no weaker noise where there is none", { noiseAt: "none" }, "reestimated reestimated-noisy corrected wider"],
  ["no statistics where nothing has them", { norm: "layer" }, "noise-last uout-paper gaussian-matched wider"],
  [
    "no width beyond what memory allows",
    { width: 4096 },
    "reestimated reestimated-noisy corrected noise-last uout-paper gaussian-matched",
  ],
])("remedies are %s", (_, input, wanted) => {
  expect(kinds(input)).toEqual(["as-is", ...wanted.split(" ")]);
});

test("remedies have the weights and mini-batches of the stack as it is, but for the wider one", () => {
  const [asIs, ...others] = remediesOf(defineStack({ ...SMALL, keep: 0.8 }));
  const id = asIs && stackDrawId(asIs.stack);
  for (const { kind, stack } of others) expect(stackDrawId(stack) === id).toBe(kind !== "wider");
});

test("noise of matched strength has the same σ²", () => {
  for (const { kind, stack } of remediesOf(defineStack({ ...SMALL, keep: 0.8 }))) {
    if (kind.endsWith("matched")) expect(stack.relativeVariance).toBeCloseTo(0.25, 14);
  }
});

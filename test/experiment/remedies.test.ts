import { expect, it, test } from "vitest";
import { remediesOf } from "../../src/experiment/remedies.ts";
import { inputKey, noiseKey, weightsKey } from "../../src/forward/key.ts";
import { networkOf } from "../../src/network/of-scenario.ts";
import { isStack, type StackScenario } from "../../src/scenario/blocks.ts";
import { defineScenario } from "../../src/scenario/define.ts";
import type { Scenario, ScenarioInput } from "../../src/scenario/scenario.ts";

const SMALL = { width: 16, depth: 3, batches: 8 } as const;

function smallStack(input: ScenarioInput): StackScenario {
  const scenario = defineScenario({ ...SMALL, ...input });
  if (!isStack(scenario)) throw new Error("it has a depth");
  return scenario;
}

const kinds = (input: ScenarioInput) => remediesOf(smallStack(input)).map(({ kind }) => kind);

it.each<[string, ScenarioInput, string]>([
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

/** The keys of all that a stack draws, by the kind and number of the layer. */
function keysOf(stack: Scenario): ReadonlyMap<string, string> {
  const { seed, nodes } = networkOf(stack);
  return new Map(
    nodes.flatMap(({ layer }): readonly (readonly [string, string])[] => {
      switch (layer.kind) {
        case "input":
          return [["input", inputKey(seed, layer).join()]];
        case "noise":
          return [[`noise ${layer.number}`, noiseKey(seed, layer).join()]];
        case "linear":
          return [[`weights ${layer.number}`, weightsKey(seed, layer).join()]];
        default:
          return [];
      }
    }),
  );
}

test("remedies have the input, weights and masks of the stack as it is; the wider one has weights of its own", () => {
  const [asIs, ...others] = remediesOf(smallStack({ keep: 0.8 }));
  if (asIs === undefined) throw new Error("there is no stack as it is");
  const own = keysOf(asIs.scenario);
  // The input, and masks and weights of three blocks.
  expect(new Set(own.values()).size).toBe(7);
  for (const { kind, scenario: stack } of others) {
    const keys = [...keysOf(stack)];
    expect(keys).toHaveLength(kind === "noise-last" ? 5 : 7);
    const changed = keys.flatMap(([name, key]) => (own.get(name) === key ? [] : [name]));
    expect(changed, kind).toEqual(kind === "wider" ? ["weights 1", "weights 2", "weights 3"] : []);
  }
});

test("a remedy changes nothing but what it names", () => {
  const [asIs, ...others] = remediesOf(smallStack({ keep: 0.8 }));
  const changedBy = (stack: object) =>
    Object.entries(stack).flatMap(([field, value]) =>
      value === asIs?.scenario[field as keyof StackScenario] ? [] : [field],
    );
  const strength = ["noise", "keep", "drop", "beta", "relativeVariance"];
  const may: Readonly<Record<string, readonly string[]>> = {
    reestimated: ["statistics", "reestimateBatches"],
    "reestimated-noisy": ["statistics", "reestimateBatches"],
    corrected: ["statistics"],
    "noise-last": ["noiseAt"],
    "uout-paper": strength,
    "uout-matched": strength,
    "gaussian-matched": strength,
    "gaussian-paper": strength,
    wider: ["width"],
  };
  for (const { kind, scenario: stack } of others) {
    const changed = changedBy(stack);
    expect(changed.length, kind).toBeGreaterThan(0);
    for (const field of changed) expect(may[kind], kind).toContain(field);
  }
});

test.each<ScenarioInput>([{ noise: "alpha", keep: 0.8 }, { noise: "spatial", channelSize: 4 }, { scaling: "classic" }])(
  "without data the statistics of %j are not corrected",
  (input) => {
    expect(kinds(input)).not.toContain("corrected");
    expect(kinds(input)).toContain("reestimated");
  },
);

test("noise of matched strength has the same σ²", () => {
  for (const { kind, scenario: stack } of remediesOf(smallStack({ keep: 0.8 }))) {
    if (kind.endsWith("matched")) expect(stack.relativeVariance).toBeCloseTo(0.25, 14);
  }
});

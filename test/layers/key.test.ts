import { describe, expect, it } from "vitest";
import { inputKey, noiseKey, weightsKey } from "../../src/layers/key.ts";
import { defineScenario } from "../../src/scenario/define.ts";
import type { Scenario, ScenarioInput } from "../../src/scenario/scenario.ts";

const KEYS = { input: inputKey, noise: noiseKey, weights: weightsKey } as const;
type Drawn = keyof typeof KEYS;

const LAYER: ScenarioInput = { layer: "linear" };

/** Which of the three are other draws than those of a linear layer's defaults. */
function changedBy(input: ScenarioInput): Drawn[] {
  const [scenario, usual] = [defineScenario({ ...LAYER, ...input }), defineScenario(LAYER)];
  const differs = (key: (scenario: Scenario) => readonly number[]) => key(scenario).join() !== key(usual).join();
  return (Object.keys(KEYS) as Drawn[]).filter((drawn) => differs(KEYS[drawn]));
}

describe("what is drawn changes with what it is, and with nothing else", () => {
  it.each<[ScenarioInput, ...Drawn[]]>([
    [{ seed: "other" }, "input", "noise", "weights"],
    [{ activation: "relu" }, "input"],
    [{ activation: "uniform" }, "input"],
    [{ width: 511 }, "weights"],
    [{ neurons: 65 }, "weights"],
    [{ weights: "uniform" }, "weights"],
    [{ noise: "spatial", channelSize: 4 }, "noise"],
    [{ noise: "dropconnect" }, "noise"],
    // All else is what the draws are turned into, or how they are read.
    ...[
      ...[
        { keep: 0.6 },
        { drop: 0.1 },
        { noise: "gaussian" },
        { noise: "uout" },
        { noise: "alpha" },
        { noise: "none" },
      ],
      ...[
        { scaling: "classic" },
        { mean: 1 },
        { variance: 2 },
        { rho: 0.1 },
        { batchSize: 255 },
        { masks: "independent" },
      ],
      ...[{ weights: "he" }, { weights: "xavier" }, { weightMean: 1 }, { alignment: 4 }],
      ...[{ preset: "keras" }, { momentum: 0.5 }, { epsilon: 0.5 }, { precision: 0.1 }, { confidence: 0.9 }],
      ...[{ maxSamples: 1000 }, { samples: 1000 }, { tolerance: 0.1 }],
    ].map((input): [ScenarioInput] => [input as ScenarioInput]),
  ])("%o: %s %s %s", (input, ...drawn) => {
    expect(changedBy(input)).toEqual(drawn);
  });

  it("seeds that seedrandom itself takes for one have keys of their own", () => {
    // It takes "1", "11" and "111" for one seed, and reads only the low byte of a character.
    const seeds = ["1", "11", "111", "01", "a", "aa", "ā", "š", ""];
    for (const key of Object.values(KEYS)) {
      expect(new Set(seeds.map((seed) => key(defineScenario({ ...LAYER, seed })).join())).size).toBe(seeds.length);
    }
  });

  it("the three have keys of their own", () => {
    expect(new Set(Object.values(KEYS).map((key) => key(defineScenario(LAYER)).join())).size).toBe(3);
  });
});

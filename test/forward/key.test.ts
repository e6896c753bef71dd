import { describe, expect, it } from "vitest";
import { inputKey, noiseKey, weightsKey } from "../../src/forward/key.ts";
import type { Segment } from "../../src/forward/schedule.ts";
import { defineScenario } from "../../src/scenario/define.ts";
import type { ScenarioInput } from "../../src/scenario/scenario.ts";
import { segmentIn } from "../experiment/measured-one.ts";

const KEYS = {
  input: ({ seed, input }: Segment) => inputKey(seed, input),
  noise: ({ seed, noise }: Segment) => noiseKey(seed, noise),
  weights: ({ seed, linear }: Segment) => linear && weightsKey(seed, linear),
} as const;
type Drawn = keyof typeof KEYS;

const LAYER: ScenarioInput = { layer: "linear" };

/** What a layer of these fields draws by. */
function keyIn(drawn: Drawn, input: ScenarioInput = {}): string {
  const key = KEYS[drawn](segmentIn(defineScenario({ ...LAYER, ...input })));
  if (key === null) throw new Error("nothing is drawn");
  return key.join();
}

/** Which of the three are other draws than those of a linear layer's defaults. */
function changedBy(input: ScenarioInput): Drawn[] {
  return (Object.keys(KEYS) as Drawn[]).filter((drawn) => keyIn(drawn, input) !== keyIn(drawn));
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
    for (const drawn of Object.keys(KEYS) as Drawn[]) {
      expect(new Set(seeds.map((seed) => keyIn(drawn, { seed }))).size).toBe(seeds.length);
    }
  });

  it("the three have keys of their own", () => {
    expect(new Set((Object.keys(KEYS) as Drawn[]).map((drawn) => keyIn(drawn))).size).toBe(3);
  });
});

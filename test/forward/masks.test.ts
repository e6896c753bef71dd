import { fc, test as property } from "@fast-check/vitest";
import { describe, expect, test } from "vitest";
import { maskPlan } from "../../src/experiment/plan/mask-plan.ts";
import { noiseKey } from "../../src/forward/key.ts";
import { MOST_MASKS } from "../../src/kernel/kernel.ts";
import { referenceKernel as kernel } from "../../src/kernel/reference.ts";
import type { MaskPlan } from "../../src/noises/noise-kind.ts";
import { defineScenario } from "../../src/scenario/define.ts";
import type { Scenario, ScenarioInput } from "../../src/scenario/scenario.ts";
import { masksIn, segmentIn } from "../experiment/measured-one.ts";

const keyOf = (scenario: Scenario) => noiseKey(scenario.seed, segmentIn(scenario).noise);

/** m − 1 of 1,024 units with each mask of a scenario's noise. */
function deviations(input: ScenarioInput): Float32Array[] {
  const scenario = defineScenario(input);
  const noise = masksIn(kernel, scenario);
  noise.startBatch({ key: keyOf(scenario), batch: 0 });
  const out = new Float32Array(1024);
  return Array.from({ length: noise.masks }, (_, mask) => {
    noise.deviate(out, mask, { first: 0, stride: 8 });
    return out.slice();
  });
}

describe("how many masks there are", () => {
  test.each<[ScenarioInput, number, Partial<MaskPlan>?]>([
    [{ keep: 0.5 }, 2, { isMirrored: true, hasMirroredInput: true }],
    [{ noise: "gaussian", keep: 0.9 }, 2, { isMirrored: true }],
    [{ noise: "uout", beta: 0.3, layer: "linear" }, 2, { isMirrored: true }],
    // np is a whole number: nothing of the masks' own variance is left.
    [{ keep: 0.9, samples: 10_000 }, 10, { hasMirroredInput: true }],
    [{ keep: 0.8, samples: 10_000 }, 5, { hasMirroredInput: true }],
    [{ keep: 0.75, samples: 10_000 }, 4, { hasMirroredInput: true }],
    [{ keep: 0.05, samples: 10_000 }, 20, { hasMirroredInput: true }],
    // With Var M = f(1 − f)/(np)² and units of mean 0, samples are the 4,096 that are drawn anyway or (1.96/precision)²·3·
    // Var M/d, the work of each 1.25 + 0.11(n − 1). d = 512: n = 1 needs 625; at ±0.01 %, n = 9 needs 3,087, n = 8 6,943 and so
    // more work. d = 8: n = 6 needs 2,964, n = 5 4,446.
    [{ keep: 0.9 }, 1, { hasMirroredInput: true }],
    [{ keep: 0.9, precision: 0.0001 }, 9, { hasMirroredInput: true }],
    [{ keep: 0.9, width: 8 }, 6, { hasMirroredInput: true }],
    [{ keep: 0.5, masks: "independent" }, 1],
    [{ keep: 0.9, masks: "independent" }, 1],
    [{ keep: 1 }, 1],
    // Rare activations make the variance: kurtosis 3,583, 947, and 23 with 4 samples in a mini-batch.
    [{ activation: "relu", mean: -3 }, 1],
    [{ activation: "lognormal", variance: 4 }, 1],
    [{ activation: "relu", mean: -1, batchSize: 4 }, 1],
    [{ activation: "relu", mean: -1 }, 2, { isMirrored: true }],
    [{ activation: "uniform", mean: -1, rho: 0.5 }, 2, { isMirrored: true, hasMirroredInput: true }],
    [{ noise: "gaussian", relativeVariance: 0 }, 1],
    [{ noise: "none" }, 1],
    [{ noise: "spatial", keep: 0.5 }, 2, { isMirrored: true, hasMirroredInput: true }],
    [{ noise: "spatial", keep: 0.9, samples: 10_000 }, 10, { hasMirroredInput: true }],
    [{ noise: "alpha", keep: 0.5 }, 2, { isMirrored: true, hasMirroredInput: true }],
    // More masks leave what comes of the mean of x − α′, 1.76, as it is: 0.308·1.58 with 4, 0.292·1.69 with 5.
    [{ noise: "alpha", keep: 0.8, samples: 10_000 }, 4, { hasMirroredInput: true }],
    [{ scaling: "classic", keep: 0.8, samples: 10_000 }, 5, { hasMirroredInput: true }],
    // A mask of the weights is a product by itself; only its complement comes for free.
    [{ noise: "dropconnect", layer: "linear", keep: 0.5 }, 2, { isMirrored: true }],
    [{ noise: "dropconnect", layer: "linear", keep: 0.8, samples: 10_000 }, 1],
  ])("%o", (input, masks, more = {}) => {
    const plan = { masks, isMirrored: false, hasMirroredInput: false, ...more };
    expect(maskPlan(defineScenario(input))).toEqual(plan);
  });

  test("outputs of many neurons for many masks would take too much memory", () => {
    const { masks } = maskPlan(defineScenario({ keep: 0.9, layer: "linear", neurons: 16_384, width: 64 }));
    expect(masks).toBe(1);
  });
});

property.prop([fc.double({ min: 0.01, max: 0.99, noNaN: true })])(
  "of n masks a unit is kept by as many as n·keep, rounded down or up",
  (keep) => {
    const masks = deviations({ keep });
    expect(masks.length).toBeLessThanOrEqual(MOST_MASKS);
    const expected = masks.length * keep;
    let beside = 0;
    for (let unit = 0; unit < 1024; unit++) {
      const kept = masks.filter((mask) => (mask[unit] ?? Number.NaN) > -1).length;
      // Masks turn by whole numbers of 2⁻¹⁶ of a circle, and arcs are as long, by chance: a word may lie where two arcs join.
      if (kept >= Math.floor(expected + 1e-6) && kept <= Math.ceil(expected - 1e-6)) continue;
      beside++;
      expect(Math.abs(kept - expected)).toBeLessThan(2);
    }
    // At most two such points a mask. Of 1,024 units Poisson of mean 1,024·2·32/2¹⁶ = 1: more than 12 with odds of 10⁻¹⁰.
    expect(beside).toBeLessThanOrEqual(12);
  },
);

/** The rows of so many units and 8 samples, drawn in stages of so many rows, each with every mask; [mask][row]. */
function drawnInStages(input: ScenarioInput, { width, rows }: { readonly width: number; readonly rows: number }) {
  const scenario = defineScenario({ width, ...input });
  const noise = masksIn(kernel, scenario);
  noise.startBatch({ key: keyOf(scenario), batch: 5 });
  const drawn: string[][] = Array.from({ length: noise.masks }, () => []);
  for (let first = 0; first < width; first += rows) {
    const out = new Float32Array(8 * Math.min(rows, width - first));
    for (const [mask, found] of drawn.entries()) {
      noise.deviate(out, mask, { first, stride: 8 });
      for (let at = 0; at < out.length; at += 8) found.push(out.slice(at, at + 8).join());
    }
  }
  return drawn;
}

describe("spatial dropout", () => {
  const SPATIAL: ScenarioInput = { noise: "spatial", keep: 0.7, samples: 10_000, seed: "rows" };

  test("gives the rows of a channel one mask, and another to the next", () => {
    for (const rows of drawnInStages({ ...SPATIAL, channelSize: 3 }, { width: 32, rows: 10 })) {
      const changes = rows.flatMap((row, at) => (at > 0 && row !== rows[at - 1] ? [at] : []));
      expect(changes.filter((row) => row % 3 !== 0)).toEqual([]);
      // 11 channels of 8 samples: two in a row are alike with odds of (0.49 + 0.09)⁸ = 1.3 %, six of ten with 10⁻⁹.
      expect(changes.length).toBeGreaterThan(4);
    }
  });

  test.each([1, 2, 5, 16])("of channels of %d has the draws that it has, however the width is cut", (channelSize) => {
    const whole = drawnInStages({ ...SPATIAL, channelSize }, { width: 33, rows: 33 });
    for (const rows of [2, 4, 14, 32]) {
      expect(drawnInStages({ ...SPATIAL, channelSize }, { width: 33, rows })).toEqual(whole);
    }
  });
});

describe("dropconnect", () => {
  const WEIGHTS: ScenarioInput = { noise: "dropconnect", layer: "linear", neurons: 3, width: 40, keep: 0.7 };

  /** [neuron] of 40 rows of 8 samples, in stages of so many rows. */
  function masksOfWeights(rows: number, batch: number): string[] {
    const scenario = defineScenario(WEIGHTS);
    const noise = masksIn(kernel, scenario);
    noise.startBatch({ key: keyOf(scenario), batch });
    const drawn = ["", "", ""];
    for (let first = 0; first < 40; first += rows) {
      const words = kernel.words(8 * Math.min(rows, 40 - first));
      for (const neuron of drawn.keys()) {
        noise.ofWeights?.draw(words, neuron);
        drawn[neuron] += [...words].map((word) => (word < (noise.ofWeights?.threshold ?? 0) ? 1 : 0)).join("");
      }
    }
    return drawn;
  }

  test("drops a weight for each sample by itself, as often as it should", () => {
    for (const mask of masksOfWeights(40, 0)) {
      const kept = mask.replaceAll("0", "").length;
      // Binomial(320, 0.7), 5.2 standard errors: once in 10⁶ for the three of them.
      expect(Math.abs(kept - 224)).toBeLessThan(5.2 * Math.sqrt(320 * 0.21));
    }
  });

  test("has other masks for each neuron and mini-batch, and the same however the width is cut", () => {
    const whole = masksOfWeights(40, 0);
    expect(new Set([...whole, ...masksOfWeights(40, 1)]).size).toBe(6);
    for (const rows of [2, 6, 16]) expect(masksOfWeights(rows, 0)).toEqual(whole);
  });
});

describe("each mask", () => {
  test("drops as often as a single one", () => {
    for (const mask of deviations({ keep: 0.9, seed: "each" })) {
      const dropped = mask.filter((deviation) => deviation === -1).length;
      // Binomial(1024, 0.1), 5.6 standard errors: once in 10⁶ for all of them.
      expect(Math.abs(dropped - 102.4)).toBeLessThan(5.6 * Math.sqrt(1024 * 0.09));
    }
  });

  test("is the single one, the first of them", () => {
    for (const noise of [{ keep: 0.8 }, { keep: 0.5 }, { noise: "gaussian" }] as const) {
      expect(deviations(noise)[0]).toEqual(deviations({ ...noise, masks: "independent" })[0]);
    }
  });

  test.each<ScenarioInput>([{ keep: 0.5 }, { noise: "gaussian" }, { noise: "uout" }])(
    "is the other's mirror image with %o",
    (input) => {
      const [one, other] = deviations(input);
      expect(other).toEqual(one?.map((deviation) => -deviation));
    },
  );
});

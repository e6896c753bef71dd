import { mean, sampleVariance } from "simple-statistics";
import { describe, expect, test } from "vitest";
import type { BlockRunner } from "../../src/experiment/block.ts";
import { planOf } from "../../src/experiment/plan/plan.ts";
import { settingOf } from "../../src/experiment/setting.ts";
import { channelsSeen } from "../../src/experiment/streamed-block.ts";
import { viewAfter } from "../../src/forward/batch-norm.ts";
import { drawWeights } from "../../src/forward/draw-weights.ts";
import { inputKey, noiseKey } from "../../src/forward/key.ts";
import { createMasks } from "../../src/forward/noise.ts";
import { noiseForm } from "../../src/forward/noise-form.ts";
import { createSampler } from "../../src/forward/sampler.ts";
import { prefersScatter } from "../../src/forward/scatter-form.ts";
import { GROUP, STAGE_FLOATS, TILE_SAMPLES } from "../../src/kernel/kernel.ts";
import { referenceKernel as kernel } from "../../src/kernel/reference.ts";
import { NO_ARRAYS } from "../../src/scenario/arrays.ts";
import { defineScenario } from "../../src/scenario/define.ts";
import type { Scenario, ScenarioInput } from "../../src/scenario/scenario.ts";
import { runnerOf } from "../experiment/measured-one.ts";

/** Layers of many neurons, each of another law, mask or shape. */
const SCENARIOS: readonly ScenarioInput[] = [
  { width: 24, neurons: 64, batchSize: 96, mean: 0.5, masks: "independent" },
  { width: 21, neurons: 80, batchSize: 61, mean: -2, variance: 4, keep: 0.8, masks: "independent" },
  { width: 16, neurons: 60, batchSize: 300, mean: 1, keep: 0.5 },
  { width: 24, neurons: 90, batchSize: 64, keep: 0.3, activation: "relu", rho: 0.2 },
  { width: 24, neurons: 90, batchSize: 64, keep: 0.9, activation: "uniform", mean: 3, weights: "uniform" },
  { width: 24, neurons: 90, batchSize: 64, noise: "spatial", channelSize: 5, mean: 1, alignment: 4 },
  { width: 24, neurons: 90, batchSize: 64, noise: "alpha", keep: 0.8, mean: 0.3, weightMean: 0.5 },
  { width: 24, neurons: 90, batchSize: 64, scaling: "classic", keep: 0.7, mean: 0.3, preset: "keras", momentum: 0.6 },
].map((input) => ({ layer: "linear", samples: 10_000, seed: "scatter", ...input }) as ScenarioInput);

const BATCHES = 3;

/** What the layer's Batch Normalization is given, neuron by neuron: [batch][mask][neuron] of samples, in double precision. */
function plainBatches(scenario: Scenario) {
  const { segment, plan } = settingOf(scenario);
  if (segment?.linear == null) throw new Error("no linear layer");
  const { input, noise: fields, linear, seed } = segment;
  const sampler = createSampler(kernel, input);
  const noise = createMasks(kernel, fields, plan.masks);
  const { gains, pivot } = noiseForm(fields);
  const { values } = drawWeights(kernel, { seed, layer: linear });
  const { width, neurons, batchSize } = scenario;
  return Array.from({ length: BATCHES }, (_, batch) => {
    sampler.startBatch({ key: inputKey(seed, input), batch });
    noise.startBatch({ key: noiseKey(seed, fields), batch });
    /** [mask][unit], the last without noise. */
    const inputs = Array.from({ length: noise.masks + 1 }, () => Array.from({ length: width }, (): number[] => []));
    for (let done = 0; done < batchSize; done += TILE_SAMPLES) {
      const samples = Math.min(TILE_SAMPLES, batchSize - done);
      const stride = Math.ceil(samples / GROUP) * GROUP;
      const rows = GROUP * Math.floor(STAGE_FLOATS / stride / GROUP);
      sampler.startTile(stride);
      for (let first = 0; first < width; first += rows) {
        const count = Math.min(rows, width - first);
        const x = new Float32Array(count * stride);
        const stage = { first, samples, stride };
        sampler.draw(x, stage);
        const r = Array.from({ length: noise.masks }, (_, mask) => {
          const deviation = new Float32Array(x.length);
          noise.deviate(deviation, mask, stage);
          return deviation;
        });
        for (let row = 0; row < count; row++) {
          for (let sample = 0; sample < samples; sample++) {
            const at = row * stride + sample;
            const clean = sampler.unit * ((x[at] ?? Number.NaN) + sampler.centre);
            for (const [mask, deviation] of r.entries()) {
              const noisy = clean + (deviation[at] ?? Number.NaN) * (clean - pivot);
              inputs[mask]?.[first + row]?.push(gains.train * noisy);
            }
            inputs[noise.masks]?.[first + row]?.push(gains.test * clean);
          }
        }
      }
    }
    return inputs.map((units) =>
      Array.from({ length: neurons ?? 0 }, (_, neuron) =>
        Array.from({ length: batchSize }, (_, sample) =>
          units.reduce(
            (sum, unit, at) => sum + (values[neuron * width + at] ?? Number.NaN) * (unit[sample] ?? Number.NaN),
            0,
          ),
        ),
      ),
    );
  });
}

describe.each(SCENARIOS)("many neurons by their scatter matrix, %o", (input) => {
  const scenario = defineScenario(input);
  const setting = settingOf(scenario);
  const { segment, run, plan } = setting;
  if (segment === undefined) throw new Error("a segment was asked for");
  const seen = (runnerOf(() => kernel, scenario) as BlockRunner)({
    ...{ block: 0, first: 0, batches: BATCHES, pass: { kind: "both" } },
  });
  const plain = plainBatches(scenario);
  const varianceOf = (rows: readonly number[][]) => mean(rows.map((row) => sampleVariance(row)));

  test("is what they are measured by", () => {
    expect(prefersScatter({ ...scenario, masks: plan.masks })).toBe(true);
  });

  test("gives the variances of plain sums over neurons, samples and masks", () => {
    const train = plain.map((phases) => mean(phases.slice(0, -1).map(varianceOf)));
    const test = plain.map((phases) => varianceOf(phases.at(-1) ?? []));
    // Rounding to 1/1,000 of a unit and less adds 4·10⁻⁷ to a variance; over 24·64·3 values it also moves it by 2/(1,000·√12·√4,608) =
    // 9·10⁻⁶, one standard error at the most.
    expect(seen.sums.train / BATCHES / mean(train)).toBeCloseTo(1, 4);
    expect(seen.sums.test / BATCHES / mean(test)).toBeCloseTo(1, 4);
  });

  test("gives the running statistics and outputs of each neuron's Batch Normalization", () => {
    if (seen.batchNorm === undefined) throw new Error("it trains");
    const view = viewAfter(channelsSeen({ ...run, segment }, NO_ARRAYS, seen.batchNorm), scenario.epsilon);
    const isKeras = scenario.preset === "keras";
    const weight = isKeras ? 1 - scenario.momentum : scenario.momentum;
    const stored = isKeras ? (scenario.batchSize - 1) / scenario.batchSize : 1;
    const channels = Array.from({ length: scenario.neurons ?? 0 }, (_, neuron) => {
      let [runningMean, runningVariance] = [0, 1];
      for (const [first = []] of plain) {
        const row = first[neuron] ?? [];
        runningMean += weight * (mean(row) - runningMean);
        runningVariance += weight * (stored * sampleVariance(row) - runningVariance);
      }
      const tested = plain.map((phases) => phases.at(-1)?.[neuron] ?? []);
      const scale = runningVariance + scenario.epsilon;
      return {
        ...{ runningMean, runningVariance },
        outputMean: (mean(tested.map(mean)) - runningMean) / Math.sqrt(scale),
        outputVariance: mean(tested.map((row) => sampleVariance(row))) / scale,
      };
    });
    for (const name of ["runningMean", "runningVariance", "outputMean", "outputVariance"] as const) {
      const size = mean(channels.map((channel) => Math.abs(channel[name])));
      expect(Math.abs(view[name] - mean(channels.map((channel) => channel[name])))).toBeLessThan(5e-5 * size);
    }
  });
});

describe("a scatter matrix is taken", () => {
  const many: ScenarioInput = { layer: "linear", width: 64, neurons: 64, masks: "independent" };
  const takes = (input: ScenarioInput) => {
    const scenario = defineScenario({ ...many, ...input });
    return prefersScatter({ ...scenario, masks: planOf(scenario).masks });
  };

  test("from half as many neurons as units on, and from more where a mirrored mask needs no product", () => {
    expect([30, 32, 36, 40].map((neurons) => takes({ neurons }))).toEqual([false, false, true, true]);
    expect([48, 64].map((neurons) => takes({ neurons, masks: "balanced" }))).toEqual([false, true]);
  });

  test.each<[string, ScenarioInput]>([
    ["values without a bound", { activation: "lognormal" }],
    ["noise that is no mask", { noise: "gaussian" }],
    ["a mask of each weight", { noise: "dropconnect", keep: 0.8 }],
    ["a function behind the neurons", { nonlinearity: "relu" }],
    ["more units than a matrix is taken of", { width: 2000, neurons: 4000 }],
    ["no noise", { noise: "none" }],
  ])("not of %s", (_, input) => {
    expect(takes(input)).toBe(false);
  });
});

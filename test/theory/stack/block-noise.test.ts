import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ACTIVATION_KINDS, activationOf } from "../../../src/activations/activations.ts";
import type { NoiseFields } from "../../../src/noises/noise-kind.ts";
import { NOISES, propertiesOf } from "../../../src/noises/noises.ts";
import { noiseTheory } from "../../../src/theory/noise-theory.ts";
import { type BlockNoise, NO_NOISE } from "../../../src/theory/stack/block-noise.ts";
import { layerNormMeanField } from "../../../src/theory/stack/layer-norm.ts";
import { meanField } from "../../../src/theory/stack/mean-field.ts";
import { between } from "../arbitrary.ts";
import { normalMean } from "./simpson.ts";

const NORMS = [meanField, layerNormMeanField] as const;
const ALPHA = -1.7580993408473766;

const ofStrength = (relativeVariance: number): BlockNoise => ({ ...NO_NOISE, relativeVariance });
const scaled = (keep: number, gain: number): BlockNoise => ({
  ...ofStrength((1 - keep) / keep),
  gains: { train: gain, test: gain },
});
/** a·p of Klambauer et al. 2017, §3. */
const alpha = (keep: number): BlockNoise => ({
  ...ofStrength((1 - keep) / keep),
  pivot: ALPHA,
  gains: { train: keep / Math.sqrt(keep + ALPHA * ALPHA * keep * (1 - keep)), test: 1 },
});

// Behind four blocks of σ² = 1, 0, ¼, ⅓: bits of the version that knew only noise that multiplies, and inputs of variance 1.
test.each([
  ["relu", false, [0.21665379587921216, 0.08276092907923574, 0.5075117235747713, 0.10995434136567564]],
  ["relu", true, [0.6574638936092916, 0.0038706060582228796, 3.1550468942990855, 2.0743294156457797]],
  ["tanh", false, [0.6130047298876626, 2.035626138436132e-33, 0.5257259871971213, 0.3222725167766961]],
  ["tanh", true, [0.7646726370683734, 3.0861077549169646e-34, 3.2014775713879455, 2.448082297028472]],
  ["gelu", false, [0.2065458578647713, 0.0844760035563822, 0.4873845052144506, 0.10066725073951581]],
  ["gelu", true, [0.6887575895150022, 0.0034314514251402263, 3.055843391500377, 2.1047353282651486]],
  ["identity", false, [0.30000000000000004, 0, 1.3333333333333333, 0.4]],
  ["identity", true, [0.6027727546714888, 0, 6.583333333333333, 3.968253968253968]],
] as const)(
  "behind BN, %s (residual: %s) has the bits that it had before noises had pivots and gains",
  (activation, residual, bits) => {
    const place = meanField({ activation, noises: [1, 0, 1 / 4, 1 / 3].map(ofStrength), residual })[4];
    const [shift, meanShift, trainVariance, testVariance] = bits;
    expect(place).toEqual({ shift, meanShift, trainVariance, testVariance });
  },
);

test.each([
  ["relu", false, [0.4164662321692844, 0.023900991713235262, 0.38304001861377596, 0.15952323332213184, 0.75]],
  [
    "relu",
    true,
    [0.730579041341959, 0.0007777055422351214, 3.0543364101746313, 2.2314341664812223, 0.7912087912087913],
  ],
  ["tanh", false, [0.75, 0, 0.5257259871971213, 0.394294490397841, 0.75]],
  ["tanh", true, [0.8049964131012396, 0, 3.2014775713879455, 2.5771779615913637, 0.8049964131012396]],
  [
    "gelu",
    false,
    [0.5722230332997703, 0.013244534389542753, 0.41197151476829696, 0.23573958981381601, 0.7500000000000001],
  ],
  [
    "gelu",
    true,
    [0.7705302485432123, 0.0003513642833605859, 3.000979809488854, 2.3123457184786083, 0.8004633186477331],
  ],
  ["identity", false, [0.75, 0, 1.3333333333333333, 1, 0.75]],
  ["identity", true, [0.759493670886076, 0, 6.583333333333333, 5, 0.759493670886076]],
] as const)(
  "behind LN, %s (residual: %s) has the bits that it had before noises had pivots and gains",
  (activation, residual, bits) => {
    const place = layerNormMeanField({ activation, noises: [1, 0, 1 / 4, 1 / 3].map(ofStrength), residual })[4];
    const [shift, meanShift, trainVariance, testVariance, sampleShift] = bits;
    const { trainSquare = 0, testSquare = 0, ...before } = place ?? {};
    expect(before).toEqual({ shift, meanShift, trainVariance, testVariance, sampleShift });
    expect(testSquare / trainSquare).toBe(sampleShift);
  },
);

describe.each(ACTIVATION_KINDS)("%s,", (activation) => {
  const { mean, secondMoment } = activationOf(activation).meanField();

  test.each(NOISES.map(({ kind }) => kind))(
    "one block of %s noise has the variances that it has behind any layer",
    (kind) => {
      const { noise, drawnGains, pivot } = propertiesOf(kind);
      for (const scaling of kind === "bernoulli" ? (["inverted", "classic"] as const) : [null]) {
        const relativeVariance = kind === "none" ? 0 : 0.25;
        const keep = 1 / (1 + relativeVariance);
        const beta = Math.sqrt(3 * relativeVariance);
        const fields: NoiseFields = { keep, drop: 1 - keep, beta, relativeVariance, channelSize: 4, scaling };
        const wanted = noiseTheory({
          noise: noise(fields),
          input: { mean, variance: secondMoment - mean * mean, correlation: 0 },
          layer: { kind: "none" },
        });
        const block = { relativeVariance, pivot, gains: drawnGains(fields) };
        for (const ofNorm of NORMS) {
          const place = ofNorm({ activation, noises: [block], residual: false })[1];
          // A few roundings, and 10⁻¹² of a quadrature.
          expect(Math.abs((place?.trainVariance ?? 0) / wanted.trainVariance - 1)).toBeLessThan(2e-12);
          expect(Math.abs((place?.testVariance ?? 0) / wanted.testVariance - 1)).toBeLessThan(2e-12);
        }
      }
    },
  );

  test("gains of both phases are those of an input with a variance as much smaller", () => {
    fc.assert(
      fc.property(
        between(0.1, 0.95),
        between(0.1, 3),
        between(0.1, 5),
        fc.boolean(),
        (keep, gain, variance, residual) => {
          for (const ofNorm of NORMS) {
            const noises = new Array<BlockNoise>(4).fill(scaled(keep, gain));
            const unscaled = new Array<BlockNoise>(4).fill(scaled(keep, 1));
            const places = ofNorm({ activation, noises, residual, variance });
            const others = ofNorm({ activation, noises: unscaled, residual, variance: variance / gain ** 2 });
            for (const [index, { shift, meanShift, trainVariance }] of places.entries()) {
              const other = others[index];
              expect(Math.abs(shift / (other?.shift ?? 0) - 1)).toBeLessThan(1e-11);
              expect(Math.abs(meanShift - (other?.meanShift ?? 0))).toBeLessThan(1e-11);
              expect(Math.abs(trainVariance / (gain ** 2 * (other?.trainVariance ?? 0)) - 1)).toBeLessThan(1e-11);
            }
          }
        },
      ),
      { seed: 20260101, numRuns: 10 },
    );
  });

  test.each(NORMS)(
    "of the input's variance a plain stack shows nothing behind its first norm, and a residual one less noise the larger it is (%o)",
    (ofNorm) => {
      const of = (variance: number, residual: boolean) =>
        ofNorm({ activation, noises: [alpha(0.5), alpha(0.8)], residual, variance });
      expect(of(4, false).slice(1)).toEqual(of(1, false).slice(1));
      const first = ofNorm === meanField ? {} : { trainSquare: 4, testSquare: 4 };
      expect(of(4, false)[0]).toEqual({ ...of(1, false)[0], trainVariance: 4, testVariance: 4, ...first });
      const [small, large] = [of(1, true)[2], of(1e12, true)[2]];
      if (activation !== "identity") expect(small?.shift).toBeLessThan(0.9);
      expect(Math.abs((large?.shift ?? 0) - 1)).toBeLessThan(1e-11);
    },
  );
});

test("alpha dropout shifts nothing where nothing is rectified, for any keep probability: what it is for", () => {
  for (const ofNorm of NORMS) {
    for (const keep of [0.05, 0.5, 0.95]) {
      for (const residual of [true, false]) {
        const noises = new Array<BlockNoise>(10).fill(alpha(keep));
        for (const { shift, meanShift } of ofNorm({ activation: "identity", noises, residual })) {
          expect(Math.abs(shift - 1)).toBeLessThan(1e-13);
          expect(meanShift).toBe(0);
        }
      }
    }
  }
});

test("two ReLU blocks of alpha dropout follow from integrals", () => {
  const keep = 0.5;
  const { gains } = alpha(keep);
  const relu = (z: number) => Math.max(0, z);
  const c = normalMean(relu);
  const square = gains.train ** 2;
  const train = square * (1 / 2 - c * c + ((1 - keep) / keep) * normalMean((g) => (relu(g) - ALPHA) ** 2));
  const [s, width] = [Math.sqrt((1 / 2 - c * c) / train), Math.sqrt(((1 - gains.train) * c) ** 2 / train)];
  const average = (mu: number) => normalMean((g) => relu(mu + s * g), { kink: -mu / s });
  const meanShift = normalMean((z) => (average(width * z) - gains.train * c) ** 2) / train;
  const variance = normalMean((z) => {
    const mean = average(width * z);
    return normalMean((g) => (relu(width * z + s * g) - mean) ** 2, { kink: (-width * z) / s });
  });
  const [, , place] = meanField({ activation: "relu", noises: [alpha(keep), alpha(keep)], residual: false });
  // Simpson's rule, as in mean-field.test.ts.
  expect(Math.abs((place?.trainVariance ?? 0) - train)).toBeLessThan(1e-6);
  expect(Math.abs((place?.testVariance ?? 0) - variance)).toBeLessThan(3e-6);
  expect(Math.abs((place?.meanShift ?? 0) - meanShift)).toBeLessThan(3e-6);
});

test("two ReLU blocks of alpha dropout behind LN follow from the arc-cosine kernel", () => {
  const kernel = (k: number) => (Math.sqrt(1 - k * k) + k * (Math.PI / 2 + Math.asin(k))) / (2 * Math.PI);
  const { gains } = alpha(0.5);
  const [g, c] = [gains.train, 1 / Math.sqrt(2 * Math.PI)];
  // Mean square of a noisy unit: half are kept, with a = g/p, the others are set to α′, and both moved by −aα′(1 − p).
  const [a, b] = [2 * g, -g * ALPHA];
  const square = (a * a * 0.5 + 2 * a * b * c + b * b + (a * ALPHA + b) ** 2) / 2;
  const [train, test] = [(g * g * c * c) / square, (c * c) / 0.5];
  const cross = (g * c * c) / Math.sqrt(square * 0.5);
  const [, , place] = layerNormMeanField({ activation: "relu", noises: [alpha(0.5), alpha(0.5)], residual: false });
  const variance = square - g * g * kernel(train);
  expect(place?.trainVariance).toBeCloseTo(variance, 12);
  expect(place?.testVariance).toBeCloseTo(0.5 - kernel(test), 12);
  expect(place?.meanShift).toBeCloseTo((g * g * kernel(train) + kernel(test) - 2 * g * kernel(cross)) / variance, 12);
});

test("the shifts of all kinds of noise stay where every activation is accurate: s² + q at most 1", () => {
  for (const activation of ACTIVATION_KINDS) {
    for (const residual of [true, false]) {
      for (const keep of [1e-6, 0.01, 0.1, 0.5, 0.9, 0.99]) {
        const noises = new Array<BlockNoise>(12).fill(alpha(keep));
        for (const { shift, meanShift } of meanField({ activation, noises, residual })) {
          expect(shift + meanShift).toBeLessThan(1 + 1e-13);
        }
      }
    }
  }
});

test.each([
  [{ noises: [{ ...NO_NOISE, pivot: Number.NaN }] }, "NaN is not a pivot"],
  [{ noises: [{ ...NO_NOISE, gains: { train: 0, test: 1 } }] }, "0 is not a gain"],
  [{ noises: [{ ...NO_NOISE, gains: { train: 1, test: -1 } }] }, "-1 is not a gain"],
  [{ noises: [ofStrength(Number.POSITIVE_INFINITY)] }, "Infinity is not a relative variance"],
  [{ noises: [], variance: 0 }, "0 is not a variance of the input"],
])("%o is refused: %s", (wrong, problem) => {
  for (const ofNorm of NORMS) {
    expect(() => ofNorm({ activation: "relu", residual: false, ...wrong })).toThrow(problem);
  }
});

test("gains that drive the phases apart without end are refused, before a number overflows", () => {
  const noises = new Array<BlockNoise>(100).fill({ ...NO_NOISE, gains: { train: 0.1, test: 1 } });
  expect(() => meanField({ activation: "relu", noises, residual: false })).toThrow("is not a shift");
});

import { describe, expect, it, test } from "vitest";
import { stackExpectation } from "../../../src/experiment/stack-expectation.ts";
import { isStack } from "../../../src/scenario/blocks.ts";
import { defineScenario } from "../../../src/scenario/define.ts";
import { activationMoments } from "../../../src/theory/activation.ts";
import { alphaDropoutTheory } from "../../../src/theory/alpha-dropout.ts";
import { alignedTheory } from "../../../src/theory/linear-shift.ts";
import { directTheory } from "../../../src/theory/shift.ts";
import { NO_NOISE } from "../../../src/theory/stack/block-noise.ts";
import { layerNormMeanField } from "../../../src/theory/stack/layer-norm.ts";
import { meanField } from "../../../src/theory/stack/mean-field.ts";
import { knownTheory, theoryOf } from "../../notation/written.ts";

const SQUARE = 1 / 2;
const MEAN = 1 / Math.sqrt(2 * Math.PI);

/** Δ and mean shift that others worked out: closed forms by hand, enumeration, or simulations of their own. */
const KNOWN: readonly (readonly [text: string, shift: number, meanShift: number, digits: number])[] = [
  // v + σ²(v + c²) of the linear layer's own means, c² and v those of a ReLU.
  ["input(512, relu) linear(256) dropout(0.3) bn", 0.614, 0, 4],
  ["input(64, mean=-2.6) mask(0.17, unscaled) bn", 0.56059, 0.10952, 5],
  ["input(64) dropout(0.3) dropconnect(0.4) linear(64) bn", 0.42, 0, 12],
  ["input(64) dropout(0.3) dropout(0.4) bn", 0.42, 0, 12],
  ["input(64) concat(linear(64, normal) dropout(0.5)) linear(64) bn", 2 / 3, 0, 12],
  ["input(64) concat(linear(64, normal) dropout(0.5)) bn", 2 / 3, 0, 12],
  ["input(64) dropout(0.25) linear(64) relu bn", 0.75, 0.00838, 5],
  ["input(64) elu dropout(0.5) bn", 0.48981, 0, 5],
  ["input(64) leakyrelu(0.01) dropout(0.5) bn", 0.4076, 0, 5],
  ["input(64) leakyrelu(0.2) dropout(0.5) bn", 0.44571, 0, 5],
  // v/(v + s²), whatever the mean.
  ["input(64, mean=3, variance=2) gaussiannoise(0.5) bn", 2 / 2.25, 0, 12],
  // Var(x + f) = 1 + 1, and σ²E f² = 0.25.
  ["input(64) residual(linear(64, normal) droppath(0.2)) bn", 2 / 2.25, 0, 12],
  // Averages over 16: 1/16 without noise; with it (1 + σ²(1 + c²))/16 of units, and σ²c² of maps that is not divided.
  ["input(64x4x4, mean=1) dropout(0.5) avgpool bn", 1 / 3, 0, 12],
  ["input(64x4x4, mean=1) dropout2d(0.5) avgpool bn", 1 / (1 + 1 + 16), 0, 12],
  ["input(8x10x10) cutout(5) bn", 1 / 0.75, 0, 12],
  ["input(64, mean=1) gaussiandropout(0.2) bn", 1 / 1.5, 0, 12],
  ["input(64, mean=1) uout(0.5) bn", 12 / 14, 0, 12],
  ["input(64x8x8) dropblock(0.1, 3) bn", 0.9, 0, 12],
];

test.each(KNOWN)("%s has Δ = %f and a mean shift of %f", (text, shift, meanShift, digits) => {
  const known = knownTheory(text);
  expect(known.shift).toBeCloseTo(shift, digits);
  expect(known.meanShift).toBeCloseTo(meanShift, digits === 12 ? 12 : 5);
});

test("rates that differ from block to block have Δ of 0.6140, 0.377 and 0.153 ± 0.003", () => {
  const block = (rate: number) => `bn relu dropout(${rate}) linear(512)`;
  const all = theoryOf(`input(512) ${block(0.3)} ${block(0.3)} ${block(0.5)}`);
  const shifts = Object.values(all).map((theory) => (typeof theory === "string" ? Number.NaN : theory.shift));
  expect(shifts[1]).toBeCloseTo(0.614, 4);
  expect(shifts[2]).toBeCloseTo(0.377, 3);
  expect(Math.abs((shifts[3] ?? 0) - 0.153)).toBeLessThan(0.003);
});

test("without a norm the output has half the variance, and 0.7071 of the mean", () => {
  const { shift, trainMean, testMean } = knownTheory("input(512) dropout(0.5) linear(512) relu");
  expect(shift).toBeCloseTo(0.5, 12);
  expect((testMean ?? 0) / (trainMean ?? 1)).toBeCloseTo(Math.SQRT1_2, 12);
});

describe("the cases of the paper are those of the closed forms of a scenario:", () => {
  test.each(["normal", "relu", "tanh", "gelu", "uniform", "lognormal"] as const)("(a) of %s input", (law) => {
    const mean = law === "lognormal" ? 1 : 0.3;
    const input = activationMoments({ kind: law, mean, variance: 0.7, correlation: 0 });
    for (const drop of [0.1, 0.5, 0.9]) {
      const { trainVariance, testVariance, shift } = knownTheory(
        `input(512, ${law}, mean=${mean}, variance=0.7) dropout(${drop}) bn`,
      );
      const wanted = directTheory(input, drop / (1 - drop));
      expect({ testVariance }).toEqual({ testVariance: wanted.testVariance });
      // σ² of the keep probability 1 − drop may be a rounding away.
      expect(Math.abs((trainVariance ?? 0) / wanted.trainVariance - 1)).toBeLessThan(1e-15);
      expect(Math.abs(shift / wanted.shift - 1)).toBeLessThan(1e-15);
    }
  });

  test.each([0, 1, 8, 64])("(b) with an alignment of %i", (alignment) => {
    const input = activationMoments({ kind: "relu", mean: 0, variance: 1, correlation: 0.2523 });
    const text = `input(512, relu, rho=0.2523) dropout(0.3) linear(64, normal, alignment=${alignment}) bn`;
    const { trainVariance, testVariance, shift } = knownTheory(text);
    const wanted = alignedTheory({ input, alignment, width: 512 }, 0.3 / 0.7);
    expect(Math.abs((trainVariance ?? 0) / wanted.trainVariance - 1)).toBeLessThan(1e-14);
    expect(Math.abs((testVariance ?? 0) / wanted.testVariance - 1)).toBeLessThan(1e-14);
    expect(Math.abs(shift / wanted.shift - 1)).toBeLessThan(1e-14);
  });

  test("weights of a mean have the alignment 1 + (d − 1)μ²/(1 + μ²), and constant ones the width", () => {
    const input = { mean: 0, variance: 1, correlation: 0.2 };
    const shiftOf = (weights: string) => knownTheory(`input(64, rho=0.2) dropout(0.5) linear(8, ${weights}) bn`).shift;
    const wanted = (alignment: number) => alignedTheory({ input, alignment }, 1).shift;
    expect(shiftOf("mean=0.1")).toBeCloseTo(wanted(1 + (63 * 0.01) / 1.01), 12);
    expect(shiftOf("constant")).toBeCloseTo(wanted(64), 12);
    expect(shiftOf("he")).toBeCloseTo(0.5, 12);
  });

  test("alpha dropout", () => {
    const input = { mean: 0.4, variance: 2, correlation: 0 };
    const { shift } = knownTheory("input(64, mean=0.4, variance=2) alphadropout(0.3) bn");
    expect(shift).toBeCloseTo(alphaDropoutTheory({ input, layer: { kind: "none" } }, 0.7).shift, 12);
  });
});

describe.each(["relu", "tanh", "gelu", "identity"] as const)("a stack of %s", (activation) => {
  const noises = [0.5, 0.3, 0, 0.5, 0.2].map((drop) => ({ ...NO_NOISE, relativeVariance: drop / (1 - drop) }));
  const block = (norm: string, drop: number) => `${norm} ${activation} dropout(${drop}) linear(64, normal)`;
  const stack = (norm: string, isResidual: boolean) =>
    [0.5, 0.3, 0, 0.5, 0.2]
      .map((drop) => (isResidual ? `residual(${block(norm, drop)})` : block(norm, drop)))
      .join(" ");

  test.each([false, true])("has the mean field of a stack at each Batch Normalization (residual: %s)", (residual) => {
    const places = meanField({ activation, noises, residual, variance: 1.7 });
    const found = Object.values(theoryOf(`input(64, variance=1.7) ${stack("bn", residual)}`));
    expect(found).toHaveLength(places.length);
    for (const [index, theory] of found.entries()) {
      const place = places[index];
      if (typeof theory === "string" || place === undefined) throw new Error(String(theory));
      expect(Math.abs(theory.shift / place.shift - 1)).toBeLessThan(1e-10);
      expect(Math.abs((theory.trainVariance ?? 0) / place.trainVariance - 1)).toBeLessThan(1e-12);
      expect(Math.abs((theory.meanShift ?? 0) - place.meanShift)).toBeLessThan(1e-12);
    }
  });

  test.each([false, true])("has that at each Layer Normalization and the output (residual: %s)", (residual) => {
    const places = layerNormMeanField({ activation, noises, residual, variance: 1.7 });
    const found = Object.values(theoryOf(`input(64, variance=1.7) ${stack("layernorm", residual)}`));
    for (const [index, theory] of found.entries()) {
      const place = places[index];
      if (typeof theory === "string" || place === undefined) throw new Error(String(theory));
      const isOutput = index === found.length - 1;
      expect(Math.abs(theory.shift / (isOutput ? place.shift : place.sampleShift) - 1)).toBeLessThan(1e-7);
      if (isOutput) expect(Math.abs((theory.meanShift ?? 0) - place.meanShift)).toBeLessThan(1e-7);
    }
  });
});

test("a stack of a scenario is the network that says the same", () => {
  const scenario = defineScenario({ depth: 3, drop: 0.4, nonlinearity: "tanh", width: 32 });
  if (!isStack(scenario)) throw new Error("not a stack");
  const found = Object.values(theoryOf("input(32) repeat(3, bn tanh dropout(0.4) linear(32, normal))"));
  for (const [index, { theory }] of stackExpectation(scenario).entries()) {
    const ours = found[index];
    expect(typeof ours === "string" ? Number.NaN : ours?.shift).toBeCloseTo(theory?.shift ?? 0, 10);
  }
});

describe("a Wide ResNet on maps of 12 × 12", () => {
  const shiftsOf = (block: string) =>
    Object.values(theoryOf(`input(3x12x12) conv(48,3) repeat(4, residual(${block})) bn`)).map((theory) =>
      typeof theory === "string" ? Number.NaN : theory.shift,
    );

  // Measured by another program over networks with these shapes; ± 0.02.
  test("has the measured shifts with dropout between the convolutions of a block", () => {
    const shifts = shiftsOf("bn relu conv(48,3) bn relu dropout(0.3) conv(48,3)");
    for (const [index, measured] of [0.867, 0.778, 0.713, 0.667].entries()) {
      expect(Math.abs((shifts[2 * index + 2] ?? 0) - measured)).toBeLessThan(0.02);
    }
  });

  test("has them with dropout behind the first convolution", () => {
    const shifts = shiftsOf("bn relu conv(48,3) dropout(0.3) bn relu conv(48,3)");
    expect(Math.abs((shifts[1] ?? 0) - 0.613)).toBeLessThan(0.02);
    for (const [index, measured] of [0.903, 0.833, 0.767, 0.726].entries()) {
      expect(Math.abs((shifts[2 * index + 2] ?? 0) - measured)).toBeLessThan(0.02);
    }
  });
});

describe("where theory stops it says at which layer and why:", () => {
  test.each([
    [
      "input(8x4x4) dropout(0.5) maxpool(2) bn",
      "maxpool at 27: max-pool after noise has no closed form; measured only",
    ],
    ["input(8) relu dropout(0.5) relu bn", "relu at 28: the law behind relu is not normal"],
    ["input(8, uniform) dropout(0.1) tanh bn", "tanh at 32: the law of a uniform input is not normal"],
    ["input(8) residual(relu) dropout(0.2) bn", "residual at 10: its summands are correlated"],
    ["input(8, rho=0.5) dropout(0.2) linear(4) bn relu bn", "bn at 42: units are correlated"],
    ["input(8) droppath(0.2) linear(8) relu bn", "relu at 34: noise that a sample shares"],
    ["input(8) droppath(0.2) layernorm bn", "layernorm at 24: noise that a sample shares"],
    ["input(16x4x4) dropout(0.2) conv(16, 3, groups=16) relu bn", "relu at 51: a group of fewer than 8 channels"],
  ])("%s", (text, reason) => {
    expect(Object.values(theoryOf(text)).at(-1)).toMatch(reason);
  });

  it("stops for nothing where there is no noise: both phases are the same", () => {
    const all = theoryOf("input(8x4x4) maxpool(2) bn relu maxpool(2) bn conv(8, 1) bn dropout(0.5) bn");
    const shifts = Object.values(all).map((theory) => (typeof theory === "string" ? theory : theory.shift));
    expect(shifts).toEqual([1, 1, 1, expect.closeTo(0.5, 12)]);
  });

  it("and follows a network again behind a norm without noise before it", () => {
    expect(knownTheory("input(8x4x4) maxpool(2) bn dropout(0.25) conv(8, 1) bn").shift).toBeCloseTo(0.75, 12);
  });
});

test("a variance that leaves the range of numbers has no closed form, and says so", () => {
  expect(theoryOf("input(8) dropout(0.5) repeat(900, linear(8)) bn").BN).toMatch(/its variance leaves the range/);
});

test("He weights double what normal ones give, Xavier's are between", () => {
  const varianceOf = (weights: string) => knownTheory(`input(64) linear(192, ${weights}) bn`).testVariance;
  expect(["normal", "uniform", "he", "xavier"].map(varianceOf)).toEqual([1, 1, 2, 0.5]);
});

test("zero padding counts the taps that lie on the map", () => {
  // Of 3 taps in a direction, two miss one of 4 positions: φ = (10/12)², and with a mean the share of taps varies over positions.
  const share = (10 / 12) ** 2;
  expect(knownTheory("input(64x4x4) conv(64, 3, normal) bn").testVariance).toBeCloseTo(share, 12);
  const squared = ((1 + 2 * (3 / 4) ** 2) / 3) ** 2;
  const { testVariance } = knownTheory("input(64x4x4, relu) conv(64, 3, normal) bn");
  expect(testVariance).toBeCloseTo(share * (SQUARE - MEAN ** 2) + (share - squared) * MEAN ** 2, 12);
  expect(knownTheory("input(64x4x4) conv(64, 3, normal, padding=0) bn").testVariance).toBe(1);
});

describe("time is bounded for any network", () => {
  test.each([
    ["input(8) linear(8) repeat(9000, dropout(0.001)) bn relu bn", "more than 32 layers in a row without weights"],
    ["input(8, relu) linear(8) repeat(30, gaussiandropout(0.1)) bn relu bn", "noises in a row"],
    [
      "input(8) repeat(300, concat(bn relu linear(8) dropout(0.2))) bn",
      "more than 256 concatenated parts|longer than theory",
    ],
    [
      "input(8) repeat(1200, residual(bn relu linear(8) dropout(0.3) bn relu linear(8))) bn",
      "longer than theory follows",
    ],
  ])("%s", (text, reason) => {
    const all = Object.values(theoryOf(text));
    expect(all.at(-1)).toMatch(new RegExp(reason));
    // What comes before is known.
    expect(all[0]).toMatchObject({ shift: expect.any(Number) });
  });
});

test("a square that is cut out is not shared by all positions of a map, so an average over them has no closed form", () => {
  expect(theoryOf("input(8x6x6) cutout(3) avgpool bn").BN).toMatch(/avgpool at 24: positions of a map share something/);
});

test("a normal as narrow as rounding is a constant to a function", () => {
  // x = 10⁹, and σ² = 1/9.
  const { trainVariance, testVariance } = knownTheory("input(8, mean=1e9, variance=1e-12) gelu dropout(0.1) bn");
  expect(Math.abs((trainVariance ?? 0) / (1e18 / 9) - 1)).toBeLessThan(1e-12);
  expect(testVariance).toBe(0);
});

test.each([
  "input(64) layernorm dropout(0.5) linear(64, constant) bn",
  "input(64) dropout(0.5) groupnorm(1) bn dropout(0.2) linear(64, alignment=4) bn",
  "input(8x4x4) dropout(0.5) layernorm avgpool linear(64, mean=0.1) bn",
])("%s: weights with a mean see nothing of units that add up to 0", (text) => {
  expect(Object.values(theoryOf(text)).at(-1)).toMatch(/units whose mean a norm of samples takes away$/);
});

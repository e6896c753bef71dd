import { expect, test } from "vitest";
import type { Noise } from "../../src/noises/noises.ts";
import { activationMoments } from "../../src/theory/activation.ts";
import { linearShift } from "../../src/theory/linear-shift.ts";
import { relativeVariance } from "../../src/theory/noise.ts";
import { directShift } from "../../src/theory/shift.ts";

// Closed-form values of Li et al. 2019, as printed: each must come out when rounded to the printed digits.

const dropping = (drop: number): Noise => ({ kind: "bernoulli", keepProbability: 1 - drop });
const keeping = (keepProbability: number): Noise => ({ kind: "bernoulli", keepProbability });
const uout = (beta: number): Noise => ({ kind: "uout", beta });
const rectifiedNormal = activationMoments({ kind: "relu", mean: 0, variance: 1, correlation: 0 });

test.each([
  [0.1, "0.9"],
  [0.3, "0.7"],
  [0.5, "0.5"],
  [0.7, "0.3"],
])("zero-mean input with drop rate %d has Δ = %s", (drop, printed) => {
  expect(directShift({ mean: 0, variance: 1 }, relativeVariance(dropping(drop))).toFixed(1)).toBe(printed);
});

test.each([
  [0.9, "0.8598"],
  [0.5, "0.4054"],
  [0.3, "0.2261"],
])("the rectified standard normal kept with probability %d has Δ = %s", (keep, printed) => {
  expect(directShift(rectifiedNormal, relativeVariance(keeping(keep))).toFixed(4)).toBe(printed);
});

test.each([
  [0.1, "0.99668"],
  [0.2, "0.98684"],
  [0.3, "0.97087"],
  [0.5, "0.92308"],
  [1, "0.75000"],
])("Uout with β = %d has Δ = %s on zero-mean input", (beta, printed) => {
  expect(directShift({ mean: 0, variance: 1 }, relativeVariance(uout(beta))).toFixed(5)).toBe(printed);
});

test("Uout with β = 0.01 has Δ = .99997, so a .9967 printed beside it belongs to β = 0.1", () => {
  expect(directShift({ mean: 0, variance: 1 }, relativeVariance(uout(0.01))).toFixed(5)).toBe("0.99997");
});

test.each([
  [0, "0.923"],
  [1, "0.857"],
  [2, "0.706"],
])("Uout with β = 0.5 on input of mean %d and variance 1 has Δ = %s", (mean, printed) => {
  expect(directShift({ mean, variance: 1 }, relativeVariance(uout(0.5))).toFixed(3)).toBe(printed);
});

test("eq. 15, 3/(3 + β²), is Δ of Uout for zero-mean input and for no other", () => {
  const eq15 = 3 / (3 + 0.5 * 0.5);
  // Two divisions and two sums on either side: 4 roundings of 1.1e-16.
  expect(Math.abs(directShift({ mean: 0, variance: 1 }, relativeVariance(uout(0.5))) - eq15)).toBeLessThan(5e-16);
  expect(directShift({ mean: 1, variance: 1 }, relativeVariance(uout(0.5)))).toBeCloseTo(12 / 14, 14);
  expect(directShift({ mean: 1, variance: 1 }, relativeVariance(uout(0.5)))).toBeLessThan(eq15 - 0.06);
});

test("ResNeXt's alignment on CIFAR-100, 14.72835, leaves rectified input at Δ = .719", () => {
  const input = { ...rectifiedNormal, correlation: 0.2 };
  expect(linearShift({ input, alignment: 14.72835 }, relativeVariance(keeping(0.5))).toFixed(3)).toBe("0.719");
});

// Table 1: width d = (d·cos²θ)/cos²θ, and eq. 12 with the printed d·cos²θ beats Δ of noise alone wherever it is above 1.
test.each([
  ["PreResNet-110", 0.03546, 2.91827],
  ["ResNeXt-29", 0.02244, 14.78266],
  ["WRN-28-10", 0.02292, 52.7355],
  ["DenseNet-BC", 0.01538, 3.8339],
])("the linear layers of %s bring Δ nearer to 1 than noise alone does", (_, cosineSquared, alignment) => {
  const input = { ...rectifiedNormal, correlation: 0.2 };
  const strength = relativeVariance(keeping(0.5));
  const width = Math.round(alignment / cosineSquared);
  expect(linearShift({ input, alignment, width }, strength)).toBeGreaterThan(directShift(input, strength));
});

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ACTIVATION_KINDS, type ActivationKind, activationOf } from "../../../src/activations/activations.ts";
import { referenceKernel as kernel } from "../../../src/kernel/reference.ts";
import { NO_NOISE } from "../../../src/theory/stack/block-noise.ts";
import { meanField } from "../../../src/theory/stack/mean-field.ts";
import { between } from "../arbitrary.ts";
import { distribution, normalMean } from "./simpson.ts";

const ofKeep = (keep: number) => (1 - keep) / keep;
const multiplied = (...strengths: readonly number[]) =>
  strengths.map((relativeVariance) => ({ ...NO_NOISE, relativeVariance }));
const alike = (keep: number, blocks: number) => multiplied(...new Array<number>(blocks).fill(ofKeep(keep)));

// To four digits. The first is Δ of the rectified normal, the second row a simulation's .4054 .1641 .0687 of width 1024.
test.each([
  [0.5, "0.4054 0.1643 0.0690 0.0321 0.0162 0.0086", "0.0000 0.0250 0.0681 0.0986 0.1139 0.1215"],
  [0.8, "0.7317 0.5353 0.3931 0.2927 0.2237 0.1767", "0.0000 0.0071 0.0276 0.0573 0.0893 0.1186"],
])("six ReLU blocks that keep with probability %d shift to %s", (keep, shifts, meanShifts) => {
  const [, ...places] = meanField({ activation: "relu", noises: alike(keep, 6), residual: false });
  expect(places.map(({ shift }) => shift.toFixed(4)).join(" ")).toBe(shifts);
  expect(places.map(({ meanShift }) => meanShift.toFixed(4)).join(" ")).toBe(meanShifts);
});

test("L blocks have L + 1 places, the first of which is the network's own input", () => {
  const places = meanField({ activation: "gelu", noises: multiplied(1, 0, 0.5), residual: true });
  expect(places).toHaveLength(4);
  expect(places[0]).toEqual({ shift: 1, meanShift: 0, trainVariance: 1, testVariance: 1 });
  expect(meanField({ activation: "relu", noises: [], residual: false })).toHaveLength(1);
});

test("without an activation l blocks shift to pˡ, and move no mean", () => {
  for (const keep of [0.1, 0.5, 0.9]) {
    const places = meanField({ activation: "identity", noises: alike(keep, 12), residual: false });
    places.forEach(({ shift, meanShift }, blocks) => {
      // A handful of roundings of 1.1e-16 for each block.
      expect(Math.abs(shift / keep ** blocks - 1)).toBeLessThan(1e-12);
      expect(meanShift).toBe(0);
    });
  }
});

describe.each(ACTIVATION_KINDS)("%s", (activation) => {
  test.each([true, false])("shifts nothing without noise (residual: %s)", (residual) => {
    for (const { shift, meanShift } of meanField({ activation, noises: alike(1, 30), residual })) {
      expect(shift).toBe(1);
      expect(meanShift).toBe(0);
    }
  });

  test.each([true, false])("shifts only the output where only the last block has noise (residual: %s)", (residual) => {
    const places = meanField({ activation, noises: multiplied(0, 0, 0, 1), residual });
    expect(places.slice(0, 4).map(({ shift, meanShift }) => [shift, meanShift])).toEqual(Array(4).fill([1, 0]));
    expect(places[4]?.shift).toBeLessThan(0.9);
  });

  test("is damped by a residual connection, at every place", () => {
    fc.assert(
      fc.property(between(0.05, 0.99), fc.integer({ min: 1, max: 8 }), (keep, blocks) => {
        const noises = alike(keep, blocks);
        const plain = meanField({ activation, noises, residual: false });
        const residual = meanField({ activation, noises, residual: true });
        for (const [index, { shift }] of plain.entries()) {
          if (index > 0) expect(residual[index]?.shift).toBeGreaterThan(shift);
        }
      }),
      { seed: 20260101, numRuns: 40 },
    );
  });
});

test("what is not a relative variance is refused", () => {
  for (const strength of [-1, Number.NaN, Number.POSITIVE_INFINITY]) {
    expect(() => meanField({ activation: "relu", noises: multiplied(strength), residual: false })).toThrow(
      "is not a relative variance",
    );
  }
});

const FORMULAS: { readonly [Name in ActivationKind]: (g: number) => number } = {
  relu: (g) => Math.max(0, g),
  tanh: Math.tanh,
  gelu: (g) => g * distribution(g),
  identity: (g) => g,
};

describe.each(ACTIVATION_KINDS)("brute force agrees on %s:", (activation) => {
  const f = FORMULAS[activation];
  const { mean, secondMoment, spread } = activationOf(activation).meanField();

  // Simpson's rule with 400 steps over 18 standard deviations is off by (9/200)⁴/180 times a fourth derivative: 10⁻⁸.
  test("c and e", () => {
    expect(Math.abs(normalMean(f) - mean)).toBeLessThan(1e-7);
    expect(Math.abs(normalMean((g) => f(g) * f(g)) - secondMoment)).toBeLessThan(1e-7);
  });

  test.each([
    [1, 0, 1],
    [0.4, 0, 1],
    [0.5, 0.3, 1],
    [0.9, 0.05, 1],
    [0.05, 0.2, 1],
    [0.01, 0.12, 1],
    [0.5, 0.3, 0.4],
    [2, 0.9, 1.6],
  ])("s² = %d, q = %d, means compared with %d c", (variance, squaredMean, gain) => {
    const [s, width] = [Math.sqrt(variance), Math.sqrt(squaredMean)];
    const target = gain * mean;
    const halves = activation === "gelu" ? 60 : 150;
    const at = (mu: number) => {
      const first = normalMean((g) => f(mu + s * g), { kink: -mu / s, halves });
      const second = normalMean((g) => (f(mu + s * g) - first) ** 2, { kink: -mu / s, halves });
      return { variance: second, squaredMean: (first - target) ** 2 };
    };
    const found = spread({ variance, squaredMean }, target);
    // (9/60)⁴/180, an eighth of it with 150 halves, times fourth derivatives of about 1 and, over μ, of the kink's width s/√q.
    const limit = 3e-6;
    expect(Math.abs(normalMean((z) => at(width * z).variance, { halves }) - found.variance)).toBeLessThan(limit);
    expect(Math.abs(normalMean((z) => at(width * z).squaredMean, { halves }) - found.squaredMean)).toBeLessThan(limit);
  });

  test("the loop of the kernel makes f(z) of z, in single precision", () => {
    const z = Float32Array.from({ length: 64 }, (_, at) => at / 8 - 4);
    const made = z.slice();
    activationOf(activation).apply(kernel, made);
    for (const [at, value] of made.entries()) expect(Math.abs(value - f(z[at]))).toBeLessThan(1e-5);
  });

  test("what is left of a vanishing variance is that times E f′²", () => {
    const variance = 1e-12;
    const slope = (z: number) => (f(z + 1e-5) - f(z - 1e-5)) / 2e-5;
    const found = spread({ variance, squaredMean: 0.25 }, mean).variance / variance;
    // f′ of a ReLU jumps, which no rule for smooth functions likes: it is 1 half of the time.
    const wanted = activation === "relu" ? 0.5 : normalMean((z) => slope(z / 2) ** 2);
    // The difference quotient is good to 10⁻⁹, the kink is as wide as s = 10⁻⁶.
    expect(Math.abs(found - wanted)).toBeLessThan(2e-6);
  });
});

test("gelu's variance is the same on either side of where its expansion takes over", () => {
  const { mean, spread } = activationOf("gelu").meanField();
  const [above, below] = [1e-6 * (1 + 1e-14), 1e-6 * (1 - 1e-9)].map(
    (variance) => spread({ variance, squaredMean: 0.1 }, mean).variance / variance,
  );
  // The expansion leaves s⁴/6 = 2e-13 of it, the quadrature's differences 10⁻¹⁶/s; 10⁻⁹ of s² moves the ratio by 10⁻¹⁵.
  expect(Math.abs((above ?? 0) / (below ?? 1) - 1)).toBeLessThan(1e-12);
});

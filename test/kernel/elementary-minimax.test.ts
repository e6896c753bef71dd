import { describe, expect, test } from "vitest";
import {
  BIG_COSINE,
  EXPONENTIAL,
  MINUS_TWO_LN,
  NORMAL_TAIL,
  NORMAL_TAIL_SCALE,
  SMALL_SINE,
} from "../../src/kernel/elementary.ts";
import { normalCdf, normalDensity } from "../../src/numeric/normal.ts";
import { errorOf, type Fit, minimax, refittedMinimax, roundedMinimax } from "./elementary-remez.ts";

interface Table {
  readonly name: string;
  readonly table: readonly number[];
  readonly fit: Fit;
  /** Of an interval that begins at 0, the coefficients were fitted anew after each rounding. */
  readonly generate: typeof roundedMinimax;
  /** The error that elementary.ts states. */
  readonly stated: number;
}

const TABLES: readonly Table[] = [
  {
    // −2 ln(1 + u) = −2u + u² P(u), relative error.
    name: "MINUS_TWO_LN",
    table: MINUS_TWO_LN,
    fit: {
      target: (u) => (2 * u - 2 * Math.log1p(u)) / (u * u),
      weight: (u) => (u * u) / Math.abs(2 * Math.log1p(u)),
      interval: [Math.SQRT1_2 - 1, Math.SQRT2 - 1],
      terms: 8,
    },
    generate: roundedMinimax,
    stated: 3.5e-8,
  },
  {
    // sin(tπ/4) = t P(t²), absolute error; s = t².
    name: "SMALL_SINE",
    table: SMALL_SINE,
    fit: {
      target: (s) => Math.sin((Math.PI / 4) * Math.sqrt(s)) / Math.sqrt(s),
      weight: Math.sqrt,
      interval: [0, 1],
      terms: 4,
    },
    generate: refittedMinimax,
    stated: 5.1e-9,
  },
  {
    // cos(tπ/4) = P(t²), absolute error.
    name: "BIG_COSINE",
    table: BIG_COSINE,
    fit: { target: (s) => Math.cos((Math.PI / 4) * Math.sqrt(s)), weight: () => 1, interval: [0, 1], terms: 5 },
    generate: refittedMinimax,
    stated: 4.1e-10,
  },
  {
    // eʳ = 1 + r + r² P(r), relative error.
    name: "EXPONENTIAL",
    table: EXPONENTIAL,
    fit: {
      target: (r) => (Math.expm1(r) - r) / (r * r),
      weight: (r) => r * r * Math.exp(-r),
      interval: [-Math.LN2 / 2, Math.LN2 / 2],
      terms: 5,
    },
    generate: roundedMinimax,
    stated: 3.9e-9,
  },
  {
    name: "NORMAL_TAIL",
    table: NORMAL_TAIL,
    fit: normalTailFit(NORMAL_TAIL_SCALE),
    generate: refittedMinimax,
    stated: 1.3e-8,
  },
];

describe.each(TABLES)("$name", ({ table, fit, generate, stated }) => {
  test("has exact single-precision coefficients", () => {
    expect(table.map(Math.fround)).toEqual([...table]);
  });

  test("is what its generator makes", () => {
    const { coefficients, error } = generate(fit);
    // Another engine's Math.* may move the generator's last digits: then the table is still as good, to 5 %.
    expect(errorOf(fit, table)).toBeLessThanOrEqual(1.05 * error);
    coefficients.forEach((coefficient, power) => {
      // And its coefficients differ by no more than the error allows where the power is largest.
      const reach = Math.max(...fit.interval.map(Math.abs)) ** power;
      expect(Math.abs(coefficient - table[power]) * reach).toBeLessThan(stated);
    });
  });

  test("has the error that its comment states, near that of the minimax with unrounded coefficients", () => {
    expect(errorOf(fit, table)).toBeLessThanOrEqual(stated);
    // Rounding moves the coefficient of the lowest power by up to half an ulp, 2⁻²⁵, that of the error's largest part.
    expect(errorOf(fit, table)).toBeLessThanOrEqual(minimax(fit).error + 2 ** -26);
  });
});

test.each(TABLES)("no polynomial of the degree of $name has a smaller error than the one found", ({ fit }) => {
  const { error, level } = minimax(fit);
  // De la Vallée Poussin: an error that alternates on terms + 1 points is at least its size there. The rest is the grid.
  expect(error / level).toBeLessThan(1 + 1e-5);
});

test("NORMAL_TAIL_SCALE has the least error among its neighbours", () => {
  const own = minimax(normalTailFit(NORMAL_TAIL_SCALE)).error;
  for (const step of [-1 / 128, 1 / 128]) {
    expect(minimax(normalTailFit(NORMAL_TAIL_SCALE + step)).error).toBeGreaterThan(own);
  }
});

test("one term fewer misses the accuracy of MINUS_TWO_LN fivefold", () => {
  // Negative control: the generator can tell a polynomial that is too short.
  expect(minimax({ ...TABLES[0].fit, terms: 7 }).error).toBeGreaterThan(5 * minimax(TABLES[0].fit).error);
});

/** e^(z²/2) (1 − Φ(z)) = ½ + v P(v), v = z/(1 + bz), z in [0, 7]; absolute error times e^(−z²/2), that is of Φ. */
function normalTailFit(b: number): Fit {
  const z = (v: number) => v / (1 - b * v);
  const factor = (v: number) => normalDensity(z(v)) / normalDensity(0);
  return {
    target: (v) => (normalCdf(-z(v)) / factor(v) - 0.5) / v,
    weight: (v) => factor(v) * v,
    interval: [0, 7 / (1 + 7 * b)],
    terms: 5,
  };
}

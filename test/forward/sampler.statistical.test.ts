import { mean, sampleStandardDeviation } from "simple-statistics";
import { describe, expect, test } from "vitest";
import type { LawKind } from "../../src/laws/laws.ts";
import type { ScenarioInput } from "../../src/scenario/scenario.ts";
import { activationMoments } from "../../src/theory/activation.ts";
import { drawInput } from "./draws.ts";

const BATCHES = 120;
// |z| of a mean of 120 batches: Student's t with 119 degrees of freedom exceeds 6.2 with odds below 10⁻⁸; 3 statistics of
// 20 settings give a false-alarm rate below 10⁻⁶. The seeds are fixed.
const LIMIT = 6.2;

/** z of the mean over batches of a statistic against its expected value. */
function zOf(values: number[], expected: number): number {
  return (mean(values) - expected) / (sampleStandardDeviation(values) / Math.sqrt(values.length));
}

/** Average of x, of (x − c)² and of (xᵢ − c)(xⱼ − c), i ≠ j, over a mini-batch, c being the expected mean. */
function momentsAbout(c: number, rows: number[][]): { mean: number; square: number; product: number } {
  const samples = rows[0]?.length ?? 0;
  const width = rows.length;
  let sum = 0;
  let squares = 0;
  let products = 0;
  for (let sample = 0; sample < samples; sample++) {
    let across = 0;
    let acrossSquares = 0;
    for (const row of rows) {
      const deviation = (row[sample] ?? Number.NaN) - c;
      across += deviation;
      acrossSquares += deviation * deviation;
    }
    sum += across;
    squares += acrossSquares;
    products += across * across - acrossSquares;
  }
  return {
    mean: c + sum / samples / width,
    square: squares / samples / width,
    product: products / samples / (width * (width - 1)),
  };
}

function zScores(input: ScenarioInput & { activation: LawKind }) {
  const law = {
    kind: input.activation,
    mean: input.mean ?? 0,
    variance: input.variance ?? 1,
    correlation: input.rho ?? 0,
  };
  const expected = activationMoments(law);
  const batches = Array.from({ length: BATCHES }, (_, batch) =>
    momentsAbout(expected.mean, drawInput({ ...input, batchSize: 64 }, batch)),
  );
  return {
    mean: zOf(
      batches.map((batch) => batch.mean),
      expected.mean,
    ),
    variance: zOf(
      batches.map((batch) => batch.square),
      expected.variance,
    ),
    covariance: zOf(
      batches.map((batch) => batch.product),
      expected.variance * expected.correlation,
    ),
  };
}

describe("the sampler draws the mean, variance and covariance of", () => {
  test.each([
    { activation: "normal", width: 7, mean: 2, variance: 9, rho: 0 },
    { activation: "normal", width: 7, mean: -1, rho: 0.3 },
    { activation: "normal", width: 7, rho: -1 / 6 },
    { activation: "normal", width: 2, rho: -0.7 },
    { activation: "normal", width: 5, mean: 100, rho: 1 },
    { activation: "relu", width: 7, rho: 0 },
    { activation: "relu", width: 7, mean: 1.5, variance: 4, rho: 0.6 },
    { activation: "relu", width: 7, mean: -1, rho: -0.15 },
    { activation: "tanh", width: 7, rho: 0 },
    { activation: "tanh", width: 7, mean: 1.5, variance: 4, rho: 0.6 },
    { activation: "tanh", width: 7, mean: -1, variance: 0.25, rho: -0.15 },
    { activation: "gelu", width: 7, rho: 0 },
    { activation: "gelu", width: 7, mean: 1.5, variance: 4, rho: 0.6 },
    { activation: "gelu", width: 7, mean: -1, rho: -0.15 },
    { activation: "uniform", width: 7, mean: 3, variance: 0.25, rho: 0 },
    { activation: "uniform", width: 7, rho: 0.5 },
    { activation: "uniform", width: 7, rho: -0.15 },
    { activation: "lognormal", width: 7, mean: 1, rho: 0 },
    { activation: "lognormal", width: 7, mean: 2, variance: 1, rho: 0.4 },
    { activation: "lognormal", width: 7, mean: 5, variance: 1, rho: -0.1 },
  ] as const)("$activation, mean $mean, variance $variance, rho $rho", (input) => {
    const z = zScores(input);
    expect(Math.abs(z.mean), `z ${JSON.stringify(z)}`).toBeLessThan(LIMIT);
    expect(Math.abs(z.variance), `z ${JSON.stringify(z)}`).toBeLessThan(LIMIT);
    // At ρ = 1 every z of a batch repeats, and the covariance is the variance again.
    expect(Math.abs(z.covariance), `z ${JSON.stringify(z)}`).toBeLessThan(LIMIT);
  });
});

test("units at the lowest correlation add up to a constant", () => {
  const rows = drawInput({ width: 6, rho: -1 / 5, batchSize: 64 });
  for (let sample = 0; sample < 64; sample++) {
    const sum = rows.reduce((total, row) => total + (row[sample] ?? Number.NaN), 0);
    // Six numbers below 8 in single precision, added with rounding at each step.
    expect(Math.abs(sum)).toBeLessThan(6 * 8 * 2 ** -22);
  }
});

test("negative control: a covariance off by 0.1 is found", () => {
  const batches = Array.from({ length: BATCHES }, (_, batch) =>
    momentsAbout(0, drawInput({ width: 7, rho: 0.3, batchSize: 64 }, batch)),
  );
  const z = zOf(
    batches.map((batch) => batch.product),
    0.4,
  );
  expect(Math.abs(z)).toBeGreaterThan(LIMIT);
});

import { expect, it } from "vitest";
import { alignmentSpread } from "../../src/theory/alignment-spread.ts";

it("alignmentSpread has mean, deviation and pooled alignment of a layer that was worked out by hand", () => {
  // Weights (3, 1) and (1, 0): a = 16/10 and 1; pooled (16 + 1)/(10 + 1).
  const neurons = [
    { sum: 4, sumOfSquares: 10 },
    { sum: 1, sumOfSquares: 1 },
  ];
  const { zeroNeurons, spread, pooled } = alignmentSpread(neurons, 2);
  expect(zeroNeurons).toBe(0);
  expect(spread?.mean).toBeCloseTo(1.3, 15);
  expect(spread?.standardDeviation).toBeCloseTo(0.3, 15);
  expect(pooled).toBe(17 / 11);
});

it("a neuron without weights has no angle: it is counted and left out", () => {
  const neurons = [
    { sum: 2, sumOfSquares: 4 },
    { sum: 0, sumOfSquares: 0 },
  ];
  const alone = { spread: { mean: 1, standardDeviation: 0 }, pooled: 1 };
  expect(alignmentSpread(neurons, 3)).toEqual({ zeroNeurons: 1, ...alone });
  expect(alignmentSpread(neurons.slice(1), 3)).toEqual({ zeroNeurons: 1, spread: null, pooled: null });
});

it("equal weights have the width and no more, whatever the rounding", () => {
  const weights = Array.from({ length: 7 }, () => 0.1);
  const sum = weights.reduce((total, weight) => total + weight, 0);
  const sumOfSquares = weights.reduce((total, weight) => total + weight * weight, 0);
  const { spread } = alignmentSpread([{ sum, sumOfSquares }], 7);
  expect(spread?.mean).toBeLessThanOrEqual(7);
  expect(spread?.mean).toBeCloseTo(7, 13);
});

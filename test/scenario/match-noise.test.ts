import { describe, expect, test } from "vitest";
import { NOISE_KINDS } from "../../src/noises/noises.ts";
import { scenarioId } from "../../src/scenario/canonical.ts";
import { defineScenario } from "../../src/scenario/define.ts";
import { type GridInput, gridOf } from "../../src/scenario/grid.ts";
import { matchedNoise } from "../../src/scenario/match-noise.ts";

function cellsOf(input: GridInput) {
  const grid = gridOf(matchedNoise(input));
  return Array.from({ length: grid.size }, (_, index) => grid.cell(index));
}

describe("noise of matched strength", () => {
  test("β = 0.1 is σ² = 1/300, and of Bernoulli dropout a drop of 1/301", () => {
    const cells = cellsOf({ noise: "uout,bernoulli,gaussian", beta: "0.1" });
    expect(cells.map(({ noise }) => noise)).toEqual(["uout", "bernoulli", "gaussian"]);
    for (const { relativeVariance } of cells) expect(relativeVariance).toBeCloseTo(1 / 300, 16);
    expect(cells[1]?.drop).toBeCloseTo(1 / 301, 15);
    expect(cells[0]?.beta).toBe(0.1);
    expect(scenarioId(cells[0] ?? defineScenario())).toBe(scenarioId(defineScenario({ noise: "uout", beta: 0.1 })));
  });

  test.each<[GridInput, number]>([
    [{ keep: 0.75 }, 1 / 3],
    [{ drop: "0.2" }, 0.25],
    [{ relativeVariance: 0.1 }, 0.1],
    [{ beta: 1 }, 1 / 3],
  ])("is that of any spelling, of three kinds where none are named: %o", (strength, expected) => {
    const cells = cellsOf(strength);
    expect(cells.map(({ noise }) => noise)).toEqual(["bernoulli", "gaussian", "uout"]);
    for (const { relativeVariance } of cells) expect(relativeVariance).toBeCloseTo(expected, 15);
  });

  test("takes lists and ranges, and every kind that has a strength", () => {
    const kinds = NOISE_KINDS.filter((kind) => kind !== "none");
    const cells = cellsOf({ noise: kinds, keep: "0.8:0.9:0.05", layer: "linear" });
    expect(cells).toHaveLength(3 * kinds.length);
    for (const { keep, relativeVariance } of cells) expect(relativeVariance * keep).toBeCloseTo(1 - keep, 14);
  });

  test.each<[GridInput, RegExp]>([
    [{ noise: "uout" }, /^matchNoise: needs the strength/],
    [{ keep: 0.5, beta: 0.1 }, /^beta: cannot be combined with `keep`/],
    [{ keep: 0.5 }, /uout reaches 1\/3 at most.*\(at `noise` uout\)/],
    [{ keep: 0.9, noise: "none,gaussian" }, /the noise is none/],
  ])("is refused for %o", (input, message) => {
    expect(() => cellsOf(input)).toThrow(message);
  });
});

import { test } from "@fast-check/vitest";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LAW_KINDS } from "../../src/laws/laws.ts";
import { defineScenario } from "../../src/scenario/define.ts";
import { latentCorrelation, lowestCorrelation } from "../../src/scenario/latent.ts";

const KIND = fc.constantFrom(...LAW_KINDS);
const WIDTH = fc.oneof(fc.integer({ min: 2, max: 16 }), fc.integer({ min: 2, max: 2 ** 20 }));
/** variance/mean² in [10⁻⁶, 4], as lognormal allows. */
const SPREAD = fc.oneof(
  fc.integer({ min: 1, max: 4000 }).map((thousandths) => thousandths / 1000),
  fc.integer({ min: 1, max: 1000 }).map((millionths) => millionths / 1e6),
);
const INPUT = fc
  .record({ activation: KIND, width: WIDTH, variance: SPREAD })
  .map((input) => ({ ...input, mean: 1, rho: 0 }));

describe("the lowest correlation", () => {
  test.prop([INPUT])("is accepted, as the message that names it promises", (input) => {
    const rho = lowestCorrelation(input);
    expect(defineScenario({ ...input, rho }).rho).toBe(rho);
  });

  test.prop([INPUT])("is refused one part in a million lower", (input) => {
    const rho = Math.max(-1, lowestCorrelation(input)) * (1 + 1e-6);
    expect(() => defineScenario({ ...input, rho })).toThrow(/^rho: /);
  });

  test.prop([INPUT])("has the lowest latent correlation, −1/(d − 1)", (input) => {
    const rho = lowestCorrelation(input);
    const latent = -1 / (input.width - 1);
    // There and back take ten steps at most, each of them good to one unit in the last place.
    expect(Math.abs(latentCorrelation({ ...input, rho }) / latent - 1)).toBeLessThanOrEqual(10 * Number.EPSILON);
  });

  it.each(LAW_KINDS)("of one unit of %s is −1: there is no pair", (activation) => {
    expect(lowestCorrelation({ activation, width: 1, mean: 1, variance: 1, rho: 0 })).toBe(-1);
    expect(defineScenario({ activation, width: 1, mean: 1, rho: -1 }).rho).toBe(-1);
  });

  it("of three normals is −1/2, of two uniforms −1, of two lognormals less far", () => {
    const of = (activation: "normal" | "uniform" | "lognormal", width: number) =>
      lowestCorrelation({ activation, width, mean: 1, variance: 1, rho: 0 });
    expect(of("normal", 3)).toBe(-0.5);
    expect(of("uniform", 2)).toBe(-1);
    // (e^{−s²} − 1)/(e^{s²} − 1) = −e^{−s²}, and e^{s²} is 1 + v/c² = 2
    expect(of("lognormal", 2)).toBeCloseTo(-0.5, 15);
  });
});

describe("the latent correlation", () => {
  test.prop([INPUT])("of uncorrelated units is 0, and of equal ones 1", (input) => {
    expect(latentCorrelation(input)).toBe(0);
    expect(latentCorrelation({ ...input, rho: 1 })).toBe(1);
  });

  test.prop([INPUT, fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true })])(
    "does not fall as the correlation rises",
    (input, one, other) => {
      const [low, high] = [Math.min(one, other), Math.max(one, other)];
      // Two units in the last place, for the logarithm and the sine.
      const slack = 2 * Number.EPSILON;
      const latentOf = (rho: number) => latentCorrelation({ ...input, rho });
      expect(latentOf(low)).toBeLessThanOrEqual(latentOf(high) + slack);
    },
  );

  // Kruskal 1958: r = 2 sin(πρ/6); at ρ = ½ it is 2 sin 15° = (√6 − √2)/2.
  it("of uniforms with ρ = 1/2 is 2 sin 15°", () => {
    const input = { activation: "uniform", mean: 0, variance: 1, rho: 0.5 } as const;
    expect(latentCorrelation(input)).toBeCloseTo((Math.sqrt(6) - Math.sqrt(2)) / 2, 15);
  });

  it("of a lognormal that does not exist is −∞", () => {
    const input = { activation: "lognormal", mean: 1, variance: 2, rho: -0.6 } as const;
    expect(latentCorrelation(input)).toBe(Number.NEGATIVE_INFINITY);
  });
});

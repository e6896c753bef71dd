import { describe, expect, it } from "vitest";
import { scaleOf } from "../../../src/report/figure/scales.ts";
import { tickNames, ticksOf } from "../../../src/report/figure/ticks.ts";

const LINEAR = { isLogarithmic: false, isPercentage: false } as const;
const LOGARITHMIC = { isLogarithmic: true, isPercentage: false } as const;

describe("ticks of a logarithmic axis", () => {
  it.each([
    [[0.09, 1.1], 6, [0.1, 0.2, 0.5, 1]],
    [[0.00004, 1], 6, [0.0001, 0.001, 0.01, 0.1, 1]],
    [[1e-12, 1], 6, [1e-12, 1e-10, 1e-8, 1e-6, 0.0001, 0.01, 1]],
    [[3, 4], 6, [3, 3.2, 3.4, 3.6, 3.8, 4]],
  ])("from %j, about %i: %j", (domain, count, ticks) => {
    expect(ticksOf(scaleOf(LOGARITHMIC).domain(domain), LOGARITHMIC, count)).toEqual(ticks);
  });
});

describe("names of ticks", () => {
  it.each([
    ["have as many decimals each", [0, 0.5, 1], LINEAR, ["0.0", "0.5", "1.0"]],
    ["are whole where all are", [16, 128, 1024], LINEAR, ["16", "128", "1024"]],
    ["have thin spaces where one has five digits", [5000, 20000], LINEAR, ["5\u202f000", "20\u202f000"]],
    ["have true minus signs, and none before a zero", [-0.2, -0, 0.2], LINEAR, ["−0.2", "0.0", "0.2"]],
    ["are percentages", [-0.002, 0, 0.002], { ...LINEAR, isPercentage: true }, ["−0.2 %", "0.0 %", "0.2 %"]],
    ["are powers of ten where they are very small", [0, 0.00002, 0.00005], LINEAR, ["0", "2·10⁻⁵", "5·10⁻⁵"]],
    ["have decimals of their own on a logarithmic axis", [0.01, 0.1, 1], LOGARITHMIC, ["0.01", "0.1", "1"]],
    ["are all powers where one must be", [1e-5, 0.1], LOGARITHMIC, ["10⁻⁵", "10⁻¹"]],
    ["of values that are not round are cut", [1 / 3, 2 / 3], LINEAR, ["0.33", "0.67"]],
    ["keep the digits that tell them apart", [0.99664, 0.99666], LINEAR, ["0.99664", "0.99666"]],
  ] as const)("%s", (_, ticks, axis, names) => {
    expect(tickNames(ticks, axis)).toEqual(names);
  });
});

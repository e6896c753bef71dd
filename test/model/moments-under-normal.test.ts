import { expect, it } from "vitest";
import { POINTWISE, type PointwiseName, pointwise } from "../../src/activations/pointwise.ts";
import { momentsUnderNormal } from "../../src/model/moments-under-normal.ts";
import { normalCdf, normalDensity } from "../../src/numeric/normal.ts";

it.each([
  [0, 1],
  [-1.5, 0.7],
  [3, 2],
])("relu of N(%f, %f²) has the closed form's moments", (mean, deviation) => {
  const h = mean / deviation;
  const first = mean * normalCdf(h) + deviation * normalDensity(h);
  const second = (mean * mean + deviation * deviation) * normalCdf(h) + mean * deviation * normalDensity(h);
  const found = momentsUnderNormal(pointwise({ name: "relu", parameters: [] }), { mean, variance: deviation ** 2 });
  expect(found.mean).toBeCloseTo(first, 12);
  expect(found.variance).toBeCloseTo(second - first * first, 12);
  expect(found.slope).toBeCloseTo(normalCdf(h), 12);
});

it.each(Object.keys(POINTWISE) as PointwiseName[])(
  "%s has the moments of a fine sum, and its slope by differences",
  (name) => {
    const f = pointwise({ name, parameters: [] });
    const mean = 0.8;
    const deviation = 1.7;
    // The trapezium rule on 200,001 points: its error at a kink is below 10⁻⁸.
    const step = 20 / 200_000;
    let first = 0;
    let second = 0;
    let slope = 0;
    for (let g = -10; g <= 10; g += step) {
      const weight = normalDensity(g) * step;
      const z = mean + deviation * g;
      const value = f.at(z);
      first += weight * value;
      second += weight * value * value;
      slope += (weight * (f.at(z + 1e-5) - f.at(z - 1e-5))) / 2e-5;
    }
    const found = momentsUnderNormal(f, { mean, variance: deviation ** 2 });
    expect(found.mean).toBeCloseTo(first, 6);
    expect(found.variance).toBeCloseTo(second - first * first, 6);
    // A difference across a kink is off by as much as a step has of the distribution.
    expect(found.slope).toBeCloseTo(slope, 4);
  },
);

it("a constant has the function's value, and no variance", () => {
  const sigmoid = pointwise({ name: "sigmoid", parameters: [] });
  expect(momentsUnderNormal(sigmoid, { mean: 0, variance: 0 })).toEqual({ mean: 0.5, variance: 0, slope: 0 });
});

it.each([
  ["leaky_relu", [0.2], -3, -0.6],
  ["elu", [2], -1, 2 * Math.expm1(-1)],
  ["hardtanh", [0, 6], 7, 6],
  ["hardtanh", [], -7, -1],
  ["hardsigmoid", [], 1.5, 0.75],
  ["hardswish", [], 1.5, 1.125],
  ["silu", [], 1, 1 / (1 + Math.exp(-1))],
  ["sigmoid", [], -800, 0],
  ["gelu", [], 1, 0.8413447460685429],
  // torch.nn.functional.gelu(torch.tensor(1., dtype=torch.float64), approximate="tanh")
  ["gelu_tanh", [], 1, 0.8411919906082768],
] as const)("%s with %o at %f is %f", (name, parameters, x, value) => {
  expect(pointwise({ name, parameters }).at(x)).toBeCloseTo(value, 12);
});

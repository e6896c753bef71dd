import { mean } from "simple-statistics";
import { describe, expect, test } from "vitest";
import { modelNoiseKey } from "../../src/forward/key.ts";
import type { Draws } from "../../src/model/draws.ts";
import type { NoiseOfModel } from "../../src/model/graph.ts";
import { noiseRoom, noisy } from "../../src/passes/noise.ts";
import { simdKernel } from "../kernel/simd-kernel.ts";
import { dropout } from "../model/graphs.ts";
import { numbers } from "./networks.ts";

// |z| of a mean of n independent draws, n ≥ 10⁴: above 6 with odds of 2·10⁻⁹ where the mean is normal, and below 10⁻⁸ with what skewness
// adds; fewer than 100 statistics give a false-alarm rate below 10⁻⁶. The seeds are fixed.
const LIMIT = 6;

const kernel = simdKernel(1 << 20);
const room = noiseRoom(kernel);

interface Setting {
  readonly shape: readonly number[];
  readonly inputs: number;
  readonly masks?: number;
  readonly firstInput?: number;
  readonly seed?: string;
  readonly number?: number;
}

/** All inputs with the first mask, then with the next. */
function noised(layer: NoiseOfModel, x: (at: number) => number, setting: Setting): Float32Array {
  const { shape, inputs, masks = 1, firstInput = 0, seed = "noise", number = 0 } = setting;
  const address = { firstInput, inputs, firstMask: 0, masks };
  const key = modelNoiseKey(seed, number);
  const { run } = noisy(kernel, room, { layer, input: { shape, isConstant: false }, key, address });
  const size = shape.reduce((a, b) => a * b, 1);
  const values = Float32Array.from({ length: masks * inputs * size }, (_, at) => x(at));
  run?.([values], values, masks * inputs);
  return values;
}

function noise(noise: NoiseOfModel["noise"], draws: Draws, shares: NoiseOfModel["shares"] = "unit"): NoiseOfModel {
  return { kind: "noise", noise, shares, drop: null, variance: null, draws };
}

const alpha = (drop: number, shares: NoiseOfModel["shares"] = "unit"): NoiseOfModel => ({
  ...{ kind: "noise", noise: "alpha-dropout", shares, drop, variance: null, draws: null },
});

/** z of the mean and of the variance about it, against a law's central moments of orders 1, 2 and 4. */
function zOf(values: ArrayLike<number>, [expected, variance, fourth]: readonly [number, number, number]) {
  const deviations = Array.from(values, (value) => value - expected);
  const squares = deviations.map((value) => value * value);
  const root = Math.sqrt(values.length);
  return {
    mean: (mean(deviations) / Math.sqrt(variance)) * root,
    variance: ((mean(squares) - variance) / Math.sqrt(fourth - variance * variance)) * root,
  };
}

/** Central moments of a number that is `one` with a probability, else `other`. */
function twoValued(probability: number, one: number, other: number): [number, number, number] {
  const expected = probability * one + (1 - probability) * other;
  const order = (n: number) => probability * (one - expected) ** n + (1 - probability) * (other - expected) ** n;
  return [expected, order(2), order(4)];
}

const uniform: Draws = { base: { law: "uniform" }, offset: 0.4, factor: 1.2 };
const normal: Draws = { base: { law: "normal" }, offset: 1, factor: 0.3 };
const around: Draws = { base: { law: "mask", keep: 0.3 }, offset: 0.7, factor: 1 };

// torch.nn.AlphaDropout: α′ = −scale·alpha of SELU; a = ((1 − p)(1 + p·α′²))^−½, b = −a·p·α′; a unit becomes a·x + b, or a·α′ + b.
const DROPPED = -1.0507009873554805 * 1.6732632423543772;
const slope = (drop: number) => 1 / Math.sqrt((1 - drop) * (1 + drop * DROPPED * DROPPED));
const shift = (drop: number) => -slope(drop) * drop * DROPPED;

/** Of an input of 2. */
const LAWS: readonly [string, NoiseOfModel, readonly [number, number, number]][] = [
  // Of half, a square has no variance of its own.
  ["dropout of nearly half", dropout(0.45), twoValued(0.55, 2 / 0.55, 0)],
  ["dropout of a tenth", dropout(0.1), twoValued(0.9, 2 / 0.9, 0)],
  ["dropout of channels", dropout(0.3, "channel"), twoValued(0.7, 2 / 0.7, 0)],
  ["dropout of samples", dropout(0.2, "sample"), twoValued(0.8, 2.5, 0)],
  ["uniform multipliers", noise("multiplied", uniform), [2, 2.4 ** 2 / 12, 2.4 ** 4 / 80]],
  ["normal multipliers", noise("multiplied", normal), [2, 0.6 ** 2, 3 * 0.6 ** 4]],
  ["multipliers of two values", noise("multiplied", around), twoValued(0.3, 3.4, 1.4)],
  ["normal multipliers of channels", noise("multiplied", normal, "channel"), [2, 0.6 ** 2, 3 * 0.6 ** 4]],
  ["added normal numbers", noise("added", { ...normal, offset: 0 }), [2, 0.3 ** 2, 3 * 0.3 ** 4]],
  ["added uniform numbers", noise("added", { ...uniform, offset: -0.6 }), [2, 1.2 ** 2 / 12, 1.2 ** 4 / 80]],
  ["alpha dropout", alpha(0.2), twoValued(0.8, slope(0.2) * 2 + shift(0.2), slope(0.2) * DROPPED + shift(0.2))],
  [
    "alpha dropout of channels",
    alpha(0.4, "channel"),
    twoValued(0.6, slope(0.4) * 2 + shift(0.4), slope(0.4) * DROPPED + shift(0.4)),
  ],
];

/** A number of each draw: the first unit that it belongs to. */
function draws(layer: NoiseOfModel, setting: Pick<Setting, "masks"> & { readonly mask?: number } = {}): Float32Array {
  const perInput = { unit: 40, channel: 10, sample: 1 }[layer.shares];
  const inputs = 40_000 / perInput;
  const { masks = 1, mask = 0 } = setting;
  const all = noised(layer, () => 2, { shape: [10, 4], inputs, masks });
  const own = all.subarray(mask * inputs * 40, (mask + 1) * inputs * 40);
  return own.filter((_, at) => at % (40 / perInput) === 0);
}

describe("each mask by itself has the mean and the variance of its law", () => {
  test.each(LAWS)("%s", (_, layer, moments) => {
    for (const [mask, masks] of [
      [0, 1],
      [0, 5],
      [1, 5],
      [4, 5],
    ] as const) {
      const z = zOf(draws(layer, { masks, mask }), moments);
      expect(Math.abs(z.mean), `mean of mask ${mask} of ${masks}`).toBeLessThan(LIMIT);
      expect(Math.abs(z.variance), `variance of mask ${mask} of ${masks}`).toBeLessThan(LIMIT);
    }
  });

  test("negative control: other strengths are found", () => {
    const wrong: readonly [NoiseOfModel, readonly [number, number, number], keyof ReturnType<typeof zOf>][] = [
      [
        { ...dropout(0.5), draws: { base: { law: "mask", keep: 0.46 }, offset: 0, factor: 2 } },
        twoValued(0.5, 4, 0),
        "mean",
      ],
      [dropout(0.44), twoValued(0.55, 2 / 0.55, 0), "variance"],
      [noise("multiplied", { ...uniform, factor: 1.25, offset: 0.375 }), [2, 2.4 ** 2 / 12, 2.4 ** 4 / 80], "variance"],
      [noise("multiplied", { ...normal, factor: 0.315 }), [2, 0.6 ** 2, 3 * 0.6 ** 4], "variance"],
      [noise("added", { ...normal, offset: 0.02 }), [2, 0.3 ** 2, 3 * 0.3 ** 4], "mean"],
      [alpha(0.22), twoValued(0.8, slope(0.2) * 2 + shift(0.2), slope(0.2) * DROPPED + shift(0.2)), "mean"],
    ];
    for (const [layer, moments, which] of wrong)
      expect(Math.abs(zOf(draws(layer), moments)[which])).toBeGreaterThan(LIMIT);
  });
});

describe("what shares a draw", () => {
  test.each([
    ["channel", 4],
    ["sample", 40],
  ] as const)("is a whole %s", (shares, units) => {
    for (const layer of [dropout(0.5, shares), noise("multiplied", normal, shares), alpha(0.5, shares)]) {
      const values = noised(layer, () => 2, { shape: [10, 4], inputs: 20, masks: 2 });
      expect(values).toEqual(values.map((_, at) => values[at - (at % units)] as number));
      expect(new Set(values).size).toBeGreaterThan(1);
    }
  });

  test("where there are more draws of an input than are made at a time", () => {
    const values = noised(dropout(0.5), () => 1, { shape: [5003], inputs: 8 });
    const moments = twoValued(0.5, 2, 0);
    expect(Math.abs(zOf(values, moments).mean)).toBeLessThan(LIMIT);
    // Each stretch of draws has its own.
    const [one, next] = [values.subarray(0, 2048), values.subarray(2048, 4096)];
    const z = mean(Array.from(one, (value, at) => (value - 1) * ((next[at] as number) - 1))) * Math.sqrt(2048);
    expect(Math.abs(z)).toBeLessThan(LIMIT);
  });
});

describe("the masks of an input belong together", () => {
  test.each([
    [8, 0.25],
    [10, 0.3],
    [16, 0.5],
    [5, 0.8],
  ])("of %d, each unit is dropped as often as a drop rate of %d says", (masks, drop) => {
    for (const layer of [dropout(drop), dropout(drop, "channel")]) {
      const inputs = 50;
      const values = noised(layer, () => 1, { shape: [6, 5], inputs, masks });
      const stride = inputs * 30;
      for (let at = 0; at < stride; at++) {
        let dropped = 0;
        for (let mask = 0; mask < masks; mask++) dropped += Number(values[mask * stride + at] === 0);
        expect(dropped).toBe(Math.round(masks * drop));
      }
    }
  });

  test("negative control: masks of different inputs drop a unit now more, now less often", () => {
    const values = noised(dropout(0.25), () => 1, { shape: [30], inputs: 8 });
    const counts = Array.from({ length: 30 }, (_, unit) =>
      Array.from({ length: 8 }, (_, input) => Number(values[input * 30 + unit] === 0)).reduce((a, b) => a + b),
    );
    expect(new Set(counts).size).toBeGreaterThan(1);
  });

  test("normal numbers come in pairs z and −z", () => {
    const values = noised(noise("added", { ...normal, offset: 0 }), () => 0, { shape: [30], inputs: 4, masks: 6 });
    for (let mask = 0; mask < 6; mask += 2) {
      const [one, other] = [mask, mask + 1].map((at) => values.subarray(at * 120, (at + 1) * 120)) as [
        Float32Array,
        Float32Array,
      ];
      expect(other).toEqual(one.map((value) => -value));
    }
    const [first, third] = [values.subarray(0, 120), values.subarray(240, 360)];
    expect(first).not.toEqual(third);
  });
});

/** z of the mean product of two standardized rows of draws. */
function zOfProducts(one: readonly number[], other: readonly number[]): number {
  return mean(one.map((value, at) => value * (other[at] as number))) * Math.sqrt(one.length);
}

test("units, inputs, layers and seeds are uncorrelated within a mask; negative control: a layer with itself is not", () => {
  // Of half: what is kept less what is dropped is ±1.
  const signs = (setting: Partial<Setting>, mask = 0) => {
    const all = noised(dropout(0.5), () => 1, { shape: [4], inputs: 10_000, masks: 3, ...setting });
    return [...all.subarray(mask * 40_000, (mask + 1) * 40_000)].map((value) => value - 1);
  };
  const own = signs({});
  const every = (values: readonly number[], unit: number) => values.filter((_, at) => at % 4 === unit);
  for (const mask of [0, 2]) {
    const values = signs({}, mask);
    for (const [one, other] of [
      [0, 1],
      [0, 2],
      [0, 3],
      [1, 2],
      [2, 3],
    ] as const) {
      expect(Math.abs(zOfProducts(every(values, one), every(values, other)))).toBeLessThan(LIMIT);
    }
    expect(Math.abs(zOfProducts(values.slice(4), values.slice(0, -4)))).toBeLessThan(LIMIT);
  }
  for (const other of [signs({ seed: "another" }), signs({ number: 1 }), signs({ firstInput: 10_000 })]) {
    expect(Math.abs(zOfProducts(own, other))).toBeLessThan(LIMIT);
  }
  expect(zOfProducts(own, signs({}))).toBeGreaterThan(LIMIT);
});

test("the same seed, input and mask have the same draws, whatever runs with them", () => {
  for (const layer of [
    dropout(0.3),
    noise("multiplied", normal),
    alpha(0.3),
    noise("added", { ...uniform, offset: -0.6 }, "channel"),
  ]) {
    const all = noised(layer, (at) => at % 6, { shape: [3, 2], inputs: 5, masks: 4 });
    const some = noised(layer, (at) => at % 6, { shape: [3, 2], inputs: 2, masks: 4, firstInput: 3 });
    for (let mask = 0; mask < 4; mask++) {
      const own = some.subarray(12 * mask, 12 * (mask + 1));
      expect(own).toEqual(all.subarray(30 * mask + 18, 30 * (mask + 1)));
    }
  }
});

test("alpha dropout keeps mean 0 and variance 1; negative control: dropout does not keep the variance", () => {
  // Uniform with mean 0 and variance 1, as good as what SELU makes: the definition takes nothing else.
  const x = numbers(40_000, 3).map((value) => value * Math.sqrt(3));
  const kurtosisOf = (values: Float32Array) => mean(Array.from(values, (value) => value ** 4));
  for (const drop of [0.05, 0.3, 0.6]) {
    const values = noised(alpha(drop), (at) => x[at] as number, { shape: [40], inputs: 1000 });
    const z = zOf(values, [0, 1, kurtosisOf(values)]);
    expect(Math.abs(z.mean)).toBeLessThan(LIMIT);
    expect(Math.abs(z.variance)).toBeLessThan(LIMIT);
  }
  const values = noised(dropout(0.3), (at) => x[at] as number, { shape: [40], inputs: 1000 });
  expect(zOf(values, [0, 1, kurtosisOf(values)]).variance).toBeGreaterThan(LIMIT);
});

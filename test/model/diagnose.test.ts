import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { VshiftError } from "../../src/errors.ts";
import { diagnose } from "../../src/model/diagnose.ts";
import type { ConvolutionOfModel, ModelLayer } from "../../src/model/graph.ts";
import {
  dropout,
  evenly,
  FLATTEN,
  GELU,
  graphOf,
  INPUT,
  norm,
  opaque,
  RELU,
  tensor,
  tiles,
  type Written,
} from "./graphs.ts";

/** That of the last norm. */
function last(...layers: readonly Written[]) {
  const found = diagnose(graphOf(...layers)).at(-1);
  if (found === undefined) throw new Error("no norm");
  return found;
}

const of = (layer: ModelLayer, shape: readonly (number | null)[], from?: readonly number[]): Written =>
  from === undefined ? { layer, shape } : { layer, shape, from };

describe("noise straight before a norm", () => {
  const V = [2, 5, 0.3];
  const M = [0, 1.5, -0.2];
  const straight = (...layers: readonly ModelLayer[]) =>
    last(
      of(INPUT, [null, 3]),
      ...layers.map((layer) => of(layer, [null, 3])),
      of(norm({ mean: M, variance: V }), [null, 3]),
    );
  /** V − σ²(V + M²)/(1 + σ²), over V, for noise that keeps with this probability: σ²/(1 + σ²) = 1 − keep. */
  const ratios = (keep: number) => V.map((v, at) => 1 - ((1 - keep) * (v + (M[at] as number) ** 2)) / v);

  it("is exact, channel by channel", () => {
    const { prediction, noise } = straight(dropout(0.2));
    expect(prediction.method).toBe("exact");
    const expected = ratios(0.8);
    for (const [at, ratio] of expected.entries()) expect(prediction.channels?.ratio[at]).toBeCloseTo(ratio, 12);
    expect(prediction.ratio).toBeCloseTo(expected.reduce((sum, ratio) => sum + ratio) / 3, 12);
    expect(prediction).toMatchObject({ low: prediction.ratio, high: prediction.ratio, meanShift: 0, reason: null });
    expect(noise.map(({ module }) => module)).toEqual(["m1"]);
  });

  it("is that of both where two are in a row", () => {
    expect(straight(dropout(0.2), dropout(0.1)).prediction.ratio).toBeCloseTo(
      ratios(0.72).reduce((sum, ratio) => sum + ratio) / 3,
      12,
    );
  });

  it("passes functions that are homogeneous, and no others", () => {
    expect(straight(dropout(0.2), RELU).prediction).toEqual(straight(dropout(0.2)).prediction);
    const scaled = straight(dropout(0.2), { kind: "scale", factor: -3 }).prediction;
    expect(scaled.channels?.ratio).toEqual(straight(dropout(0.2)).prediction.channels?.ratio);
    expect(straight(dropout(0.2), GELU).prediction).toMatchObject({
      method: "needs-data",
      reason: "noise before gelu (m2, net.py:2)",
    });
  });

  it("of whole channels passes a max-pool and an average, too", () => {
    const pooled = (shares: "unit" | "channel", pool: "max" | "average") =>
      last(
        of(INPUT, [null, 3, 4, 4]),
        of(dropout(0.2, shares), [null, 3, 4, 4]),
        of(tiles(pool, 2, 2), [null, 3, 2, 2]),
        of(norm({ mean: M, variance: V }), [null, 3, 2, 2]),
      ).prediction;
    expect(pooled("channel", "max")).toEqual(straight(dropout(0.2)).prediction);
    expect(pooled("channel", "average")).toEqual(straight(dropout(0.2)).prediction);
    expect(pooled("unit", "max").reason).toBe("noise before a max-pool (m2, net.py:2)");
    expect(pooled("unit", "average").method).toBe("needs-data");
  });

  it("counts for the noisy channels of a concatenation alone, flattened as well", () => {
    const { prediction } = last(
      of(INPUT, [null, 1, 2]),
      of(dropout(0.5), [null, 1, 2]),
      of({ kind: "concat" }, [null, 2, 2], [0, 1]),
      of(FLATTEN, [null, 4]),
      of(norm({ mean: [0, 0, 0, 0], variance: [1, 1, 1, 1] }), [null, 4]),
    );
    expect([...(prediction.channels?.ratio ?? [])]).toEqual([1, 1, 0.5, 0.5]);
    expect(prediction.method).toBe("exact");
  });
});

describe("a norm that no noise reaches", () => {
  it("is a control, whatever is in between", () => {
    const { prediction, noise } = last(
      of(INPUT, [null, 2]),
      of(opaque("aten.fft"), [null, 2]),
      of(norm({ mean: [0, 0], variance: [1, 0] }), [null, 2]),
    );
    expect(noise).toEqual([]);
    expect(prediction).toMatchObject({ method: "exact", ratio: 1, meanShift: 0 });
  });
});

/** relu(N(β, γ²)) by hand: E x², as in the closed form of a rectified normal with mean 0: γ²/2. */
const HALF = 0.5;

describe("noise behind a norm", () => {
  const W = [1, -2, 0.5, 3, 0, 1];
  const behind = (noise: ModelLayer, norms: readonly ModelLayer[], V = 20) =>
    last(
      of(INPUT, [null, 3]),
      of(norm({ mean: [1, 2, 3], variance: [4, 9, 1] }), [null, 3]),
      ...norms.map((layer) => of(layer, [null, 3])),
      of(noise, [null, 3]),
      of({ kind: "linear", weight: tensor([2, 3], W), bias: null }, [null, 2]),
      of(norm({ mean: [0, 0], variance: [V, V] }), [null, 2]),
    ).prediction;

  it("goes through weights as σ²·Σ w²·E x²", () => {
    const { method, channels } = behind(dropout(0.5), [RELU]);
    expect(method).toBe("transport");
    expect(channels?.ratio[0]).toBeCloseTo(1 - ((1 + 4 + 0.25) * HALF) / 20, 12);
    expect(channels?.ratio[1]).toBeCloseTo(1 - ((9 + 0 + 1) * HALF) / 20, 12);
  });

  it("is exact within its bounds where no function is between: E x² = β² + γ²", () => {
    const { ratio, low, high } = behind(dropout(0.5), []);
    expect(low).toBeCloseTo(ratio as number, 12);
    expect(high).toBeCloseTo(ratio as number, 12);
  });

  it("lies within the bounds for any data that have the norm's mean and variance", () => {
    const law = fc.record({
      // Values a and b with probabilities q and 1 − q, of mean 0 and variance 1.
      q: fc.double({ min: 0.001, max: 0.999, noNaN: true }),
      bias: fc.double({ min: -3, max: 3, noNaN: true }),
      gain: fc.double({ min: -2, max: 2, noNaN: true }),
      drop: fc.double({ min: 0.01, max: 0.9, noNaN: true }),
    });
    fc.assert(
      fc.property(law, ({ q, bias, gain, drop }) => {
        const a = Math.sqrt((1 - q) / q);
        const b = -Math.sqrt(q / (1 - q));
        const rectified = (z: number) => Math.max(0, bias + gain * z) ** 2;
        const added = (drop / (1 - drop)) * (q * rectified(a) + (1 - q) * rectified(b));
        const V = 500;
        const { low, high } = last(
          of(INPUT, [null, 1]),
          of(norm({ mean: [0], variance: [1], gain: [gain], bias: [bias] }), [null, 1]),
          of(RELU, [null, 1]),
          of(dropout(drop), [null, 1]),
          of({ kind: "linear", weight: tensor([1, 1], [1]), bias: null }, [null, 1]),
          of(norm({ mean: [0], variance: [V] }), [null, 1]),
        ).prediction;
        expect(1 - added / V).toBeGreaterThanOrEqual((low as number) - 1e-12);
        expect(1 - added / V).toBeLessThanOrEqual((high as number) + 1e-12);
      }),
      { seed: 7 },
    );
  });

  it("needs data where next to nothing would be left", () => {
    expect(behind(dropout(0.5), [RELU], 5.1).reason).toBe(
      "less than 2 % of the running variance would be left in 1 of 2 channels of bn",
    );
  });

  it("is a bound behind an average, whose variance no norm tells", () => {
    const { prediction } = last(
      of(INPUT, [null, 1, 4]),
      of(norm({ mean: [0], variance: [1] }), [null, 1, 4]),
      of(tiles("average", 2, 2), [null, 1, 1]),
      of(FLATTEN, [null, 1]),
      of(dropout(0.5), [null, 1]),
      of({ kind: "linear", weight: tensor([1, 1], [2]), bias: null }, [null, 1]),
      of(norm({ mean: [0], variance: [10] }), [null, 1]),
    );
    // Var of what noise adds is 4·E x̄², from 0 to 4.
    expect(prediction).toMatchObject({ method: "bound", ratio: null, low: 0.6, high: 1, channels: null });
  });
});

describe("a convolution", () => {
  const kernels = fc
    .record({
      size: fc.integer({ min: 3, max: 6 }),
      kernel: fc.integer({ min: 1, max: 3 }),
      stride: fc.integer({ min: 1, max: 2 }),
      padding: fc.integer({ min: 0, max: 1 }),
      dilation: fc.integer({ min: 1, max: 2 }),
      groups: fc.constantFrom(1, 2),
      drop: fc.double({ min: 0.1, max: 0.6, noNaN: true }),
      weights: fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 72, maxLength: 72 }),
    })
    .filter(({ size, kernel, padding, dilation }) => size + 2 * padding > dilation * (kernel - 1));

  it("adds up masks over its taps, at all positions, as plain loops do", () => {
    fc.assert(
      fc.property(kernels, ({ size, kernel, stride, padding, dilation, groups, drop, weights }) => {
        const [neurons, channels] = [4, 2 * groups];
        const width = channels / groups;
        const length = Math.floor((size + 2 * padding - dilation * (kernel - 1) - 1) / stride) + 1;
        const w = weights.slice(0, neurons * width * kernel * kernel);
        const layer: ConvolutionOfModel = {
          kind: "convolution",
          weight: tensor([neurons, width, kernel, kernel], w),
          bias: null,
          groups,
          stride: [stride, stride],
          padding: evenly(padding, padding),
          dilation: [dilation, dilation],
        };
        const variance = Array.from({ length: channels }, (_, at) => at + 1);
        const V = 1000;
        const zeros = (count: number) => new Array<number>(count).fill(0);
        const { prediction } = last(
          of(INPUT, [null, channels, size, size]),
          of(norm({ mean: zeros(channels), variance, gain: variance.map(Math.sqrt) }), [null, channels, size, size]),
          of(dropout(drop), [null, channels, size, size]),
          of(layer, [null, neurons, length, length]),
          of(norm({ mean: zeros(neurons), variance: new Array<number>(neurons).fill(V) }), [
            null,
            neurons,
            length,
            length,
          ]),
        );
        for (let neuron = 0; neuron < neurons; neuron++) {
          let sum = 0;
          for (let row = 0; row < length; row++) {
            for (let column = 0; column < length; column++) {
              for (let k = 0; k < width; k++) {
                for (let i = 0; i < kernel; i++) {
                  for (let j = 0; j < kernel; j++) {
                    const y = row * stride - padding + i * dilation;
                    const x = column * stride - padding + j * dilation;
                    if (y < 0 || y >= size || x < 0 || x >= size) continue;
                    const channel = Math.floor(neuron / (neurons / groups)) * width + k;
                    const weight = w[((neuron * width + k) * kernel + i) * kernel + j] as number;
                    sum += weight * weight * (variance[channel] as number);
                  }
                }
              }
            }
          }
          const added = ((drop / (1 - drop)) * sum) / (length * length);
          expect(prediction.channels?.ratio[neuron]).toBeCloseTo(1 - added / V, 10);
          expect(prediction.low).toBeLessThanOrEqual((prediction.ratio as number) + 1e-12);
          expect(prediction.high).toBeGreaterThanOrEqual((prediction.ratio as number) - 1e-12);
        }
      }),
      { seed: 3 },
    );
  });

  it("larger than 1 × 1 behind a mask that positions share needs data", () => {
    const layer = (kernel: number): ConvolutionOfModel => ({
      kind: "convolution",
      weight: tensor([1, 1, kernel], new Array<number>(kernel).fill(1)),
      bias: null,
      groups: 1,
      stride: [1],
      padding: evenly((kernel - 1) / 2),
      dilation: [1],
    });
    const behind = (kernel: number) =>
      last(
        of(INPUT, [null, 1, 8]),
        of(norm({ mean: [0], variance: [1] }), [null, 1, 8]),
        of(dropout(0.5, "channel"), [null, 1, 8]),
        of(layer(kernel), [null, 1, 8]),
        of(norm({ mean: [0], variance: [5] }), [null, 1, 8]),
      ).prediction;
    expect(behind(1).ratio).toBeCloseTo(0.8, 12);
    expect(behind(3).reason).toBe("a mask that positions share before a kernel larger than 1 × 1 (m3)");
  });
});

describe("noise that was carried on", () => {
  it("keeps the covariances that weights make, so that a difference of equal neurons has none", () => {
    const twoNeurons = (sign: number) =>
      last(
        of(INPUT, [null, 1]),
        of(norm({ mean: [0], variance: [1] }), [null, 1]),
        of(dropout(0.5), [null, 1]),
        of({ kind: "linear", weight: tensor([2, 1], [1, 1]), bias: null }, [null, 2]),
        of({ kind: "linear", weight: tensor([1, 2], [1, sign]), bias: null }, [null, 1]),
        of(norm({ mean: [0], variance: [8] }), [null, 1]),
      ).prediction.ratio;
    expect(twoNeurons(1)).toBeCloseTo(1 - 4 / 8, 12);
    expect(twoNeurons(-1)).toBeCloseTo(1, 12);
  });

  it("passes a function of a normal as the difference of its variances, and shifts its mean", () => {
    // BN 1 → dropout → linear → BN 2 keeps half; then relu of N(0, 1) in training, N(0, ½) at test time.
    const { prediction } = last(
      of(INPUT, [null, 1]),
      of(norm({ mean: [0], variance: [1] }), [null, 1]),
      of(dropout(0.5), [null, 1]),
      of({ kind: "linear", weight: tensor([1, 1], [1]), bias: null }, [null, 1]),
      of(norm({ mean: [0], variance: [2] }), [null, 1]),
      of(RELU, [null, 1]),
      of(norm({ mean: [1 / Math.sqrt(2 * Math.PI)], variance: [0.5 - 1 / (2 * Math.PI)] }), [null, 1]),
    );
    expect(prediction.method).toBe("transport");
    expect(prediction.ratio).toBeCloseTo(0.5, 12);
    const shift = (Math.sqrt(0.5) - 1) / Math.sqrt(2 * Math.PI);
    expect(prediction.meanShift).toBeCloseTo(Math.abs(shift) / Math.sqrt(0.5 - 1 / (2 * Math.PI)), 12);
    expect(prediction.channels?.meanShift[0]).toBeCloseTo(shift, 12);
  });

  it("adds up in a residual sum", () => {
    const { prediction } = last(
      of(INPUT, [null, 1]),
      of(norm({ mean: [0], variance: [1] }), [null, 1]),
      of(dropout(0.5), [null, 1]),
      of(dropout(0.5), [null, 1], [1]),
      of({ kind: "add" }, [null, 1], [2, 3]),
      of(norm({ mean: [0], variance: [8] }), [null, 1]),
    );
    expect(prediction.ratio).toBeCloseTo(1 - 2 / 8, 12);
  });

  it("is divided by the window of an average", () => {
    const { prediction } = last(
      of(INPUT, [null, 1, 4]),
      of(norm({ mean: [0], variance: [1] }), [null, 1, 4]),
      of(dropout(0.5), [null, 1, 4]),
      of(tiles("average", 2, 2), [null, 1, 1]),
      of(norm({ mean: [0], variance: [1] }), [null, 1, 1]),
    );
    expect(prediction.ratio).toBeCloseTo(0.75, 12);
  });
});

describe("noise that is written by hand", () => {
  const byHand = (noise: "multiplied" | "added", variance: number, shares: "unit" | "channel" | "sample" = "unit") =>
    ({ kind: "noise", noise, shares, drop: null, variance, draws: null }) as const;
  const straight = (...layers: readonly ModelLayer[]) =>
    last(
      of(INPUT, [null, 1]),
      ...layers.map((layer) => of(layer, [null, 1])),
      of(norm({ mean: [1], variance: [4] }), [null, 1]),
    ).prediction;

  it("multiplies as any other: σ²(V + M²)/(1 + σ²)", () => {
    expect(straight(byHand("multiplied", 0.25)).ratio).toBeCloseTo(1 - (0.2 * 5) / 4, 12);
    expect(straight(byHand("multiplied", 0.25)).method).toBe("exact");
  });

  it("adds its own variance, whatever the mean", () => {
    expect(straight(byHand("added", 1)).ratio).toBeCloseTo(1 - 1 / 4, 12);
    expect(straight(byHand("added", 1), byHand("added", 0.5)).ratio).toBeCloseTo(1 - 1.5 / 4, 12);
  });

  it("drops a branch with σ²·E f² of what the norm at its end gives", () => {
    // x + m·BN(x): E f² = β² + γ² = 1 + 4, σ² = 0.25.
    const behindSum = (...layers: readonly Written[]) =>
      last(
        of(INPUT, [null, 1]),
        of(norm({ mean: [0], variance: [1], gain: [2], bias: [1] }), [null, 1]),
        of(dropout(0.2, "sample"), [null, 1]),
        of({ kind: "add" }, [null, 1], [0, 2]),
        ...layers,
        of(norm({ mean: [0], variance: [10] }), [null, 1]),
      ).prediction;
    expect(behindSum().ratio).toBeCloseTo(1 - (0.25 * 5) / 10, 12);
    // All inputs of a layer share the mask, and how they vary together is not known.
    const weights = of({ kind: "linear", weight: tensor([1, 1], [1]), bias: null }, [null, 1]);
    expect(behindSum(weights).reason).toBe("a mask that several inputs of a layer share (m4, net.py:4)");
  });

  it("of which nothing is known needs data", () => {
    const unknown = {
      kind: "noise",
      noise: "unknown",
      shares: "unit",
      drop: null,
      variance: null,
      draws: null,
    } as const;
    expect(straight(unknown).reason).toContain("neither a multiplier of mean 1 nor added");
    expect(straight(unknown).method).toBe("needs-data");
  });
});

it.each<[string, readonly ModelLayer[], string]>([
  [
    "an unknown operation",
    [dropout(0.5), opaque("aten.softmax.int")],
    "noise before aten.softmax.int, which vshift does not know (m2, net.py:2)",
  ],
  [
    "a product of two values",
    [dropout(0.5), { kind: "multiply" }],
    "noise before a product of two values (m2, net.py:2)",
  ],
  [
    "alpha dropout",
    [{ kind: "noise", noise: "alpha-dropout", shares: "unit", drop: 0.5, variance: null, draws: null }],
    "alpha dropout does not multiply alone (m1)",
  ],
  [
    "a layer behind no norm",
    [dropout(0.5), { kind: "linear", weight: tensor([2, 2], [1, 2, 3, 4]), bias: null }],
    "noise on a value that comes from no norm (m2, net.py:2)",
  ],
])("%s needs data, there and at every norm behind", (_, layers, reason) => {
  const again = norm({ mean: [0, 0], variance: [1, 1], name: "again" });
  const graph = graphOf(
    ...[INPUT, ...layers, norm({ mean: [0, 0], variance: [1, 1] }), RELU, dropout(0.1), again].map((layer) =>
      of(layer, [null, 2]),
    ),
  );
  const found = diagnose(graph);
  expect(found.map(({ prediction }) => prediction.reason)).toEqual([reason, reason]);
  expect(found.map(({ noise }) => noise.length)).toEqual([1, 2]);
});

describe("a network that nobody can have", () => {
  it("with more channels than memory is refused", () => {
    const graph = graphOf(of(INPUT, [null, 2 ** 40]), of(RELU, [null, 2 ** 40]));
    expect(() => diagnose(graph)).toThrow(VshiftError);
    expect(() => diagnose(graph)).toThrow(/^model: has so many channels/);
  });

  it("with as many that are kept at a time is refused, too, and one after the other they are not", () => {
    const shape = [null, 2 ** 21];
    const wide = Array.from({ length: 8 }, () => of(RELU, shape, [0]));
    expect(() => diagnose(graphOf(of(INPUT, shape), ...wide))).not.toThrow();
    const all = of({ kind: "add" }, shape, [1, 2, 3, 4, 5, 6, 7, 8]);
    expect(() => diagnose(graphOf(of(INPUT, shape), ...wide, all))).toThrow(/^model: has so many channels/);
  });

  it("with as many positions takes no time", () => {
    const size = 2 ** 50;
    const layer: ConvolutionOfModel = {
      ...{ kind: "convolution", weight: tensor([1, 1, 3], [1, 1, 1]), bias: null, groups: 1 },
      ...{ stride: [1], padding: evenly(1), dilation: [1] },
    };
    const { prediction } = last(
      of(INPUT, [null, 1, size]),
      of(norm({ mean: [0], variance: [1] }), [null, 1, size]),
      of(dropout(0.5), [null, 1, size]),
      of(layer, [null, 1, size]),
      of(norm({ mean: [0], variance: [6] }), [null, 1, size]),
    );
    expect(prediction.ratio).toBeCloseTo(0.5, 12);
  });
});

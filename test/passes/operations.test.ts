import { fc, test as property } from "@fast-check/vitest";
import { describe, expect, test } from "vitest";
import type { Computation } from "../../src/model/computation.ts";
import type { ModelLayer, Padding, SlidingWindow } from "../../src/model/graph.ts";
import { expectClose, operated, type Read, tensorOf } from "./operated.ts";
import * as plain from "./plain.ts";
import { type Nd, nd } from "./plain.ts";

// Values are whole numbers of at most 8, so that every sum of products is exact in single precision, and the expected numbers are too:
// only what divides, or takes a root or an exponential, has a tolerance, of the one rounding of its result to single precision.

const RUNS = { numRuns: 60 };

/** Whole numbers without a pattern, the same for the same shape and seed. */
function whole(shape: readonly number[], seed: number, most = 8): Nd {
  let state = seed * 2654435761 + 1;
  return nd(shape, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return ((state >>> 8) % (2 * most + 1)) - most;
  });
}

function computes(computation: Computation): ModelLayer {
  return { kind: "opaque", operation: "aten", computes: computation };
}

const seeds = fc.integer({ min: 0, max: 1 << 20 });
const small = (max: number, min = 1) => fc.integer({ min, max });

interface Axis {
  readonly length: number;
  readonly size: number;
  readonly stride: number;
  readonly dilation: number;
  readonly before: number;
  readonly after: number;
}

/** Axes whose windows fit at least once. */
const axesOf = (most: number) =>
  fc.array(
    fc
      .record({
        length: small(most),
        ...{ size: small(3), stride: small(3), dilation: small(2), before: small(2, 0), after: small(2, 0) },
      })
      .filter(({ length, size, dilation, before, after }) => length + before + after >= dilation * (size - 1) + 1),
    { minLength: 1, maxLength: 3 },
  );

function windowsOf(axes: readonly Axis[]) {
  return {
    size: axes.map(({ size }) => size),
    stride: axes.map(({ stride }) => stride),
    dilation: axes.map(({ dilation }) => dilation),
    padding: axes.map(({ before, after }): Padding => ({ before, after })),
  };
}

interface Convolved {
  readonly samples: number;
  readonly groups: number;
  readonly ofGroup: number;
  readonly neurons: number;
  readonly axes: readonly Axis[];
  readonly hasBias: boolean;
  readonly seed: number;
}

function checkConvolution({ samples, groups, ofGroup, neurons, axes, hasBias, seed }: Convolved): void {
  const { size, ...windows } = windowsOf(axes);
  const x = whole([samples, groups * ofGroup, ...axes.map(({ length }) => length)], seed);
  const weight = whole([groups * neurons, ofGroup, ...size], seed + 1);
  const bias = hasBias ? whole([groups * neurons], seed + 2) : null;
  const layer: ModelLayer = {
    ...{ kind: "convolution", weight: tensorOf(weight), bias: bias && tensorOf(bias), groups },
    ...windows,
  };
  const expected = plain.convolution(x, weight, bias, { groups, ...windows });
  expect(operated(layer, [x], expected.shape)).toEqual(expected);
}

describe("a convolution is the sum over the channels of its group and the taps of its kernel", () => {
  property.prop(
    [
      fc.record({
        ...{ samples: small(3), groups: small(3), ofGroup: small(3), neurons: small(5), axes: axesOf(5) },
        ...{ hasBias: fc.boolean(), seed: seeds },
      }),
    ],
    RUNS,
  )("for any lengths, strides, paddings, dilations and groups", (convolved) => checkConvolution(convolved));

  const axis = { length: 1, size: 3, stride: 1, dilation: 1, before: 1, after: 1 };
  test.each<[string, Convolved]>([
    [
      "more than 256 positions, over the end of a sample, and several panels of 32 inputs",
      {
        samples: 3,
        groups: 1,
        ofGroup: 8,
        neurons: 5,
        axes: [10, 13].map((length) => ({ ...axis, length })),
        hasBias: true,
        seed: 1,
      },
    ],
    [
      "a line of more than 256 positions",
      { samples: 2, groups: 2, ofGroup: 2, neurons: 3, axes: [{ ...axis, length: 601 }], hasBias: true, seed: 2 },
    ],
    [
      "exactly 256 positions, and 32 inputs",
      {
        samples: 1,
        groups: 1,
        ofGroup: 32,
        neurons: 4,
        axes: [{ ...axis, size: 1, before: 0, after: 0, length: 256 }],
        hasBias: false,
        seed: 3,
      },
    ],
    [
      "one position a sample, as many samples as two tiles have",
      { samples: 300, groups: 1, ofGroup: 33, neurons: 9, axes: [{ ...axis, length: 1 }], hasBias: true, seed: 4 },
    ],
    [
      "a channel a group",
      {
        samples: 2,
        groups: 16,
        ofGroup: 1,
        neurons: 1,
        axes: [5, 7].map((length) => ({ ...axis, length })),
        hasBias: true,
        seed: 5,
      },
    ],
    [
      "three axes, positions in the padding alone",
      {
        samples: 2,
        groups: 1,
        ofGroup: 3,
        neurons: 2,
        axes: [2, 3, 2].map((length) => ({ ...axis, length, before: 4, stride: 2 })),
        hasBias: true,
        seed: 6,
      },
    ],
  ])("for %s", (_, convolved) => checkConvolution(convolved));

  test("of other channels is refused", () => {
    const weight = tensorOf(whole([2, 3, 1], 1));
    const layer = {
      kind: "convolution",
      weight,
      bias: null,
      groups: 1,
      stride: [1],
      dilation: [1],
      padding: [{ before: 0, after: 0 }],
    } as const;
    expect(() => operated(layer, [whole([1, 2, 4], 1)], [1, 2, 4])).toThrow("3 channels and 1 axes, but reads [2, 4]");
  });
});

describe("a linear layer is xWᵀ + b over the last axis", () => {
  property.prop(
    [fc.array(small(4), { maxLength: 3 }), fc.constantFrom(1, 3, 32, 33, 70), small(9), fc.boolean(), seeds],
    RUNS,
  )("of any number of axes", (before, width, neurons, hasBias, seed) => {
    const x = whole([2, ...before, width], seed);
    const [weight, bias] = [whole([neurons, width], seed + 1), hasBias ? whole([neurons], seed + 2) : null];
    const expected = plain.linear(x, weight, bias);
    const layer = { kind: "linear", weight: tensorOf(weight), bias: bias && tensorOf(bias) } as const;
    expect(operated(layer, [x], expected.shape)).toEqual(expected);
  });

  test("of more than 256 rows", () => {
    const [x, weight] = [whole([7, 45, 5], 1), whole([6, 5], 2)];
    const layer = { kind: "linear", weight: tensorOf(weight), bias: null } as const;
    expect(operated(layer, [x], [7, 45, 6])).toEqual(plain.linear(x, weight, null));
  });
});

describe("a pool", () => {
  property.prop(
    [
      axesOf(7).map((axes) =>
        axes.map((axis) => ({
          ...axis,
          before: Math.min(axis.before, axis.size >> 1),
          after: Math.min(axis.after, axis.size >> 1),
        })),
      ),
      fc.boolean(),
      seeds,
    ],
    { numRuns: 200 },
  )("takes the largest of each window, dilated and rounded up as PyTorch does", (axes, roundsUp, seed) => {
    const windows = { ...windowsOf(axes), roundsUp, divisor: "padded" } as const;
    fc.pre(
      axes.every(({ length, size, dilation, before, after }) => length + before + after >= dilation * (size - 1) + 1),
    );
    const x = whole([2, 3, ...axes.map(({ length }) => length)], seed);
    const expected = plain.slidingPool(x, "max", windows);
    const layer = { kind: "pool", pool: "max", window: { kind: "sliding", ...windows } } as const;
    expect(operated(layer, [x], expected.shape)).toEqual(expected);
  });

  property.prop(
    [
      axesOf(7).map((axes) =>
        axes.map((axis) => ({
          ...axis,
          dilation: 1,
          before: Math.min(axis.before, axis.size >> 1),
          after: Math.min(axis.after, axis.size >> 1),
        })),
      ),
      fc.boolean(),
      fc.constantFrom<SlidingWindow["divisor"]>("padded", "inside", 3, -2),
      seeds,
    ],
    { numRuns: 200 },
  )("averages each window by what is said to divide it", (axes, roundsUp, divisor, seed) => {
    const windows = { ...windowsOf(axes), roundsUp, divisor } as const;
    fc.pre(axes.every(({ length, size, before, after }) => length + before + after >= size));
    const x = whole([2, 3, ...axes.map(({ length }) => length)], seed);
    const expected = plain.slidingPool(x, "average", windows);
    const layer = { kind: "pool", pool: "average", window: { kind: "sliding", ...windows } } as const;
    expectClose(operated(layer, [x], expected.shape), expected);
  });

  // Values of PyTorch's rules, worked out by hand.
  const line = (...values: number[]) => ({ shape: [1, 1, values.length], values: Float64Array.from(values) });
  const along = (size: number, stride: number, pad: number) => ({
    ...{ size: [size], stride: [stride], dilation: [1], padding: [{ before: pad, after: pad }] },
  });
  test.each([
    ["a last window that begins in the padding is left out", line(1, 2, 3), along(2, 2, 1), [0.5, 2.5]],
    [
      "a last window that stands out of the padding counts what is inside of it",
      line(1, 2, 3, 4),
      along(3, 2, 0),
      [2, 3.5],
    ],
    ["a window larger than the map is the only one", line(4, 8), along(3, 2, 0), [6]],
  ])("rounded up: %s", (_, x, windows, values) => {
    const window = { kind: "sliding", ...windows, roundsUp: true, divisor: "padded" } as const;
    const { values: found } = operated({ kind: "pool", pool: "average", window }, [x], [1, 1, values.length]);
    expect([...found]).toEqual(values);
  });

  property.prop(
    [
      fc.array(fc.record({ length: small(9), to: small(9) }), { minLength: 1, maxLength: 3 }),
      fc.constantFrom("max", "average"),
      seeds,
    ],
    RUNS,
  )("to a number of windows covers uneven stretches", (axes, kind, seed) => {
    const x = whole([2, 2, ...axes.map(({ length }) => length)], seed);
    const to = axes.map((axis) => axis.to);
    const expected = plain.adaptivePool(x, kind, to);
    const layer = { kind: "pool", pool: kind, window: { kind: "adaptive", to } } as const;
    expectClose(operated(layer, [x], expected.shape), expected);
  });

  test("over all positions may drop their axes, and an open number of windows is that of the positions", () => {
    const x = whole([2, 3, 4, 5], 1);
    const { values } = plain.meanOver(x, [2, 3], false);
    const all = { kind: "pool", pool: "average", window: { kind: "adaptive", to: [1, 1] } } as const;
    expectClose(operated(all, [x], [2, 3]), { shape: [2, 3], values });
    expectClose(operated(all, [x], [2, 3, 1]), { shape: [2, 3, 1], values });
    const same = { kind: "pool", pool: "max", window: { kind: "adaptive", to: [null, 1] } } as const;
    const largest = plain.adaptivePool(x, "max", [4, 1]);
    expect(operated(same, [x], [2, 3, 4, 1])).toEqual(largest);
  });

  test("a NaN in a window is its largest, as in PyTorch", () => {
    const window = { kind: "adaptive", to: [1] } as const;
    const x = { shape: [1, 1, 3], values: Float64Array.of(1, Number.NaN, 2) };
    expect(operated({ kind: "pool", pool: "max", window }, [x], [1, 1, 1]).values).toEqual(Float64Array.of(Number.NaN));
  });
});

describe("operations of two values", () => {
  const of = {
    add: [{ kind: "add" }, (a: number, b: number) => a + b],
    multiply: [{ kind: "multiply" }, (a: number, b: number) => a * b],
    quotient: [computes({ name: "quotient" }), (a: number, b: number) => a / b],
  } as const satisfies Record<string, readonly [ModelLayer, (a: number, b: number) => number]>;

  property.prop(
    [
      fc.constantFrom<keyof typeof of>("add", "multiply", "quotient"),
      fc.array(fc.record({ length: small(4), one: fc.boolean(), other: fc.boolean() }), { minLength: 1, maxLength: 4 }),
      fc.constantFrom("live", "first constant", "second constant"),
      small(4, 0),
      seeds,
    ],
    { numRuns: 200 },
  )("broadcast lengths of 1, and axes that a constant lacks", (name, axes, which, dropped, seed) => {
    const [layer, combine] = of[name];
    const shapeOf = (side: "one" | "other") => axes.map((axis) => (axis[side] ? 1 : axis.length));
    const nonzero = (shape: readonly number[], by: number) => {
      const { values } = whole(shape, seed + by);
      return { shape, values: values.map((value) => value + 8.5) };
    };
    const constant = (side: "one" | "other") => nonzero(shapeOf(side).slice(Math.min(dropped, axes.length)), 7);
    const one = which === "first constant" ? constant("one") : nonzero([3, ...shapeOf("one")], 1);
    const other = which === "second constant" ? constant("other") : nonzero([3, ...shapeOf("other")], 2);
    const reads: Read[] = [
      which === "first constant" ? { constant: one } : one,
      which === "second constant" ? { constant: other } : other,
    ];
    // In single precision: 17 bits of each product are enough.
    const expected = plain.broadcast([one, other], combine);
    expectClose(operated(layer, reads, expected.shape), expected);
  });

  test("add as many as there are", () => {
    const [a, b, c] = [whole([2, 3, 4], 1), whole([2, 3, 1], 2), whole([2, 1, 4], 3)];
    const expected = plain.broadcast([a, b, c], (one, other) => one + other);
    expect(operated({ kind: "add" }, [a, b, c], [2, 3, 4])).toEqual(expected);
  });

  test("refuse other shapes", () => {
    expect(() => operated({ kind: "add" }, [whole([1, 2], 1), whole([1, 3], 1)], [1, 2])).toThrow(
      "values of the same shape, but reads [2] and [3]",
    );
  });
});

describe("operations of each element", () => {
  test("scale by a number", () => {
    const x = whole([2, 3], 1);
    expect(operated({ kind: "scale", factor: -0.25 }, [x], [2, 3])).toEqual(nd([2, 3], (i) => -0.25 * plain.at(x, i)));
  });

  test("relu is 0 below 0, and NaN of NaN", () => {
    const x = { shape: [1, 4], values: Float64Array.of(-2, 0, 3, Number.NaN) };
    const layer = { kind: "activation", activation: { name: "relu", parameters: [] } } as const;
    expect(operated(layer, [x], [1, 4]).values).toEqual(Float64Array.of(0, 0, 3, Number.NaN));
  });

  test("functions take their parameters", () => {
    const x = whole([2, 9], 3);
    const activation = { name: "hardtanh", parameters: [-2, 3] } as const;
    const expected = nd([2, 9], (i) => Math.min(3, Math.max(-2, plain.at(x, i))));
    expect(operated({ kind: "activation", activation }, [x], [2, 9])).toEqual(expected);
  });
});

const shapes = fc.array(small(4), { minLength: 1, maxLength: 4 }).map((shape) => [2, ...shape]);
const axisIn = (shape: readonly number[]) => fc.integer({ min: 1, max: shape.length - 1 });

describe("operations that mix the numbers of a sample", () => {
  property.prop([shapes.chain((shape) => fc.tuple(fc.constant(shape), axisIn(shape))), fc.boolean(), seeds], RUNS)(
    "softmax of an axis, or its logarithm",
    ([shape, axis], isLogarithm, seed) => {
      const x = whole(shape, seed);
      const found = operated(computes({ name: "softmax", axis, isLogarithm }), [x], shape);
      expectClose(found, plain.softmax(x, axis, isLogarithm));
    },
  );

  test("softmax of large numbers, and of −∞", () => {
    const x = { shape: [1, 3], values: Float64Array.of(3e38, 3e38, Number.NEGATIVE_INFINITY) };
    const { values } = operated(computes({ name: "softmax", axis: 1, isLogarithm: false }), [x], [1, 3]);
    expect(values).toEqual(Float64Array.of(0.5, 0.5, 0));
  });

  property.prop([shapes.chain((shape) => fc.tuple(fc.constant(shape), axisIn(shape))), fc.boolean(), seeds], RUNS)(
    "layer norm over the last axes",
    ([shape, axes], isAffine, seed) => {
      const x = whole(shape, seed);
      const own = shape.slice(-axes);
      const [gain, bias] = isAffine ? [whole(own, seed + 1), whole(own, seed + 2)] : [null, null];
      const affine = { gain: gain && tensorOf(gain), bias: bias && tensorOf(bias), epsilon: 0.25 };
      const found = operated(computes({ name: "layer-norm", axes, affine }), [x], shape);
      expectClose(found, plain.layerNorm(x, axes, { gain, bias, epsilon: 0.25 }));
    },
  );

  property.prop([small(3), small(3), fc.array(small(3), { maxLength: 2 }), fc.boolean(), seeds], RUNS)(
    "group norm over the channels of a group",
    (groups, ofGroup, positions, isAffine, seed) => {
      const shape = [2, groups * ofGroup, ...positions];
      const x = whole(shape, seed);
      const own = [groups * ofGroup];
      const [gain, bias] = isAffine ? [whole(own, seed + 1), whole(own, seed + 2)] : [null, null];
      const affine = { gain: gain && tensorOf(gain), bias: bias && tensorOf(bias), epsilon: 0.25 };
      const found = operated(computes({ name: "group-norm", groups, affine }), [x], shape);
      expectClose(found, plain.groupNorm(x, groups, { gain, bias, epsilon: 0.25 }));
    },
  );

  property.prop([fc.array(small(3), { maxLength: 2 }), small(4), small(4), small(4), seeds], RUNS)(
    "the product of the last two axes",
    (batch, rows, inner, columns, seed) => {
      const [a, b] = [whole([2, ...batch, rows, inner], seed), whole([2, ...batch, inner, columns], seed + 1)];
      const expected = plain.matrixProduct(a, b);
      expect(operated(computes({ name: "matrix-product" }), [a, b], expected.shape)).toEqual(expected);
    },
  );

  test("the product with a constant, which is the same for each sample", () => {
    const [a, b] = [whole([3, 2, 4, 5], 1), whole([2, 5, 3], 2)];
    const repeated = nd([3, ...b.shape], ([, ...index]) => plain.at(b, index));
    const found = operated(computes({ name: "matrix-product" }), [a, { constant: b }], [3, 2, 4, 3]);
    expect(found).toEqual(plain.matrixProduct(a, repeated));
  });

  property.prop(
    [
      fc.record({
        ...{ batch: fc.array(small(3), { maxLength: 2 }), rows: small(4), places: small(4), width: small(4) },
        ...{ columns: small(3), scale: fc.constantFrom(null, 0.125), isCausal: fc.boolean(), seed: seeds },
      }),
    ],
    RUNS,
  )("attention, causal or not", ({ batch, rows, places, width, columns, scale, isCausal, seed }) => {
    const q = whole([2, ...batch, rows, width], seed, 2);
    const [k, v] = [whole([2, ...batch, places, width], seed + 1, 2), whole([2, ...batch, places, columns], seed + 2)];
    const expected = plain.attention([q, k, v], scale ?? 1 / Math.sqrt(width), isCausal);
    const found = operated(computes({ name: "attention", scale, isCausal }), [q, k, v], expected.shape);
    // Scores of at most 4·width/√width = 8, and shares, are kept in single precision: 8 + 8 roundings of a share, of values up to 8.
    expectClose(found, expected, 32, 8);
  });

  test("attention to constant keys and values", () => {
    const [q, k, v] = [whole([3, 2, 4], 1, 2), whole([5, 4], 2, 2), whole([5, 2], 3)];
    const [keys, values] = [k, v].map((one) => nd([3, ...one.shape], ([, ...index]) => plain.at(one, index))) as [
      Nd,
      Nd,
    ];
    const found = operated(
      computes({ name: "attention", scale: null, isCausal: false }),
      [q, { constant: k }, { constant: v }],
      [3, 2, 2],
    );
    expectClose(found, plain.attention([q, keys, values], 1 / 2, false), 32, 8);
  });

  property.prop(
    [
      shapes.chain((shape) =>
        fc.tuple(fc.constant(shape), fc.subarray(shape.map((_, axis) => axis).slice(1), { minLength: 1 })),
      ),
      fc.boolean(),
      seeds,
    ],
    RUNS,
  )("the mean over axes, kept or dropped", ([shape, axes], keepsAxes, seed) => {
    const x = whole(shape, seed);
    const expected = plain.meanOver(x, axes, keepsAxes);
    expectClose(operated(computes({ name: "mean", axes }), [x], expected.shape), expected, 2);
  });
});

describe("operations that move numbers", () => {
  property.prop(
    [
      shapes.chain((shape) =>
        fc.tuple(
          fc.constant(shape),
          fc.shuffledSubarray(shape.map((_, axis) => axis).slice(1), { minLength: shape.length - 1 }),
        ),
      ),
      seeds,
    ],
    RUNS,
  )("permute axes", ([shape, order], seed) => {
    const x = whole(shape, seed);
    const axes = [0, ...order];
    const expected = plain.permuted(x, axes);
    expect(operated(computes({ name: "permute", axes }), [x], expected.shape)).toEqual(expected);
  });

  property.prop(
    [shapes.chain((shape) => fc.tuple(fc.constant(shape), axisIn(shape))), small(3, 0), small(3), seeds],
    RUNS,
  )("slice in steps", ([shape, axis], start, step, seed) => {
    const length = shape[axis] ?? 0;
    fc.pre(start < length);
    const x = whole(shape, seed);
    // Python's range: ⌈(length − start)/step⌉ indices.
    const count = Math.ceil((length - start) / step);
    const expected = nd(shape.with(axis, count), (index) =>
      plain.at(x, index.with(axis, start + step * (index[axis] ?? 0))),
    );
    expect(operated(computes({ name: "slice", axis, start, step }), [x], expected.shape)).toEqual(expected);
  });

  test("slice no further than the axis goes", () => {
    const slice = computes({ name: "slice", axis: 1, start: 2, step: 2 });
    expect(() => operated(slice, [whole([1, 4], 1)], [1, 2])).toThrow("2 indices from 2");
  });

  property.prop(
    [
      shapes.chain((shape) => fc.tuple(fc.constant(shape), axisIn(shape))),
      fc.array(fc.tuple(small(3), fc.boolean()), { minLength: 1, maxLength: 3 }),
      seeds,
    ],
    RUNS,
  )("join along an axis, constants too", ([shape, axis], parts, seed) => {
    const first = whole(shape, seed);
    const values = parts.map(([length, isConstant], at) => {
      const value = whole(shape.with(axis, length), seed + at + 1);
      const constant = whole(shape.slice(1).with(axis - 1, length), seed + at + 1);
      return {
        isConstant,
        constant,
        value: isConstant ? nd(value.shape, ([, ...index]) => plain.at(constant, index)) : value,
      };
    });
    const all = [first, ...values.map(({ value }) => value)];
    const lengths = all.map((one) => one.shape[axis] ?? 0);
    const expected = nd(
      shape.with(
        axis,
        lengths.reduce((a, b) => a + b, 0),
      ),
      (index) => {
        let [rest, part] = [index[axis] ?? 0, 0];
        while (rest >= (lengths[part] ?? 0)) rest -= lengths[part++] ?? 0;
        return plain.at(all[part] as Nd, index.with(axis, rest));
      },
    );
    const reads = [first, ...values.map(({ isConstant, constant, value }) => (isConstant ? { constant } : value))];
    expect(operated(computes({ name: "join", axis }), reads, expected.shape)).toEqual(expected);
    if (axis === 1) expect(operated({ kind: "concat" }, reads, expected.shape)).toEqual(expected);
  });

  property.prop([shapes, fc.infiniteStream(small(2, 0)), seeds], RUNS)("pad with a constant", (shape, pads, seed) => {
    const x = whole(shape, seed);
    const padding = shape
      .slice(1)
      .map((): Padding => ({ before: pads.next().value ?? 0, after: pads.next().value ?? 0 }));
    const after = shape.map(
      (length, axis) => length + (padding[axis - 1]?.before ?? 0) + (padding[axis - 1]?.after ?? 0),
    );
    const expected = nd(after, (index) =>
      plain.at(
        x,
        index.map((own, axis) => own - (padding[axis - 1]?.before ?? 0)),
        -1.5,
      ),
    );
    expect(operated(computes({ name: "pad", padding, value: -1.5 }), [x], after)).toEqual(expected);
  });

  property.prop(
    [fc.array(fc.record({ length: small(5), to: small(12) }), { minLength: 1, maxLength: 3 }), seeds],
    RUNS,
  )("upsample to the nearest", (axes, seed) => {
    const x = whole([2, 2, ...axes.map(({ length }) => length)], seed);
    const shape = [2, 2, ...axes.map(({ to }) => to)];
    const expected = nd(shape, ([sample = 0, channel = 0, ...position]) =>
      plain.at(x, [
        sample,
        channel,
        ...position.map((p, axis) => Math.floor((p * (axes[axis]?.length ?? 0)) / (axes[axis]?.to ?? 1))),
      ]),
    );
    expect(operated(computes({ name: "upsample" }), [x], shape)).toEqual(expected);
  });

  // ATen's nearest_neighbor_compute_source_index takes ⌊i·(before/after)⌋ in single precision: 22·(26/44) is 13, and comes out below.
  test("upsample by PyTorch's rounding", () => {
    const x = nd([1, 1, 26], ([, , position = 0]) => position);
    const { values } = operated(computes({ name: "upsample" }), [x], [1, 1, 44]);
    expect([...values.slice(20, 25)]).toEqual([11, 12, 12, 13, 14]);
  });

  property.prop([shapes, seeds], RUNS)("flatten with positions, or channels, the fastest", (shape, seed) => {
    const x = whole(shape, seed);
    const size = shape.slice(1).reduce((a, b) => a * b, 1);
    expect(operated({ kind: "flatten", fastest: "positions" }, [x], [2, size])).toEqual({
      shape: [2, size],
      values: x.values,
    });
    const last = [0, ...shape.slice(2).map((_, axis) => axis + 2), 1];
    const { values } = plain.permuted(x, last);
    expect(operated({ kind: "flatten", fastest: "channels" }, [x], [2, size])).toEqual({ shape: [2, size], values });
  });

  test("reshape and rearrange with an open length", () => {
    const x = whole([2, 6, 4], 1);
    const [reshape, rearrange] = [{ kind: "reshape" } as const, computes({ name: "rearrange" })];
    expect(operated(reshape, [x], [null, 6, null, 2])).toEqual({ shape: [2, 6, 2, 2], values: x.values });
    expect(operated(rearrange, [x], [2, 3, null])).toEqual({ shape: [2, 3, 8], values: x.values });
    expect(() => operated(rearrange, [x], [2, 5, 5])).toThrow("the shape [5, 5], but reads [6, 4]");
    expect(() => operated(rearrange, [x], [2, 5, null])).toThrow("the shape [5, 4.8], but reads [6, 4]");
  });
});

test.each<[string, ModelLayer, readonly number[]]>([
  ["padding", computes({ name: "pad", padding: [{ before: 2 ** 40, after: 0 }], value: 0 }), [1, 2 ** 40 + 2]],
  ["upsampling", computes({ name: "upsample" }), [1, 2, 2 ** 40]],
])("%s beyond any memory is refused", (_, layer, shape) => {
  const x = whole(shape.length === 2 ? [1, 2] : [1, 2, 1], 1);
  expect(() => operated(layer, [x], shape)).toThrow("numbers for one input, more than 268435456");
});

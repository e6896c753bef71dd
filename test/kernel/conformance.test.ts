import { fc, test as property } from "@fast-check/vitest";
import { describe, expect, test } from "vitest";
import {
  type Kernel,
  MOST_MASKS,
  maskWords,
  PANEL_SLOTS,
  STAGE_FLOATS,
  TILE_NEURONS,
} from "../../src/kernel/kernel.ts";
import { referenceKernel } from "../../src/kernel/reference.ts";
import { simdKernel } from "./simd-kernel.ts";

const simd = simdKernel(64 * 1024 * 1024);

/** The arrays of a case, by name; each kernel gets its own copies in its own memory. */
type Arrays = Readonly<Record<string, Float32Array | Float64Array | Uint32Array>>;

function copies(kernel: Kernel, arrays: Arrays): Arrays {
  return Object.fromEntries(
    Object.entries(arrays).map(([name, array]) => {
      const copy =
        array instanceof Float32Array
          ? kernel.floats(array.length)
          : array instanceof Float64Array
            ? kernel.doubles(array.length)
            : kernel.words(array.length);
      copy.set(array);
      return [name, copy];
    }),
  );
}

/** Runs a loop with both kernels on the same data and expects every array to be the same, bit for bit. */
function sameBits(arrays: Arrays, run: (kernel: Kernel, arrays: Arrays) => void): void {
  const results = [referenceKernel, simd].map((kernel) => {
    const own = copies(kernel, arrays);
    run(kernel, own);
    return Object.entries(own).map(([name, array]) => [
      name,
      Buffer.from(array.buffer, array.byteOffset, array.byteLength).toString("hex"),
    ]);
  });
  expect(results[1]).toEqual(results[0]);
}

const groups = fc.integer({ min: 1, max: STAGE_FLOATS / 8 });
const state = fc
  .array(fc.integer({ min: 0, max: 0xffffffff }), { minLength: 16, maxLength: 16 })
  .map((x) => Uint32Array.from(x));
const value = fc.float({ noNaN: true, noDefaultInfinity: true, min: -1000, max: 1000 });
const floatsOf = (length: number) =>
  fc.array(value, { minLength: length, maxLength: length }).map((x) => Float32Array.from(x));
const wordsOf = (length: number) =>
  fc
    .array(fc.integer({ min: 0, max: 0xffffffff }), { minLength: length, maxLength: length })
    .map((x) => Uint32Array.from(x));
const draws = groups.chain((count) => floatsOf(8 * Math.min(count, 8)));

// Every array holds different data in every lane, so that a lane that takes its neighbour's place is found.
describe("the SIMD kernel has the reference's bits in", () => {
  property.prop([state, state, groups])("normals", (radius, angle, count) => {
    sameBits({ radius, angle, out: new Float32Array(8 * count) }, (kernel, { radius, angle, out }) =>
      kernel.normals({ radius: radius as Uint32Array, angle: angle as Uint32Array, out: out as Float32Array }),
    );
  });

  property.prop([state, groups, value])("uniforms", (stream, count, scale) => {
    sameBits({ stream, out: new Float32Array(8 * count) }, (kernel, { stream, out }) =>
      kernel.uniforms({ stream: stream as Uint32Array, scale, out: out as Float32Array }),
    );
  });

  property.prop([state, groups])("random", (stream, count) => {
    sameBits({ stream, out: new Uint32Array(8 * count) }, (kernel, { stream, out }) =>
      kernel.random({ stream: stream as Uint32Array, out: out as Uint32Array }),
    );
  });

  property.prop([draws, value])("scale", (x, scale) => {
    sameBits({ x }, (kernel, { x }) => kernel.scale({ x: x as Float32Array, scale }));
  });

  property.prop([floatsOf(3 * 16), floatsOf(16), floatsOf(5), floatsOf(5), fc.constantFrom(0, 1)])(
    "correlate",
    (z, factor, own, common, feedback) => {
      sameBits({ z, factor, own, common }, (kernel, arrays) => {
        const { z, factor, own, common } = arrays as Record<string, Float32Array>;
        if (z && factor && own && common) kernel.correlate({ z, stride: 16, factor, own, common, first: 2, feedback });
      });
    },
  );

  property.prop([draws, value, fc.oneof(value, fc.constant(Number.NEGATIVE_INFINITY))])("relu", (z, offset, floor) => {
    sameBits({ z }, (kernel, { z }) => kernel.relu({ z: z as Float32Array, offset, floor }));
  });

  property.prop([draws, value, value])("exp", (z, scale, offset) => {
    // Standard normals reach 6.7, and s is at most 1.27.
    const within = z.map((one) => one / 150);
    sameBits({ z: within }, (kernel, { z }) => kernel.exp({ z: z as Float32Array, rate: 1.27, scale, offset }));
  });

  property.prop([draws, value])("normalCdf", (z, scale) => {
    const within = z.map((one) => one / 140);
    sameBits({ z: within }, (kernel, { z }) => kernel.normalCdf({ z: z as Float32Array, scale }));
  });

  property.prop([floatsOf(24), floatsOf(24), value])("applyNoise", (x, deviation, centre) => {
    sameBits({ x, deviation, noisy: new Float32Array(24) }, (kernel, arrays) => {
      const { x, deviation, noisy } = arrays as Record<string, Float32Array>;
      if (x && deviation && noisy) kernel.applyNoise({ x, deviation, centre, noisy });
    });
  });

  property.prop([floatsOf(3 * 24), fc.integer({ min: 1, max: 24 })])("addMoments, to the last sample", (x, samples) => {
    sameBits({ x, sums: Float64Array.from({ length: 10 }, (_, at) => at) }, (kernel, { x, sums }) =>
      kernel.addMoments({ x: x as Float32Array, stride: 24, samples, sums: sums as Float64Array, first: 2 }),
    );
  });

  property.prop([floatsOf(3 * 24), floatsOf(3 * 24), value, fc.integer({ min: 1, max: 24 })])(
    "addNoisyMoments and addMirroredMoments, to the last sample",
    (x, other, number, samples) => {
      sameBits({ x, other, sums: new Float64Array(10), mirrored: new Float64Array(6) }, (kernel, arrays) => {
        const { x, other } = arrays as Record<string, Float32Array>;
        const { sums, mirrored } = arrays as Record<string, Float64Array>;
        if (!(x && other && sums && mirrored)) return;
        const rows = { x, stride: 24, samples };
        kernel.addNoisyMoments({ ...rows, deviation: other, centre: number, sums, first: 2 });
        kernel.addMirroredMoments({ ...rows, y: other, factor: number, sums: mirrored, first: 0 });
      });
    },
  );

  const double = fc.double({ min: -1e3, max: 1e3, noNaN: true });
  const doublesOf = (length: number) =>
    fc.array(double, { minLength: length, maxLength: length }).map((x) => Float64Array.from(x));

  property.prop([fc.tuple(doublesOf(14), doublesOf(7), doublesOf(7)), fc.integer({ min: 2, max: 300 }), double])(
    "sumVariances and trackVariances",
    ([sums, mean, variance], samples, unit) => {
      const offsets = mean.map((value) => value / 3);
      sameBits({ sums, offsets, mean, variance, totals: new Float64Array(3) }, (kernel, arrays) => {
        const { sums, offsets, mean, variance, totals } = arrays as Record<string, Float64Array>;
        if (!(sums && offsets && mean && variance && totals)) return;
        const channels = { sums, samples, unit };
        totals[0] = kernel.sumVariances({ ...channels, masks: 1 });
        totals[2] = kernel.sumVariances({ ...channels, masks: 6 });
        totals[1] = kernel.trackVariances({
          ...channels,
          offsets,
          kept: 0.9,
          weight: 0.1,
          stored: 0.8,
          mean,
          variance,
        });
      });
    },
  );

  const stride = 16;
  const panelWords = PANEL_SLOTS * stride;

  property.prop([fc.integer({ min: 1, max: 7 }).chain((rows) => floatsOf(rows * stride)), value])(
    "packRows and packPairs, with and without a second row",
    (x, scale) => {
      const panels = { rows: new Float32Array(panelWords), pairs: new Uint32Array(panelWords) };
      sameBits({ x, ...panels }, (kernel, arrays) => {
        const { x, rows } = arrays as Record<string, Float32Array>;
        if (!(x && rows)) return;
        kernel.packRows({ x, stride, first: 3, panel: rows });
        kernel.packPairs({ x, stride, first: 3, scale, bound: 20_000, panel: arrays.pairs as Uint32Array });
      });
    },
  );

  property.prop([
    fc.tuple(floatsOf(panelWords), floatsOf(2 * TILE_NEURONS * PANEL_SLOTS)),
    floatsOf(2 * TILE_NEURONS * stride),
    fc.integer({ min: 1, max: PANEL_SLOTS }),
  ])("multiplyRows", ([panel, weights], y, slots) => {
    sameBits({ panel, weights, y }, (kernel, arrays) => {
      const { panel, weights, y } = arrays as Record<string, Float32Array>;
      if (panel && weights && y) kernel.multiplyRows({ weights, panel, slots, y, stride });
    });
  });

  // Weights of 9 bits, so that no sum of 32 slots of two products passes 2³¹.
  const smallPairs = wordsOf(2 * TILE_NEURONS * PANEL_SLOTS).map((words) =>
    words.map((word) => ((((word << 16) >> 16) >> 7) & 0xffff) | ((word >> 23) << 16)),
  );

  property.prop([
    fc.tuple(wordsOf(panelWords), smallPairs),
    floatsOf(2 * TILE_NEURONS * stride),
    fc.integer({ min: 1, max: PANEL_SLOTS }),
  ])("multiplyPairs", ([panel, weights], y, slots) => {
    sameBits({ panel, weights, y }, (kernel, arrays) => {
      const { panel, weights } = arrays as Record<string, Uint32Array>;
      if (panel && weights) kernel.multiplyPairs({ weights, panel, slots, y: arrays.y as Float32Array, stride });
    });
  });
});

describe("the SIMD kernel has the reference's bits of what patches of maps are made of:", () => {
  const run = fc.tuple(
    fc.integer({ min: 0, max: 20 }),
    fc.integer({ min: 0, max: 9 }),
    fc.integer({ min: 0, max: 20 }),
  );
  const runs = fc
    .array(run, { minLength: 1, maxLength: 4 })
    .map((all) => Uint32Array.from(all.flatMap(([from, gap, length], at) => [from, 30 * at + gap, length])));

  property.prop([floatsOf(100), runs, value])("copyRuns and roundRuns", (x, runs, scale) => {
    sameBits({ x, runs, out: new Float32Array(400), integers: new Uint32Array(400) }, (kernel, arrays) => {
      const { x, out } = arrays as Record<string, Float32Array>;
      const { runs, integers } = arrays as Record<string, Uint32Array>;
      if (!(x && out && runs && integers)) return;
      const copied = { x, first: 7, stride: 50, rows: 2, runs, outStride: 150 };
      kernel.copyRuns({ ...copied, out });
      kernel.roundRuns({ ...copied, out: integers, scale, bound: 20_000 });
      // The upper halves mean nothing.
      for (let at = 0; at < integers.length; at++) integers[at] = Number(integers[at]) & 0xffff;
    });
  });

  const steps = fc.constantFrom([1], [2], [1, 1, 1, 5], [2, 2, 2, 1], [3, 1], [1, 2, 3, 1, 1, 1]);
  property.prop([floatsOf(200), fc.integer({ min: 0, max: 9 }), steps, fc.integer({ min: 1, max: 31 })])(
    "gatherRows and gatherPairs, of points next to each other, of every other one, and of any",
    (values, first, steps, rows) => {
      let point = first;
      const points = Uint32Array.from({ length: 24 }, (_, column) => {
        const own = point;
        point += steps[column % steps.length] ?? 1;
        return own;
      });
      const shifts = Uint32Array.from({ length: rows }, (_, row) => (row * 37) % 100);
      const panels = { panel: new Float32Array(24 * PANEL_SLOTS), pairs: new Uint32Array(24 * PANEL_SLOTS) };
      const integers = Uint32Array.from(values, (one, at) => one * 30 + 0x10000 * at);
      sameBits({ values, integers, points, shifts, ...panels }, (kernel, arrays) => {
        const { values, panel } = arrays as Record<string, Float32Array>;
        const { integers, points, shifts, pairs } = arrays as Record<string, Uint32Array>;
        if (!(values && panel && integers && points && shifts && pairs)) return;
        kernel.gatherRows({ values, points, shifts, panel });
        kernel.gatherPairs({ values: integers, points, shifts, panel: pairs });
      });
    },
  );
});

describe("the SIMD kernel has the reference's bits of what noise on weights does:", () => {
  const threshold = fc.oneof(fc.integer({ min: 1, max: 2 ** 32 }), fc.constantFrom(1, 2 ** 31, 2 ** 32));

  property.prop([floatsOf(3 * 16), wordsOf(3 * 16), fc.tuple(floatsOf(5), floatsOf(16)), threshold, value])(
    "addMaskedProducts",
    (x, words, [weights, y], threshold, number) => {
      sameBits({ x, words, weights, y }, (kernel, arrays) => {
        const { x, weights, y } = arrays as Record<string, Float32Array>;
        if (!(x && weights && y)) return;
        const choice = { threshold, kept: number / 7, dropped: -1, centre: number };
        kernel.addMaskedProducts({
          ...choice,
          x,
          stride: 16,
          words: arrays.words as Uint32Array,
          weights,
          first: 2,
          y,
        });
      });
    },
  );
});

describe("the SIMD kernel has the reference's bits of what a stack of blocks does:", () => {
  property.prop([floatsOf(3 * 16), floatsOf(3), floatsOf(3)])("normalise", (x, scale, offset) => {
    sameBits({ x, scale, offset }, (kernel, arrays) => {
      const { x, scale, offset } = arrays as Record<string, Float32Array>;
      if (x && scale && offset) kernel.normalise({ x, stride: 16, scale, offset });
    });
  });

  property.prop([draws, fc.constantFrom(1, 1 / 20, 1 / 200)])("tanh and gelu", (x, scale) => {
    const z = x.map((one) => one * scale);
    sameBits({ z, other: z }, (kernel, { z, other }) => {
      kernel.tanh({ z: z as Float32Array });
      kernel.gelu({ z: other as Float32Array });
    });
  });

  property.prop([draws, fc.constantFrom(1, 1 / 20, 1 / 200), value])(
    "sigmoid, silu, elu and leakyRelu",
    (x, scale, below) => {
      const z = x.map((one) => one * scale);
      sameBits({ sigmoid: z, silu: z, elu: z, leaky: z }, (kernel, arrays) => {
        const { sigmoid, silu, elu, leaky } = arrays as Record<string, Float32Array>;
        if (!(sigmoid && silu && elu && leaky)) return;
        kernel.sigmoid({ z: sigmoid });
        kernel.silu({ z: silu });
        kernel.elu({ z: elu, scale: below });
        kernel.leakyRelu({ z: leaky, slope: below });
      });
    },
  );

  property.prop([floatsOf(24), floatsOf(24), value])("scaleAndAdd and largestMagnitude", (y, x, scale) => {
    sameBits({ y, x, most: new Float64Array(1) }, (kernel, { y, x, most }) => {
      kernel.scaleAndAdd({ y: y as Float32Array, scale, x: x as Float32Array });
      if (most) most[0] = kernel.largestMagnitude({ x: y as Float32Array });
    });
  });

  const any = fc.oneof(
    value,
    fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0, 1e-45),
  );

  property.prop([
    fc.array(any, { minLength: 4, maxLength: 9 }).map((x) => Float32Array.from([...x, ...x, ...x, ...x])),
  ])("largestMagnitude of any numbers, in every lane", (x) => {
    sameBits({ x, most: new Float64Array(1) }, (kernel, { x, most }) => {
      const largest = kernel.largestMagnitude({ x: x as Float32Array });
      // The sign of what is not a number means nothing.
      if (most) most[0] = Number.isNaN(largest) ? -1 : largest;
    });
  });
});

test("negative control: a single changed bit is found", () => {
  expect(() =>
    sameBits({ x: Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8) }, (kernel, { x }) => {
      kernel.scale({ x: x as Float32Array, scale: kernel === simd ? 1 + 2 ** -23 : 1 });
    }),
  ).toThrow();
});

test("memory that does not suffice is an error, not a wrong result", () => {
  const small = simdKernel(1000);
  expect(() => small.floats(100_000)).toThrow(RangeError);
});

describe("the SIMD kernel has the reference's bits of masks:", () => {
  const stride = 24;
  const rows = 3;
  const threshold = fc.oneof(fc.integer({ min: 0, max: 2 ** 31 }), fc.constantFrom(0, 1, 0xffff, 2 ** 16, 2 ** 31));
  const words = wordsOf(rows * maskWords(stride));
  const masks = fc.integer({ min: 1, max: MOST_MASKS });

  property.prop([
    words,
    threshold,
    masks.chain((masks) => fc.tuple(fc.integer({ min: 0, max: masks - 1 }), fc.constant(masks))),
    fc.tuple(value, fc.boolean()),
  ])("mask", (words, threshold, [mask, masks], [kept, isKept]) => {
    sameBits({ words, out: new Float32Array(rows * stride) }, (kernel, arrays) => {
      const choice = { words: arrays.words as Uint32Array, mask, masks, threshold, isKept };
      kernel.mask({ ...choice, kept, dropped: -1, stride, out: arrays.out as Float32Array });
    });
  });

  const flags = fc.record({ isKept: fc.boolean(), isComplement: fc.boolean(), isMirrored: fc.boolean() });
  const keep = fc.double({ min: 0.01, max: 0.99, noNaN: true });

  property.prop([floatsOf(rows * stride), words, threshold, masks, flags, keep, fc.integer({ min: 1, max: 8 })])(
    "addMaskedMoments, to the last sample",
    (x, words, threshold, masks, flags, keep, last) => {
      const count = flags.isComplement ? 2 : masks;
      const others = new Float64Array(rows * (flags.isMirrored ? 2 * count : count) + 8);
      const arrays = { x, words, clean: new Float64Array(2 * rows), own: new Float64Array(2 * rows), others };
      sameBits(arrays, (kernel, arrays) => {
        const { clean, own, others } = arrays as Record<string, Float64Array>;
        if (!(clean && own && others)) return;
        kernel.addMaskedMoments({
          ...{ x: arrays.x as Float32Array, words: arrays.words as Uint32Array, stride, samples: stride - 8 + last },
          ...{ threshold, masks: count, ...flags, keep, centre: 1.5, first: 0, clean, own, others },
        });
      });
    },
  );
});

describe("the SIMD kernel has the reference's bits of scatter matrices:", () => {
  const stride = 24;
  const small = (length: number) => floatsOf(length).map((x) => x.map((one) => one / 10));
  const rows = fc.integer({ min: 1, max: 11 });
  const last = fc.integer({ min: 1, max: 8 });

  property.prop([rows.chain((count) => fc.tuple(small(count * stride), wordsOf(count * maskWords(stride)))), last])(
    "packUnits and packMaskedUnits, to the last sample",
    ([x, words], last) => {
      const room = () => ({ panel: new Uint32Array(24 * (stride / 2)), sums: new Float64Array(24) });
      const [clean, noisy] = [room(), room()];
      const arrays = { x, words, clean: clean.panel, sums: clean.sums, noisy: noisy.panel, noisySums: noisy.sums };
      sameBits(arrays, (kernel, arrays) => {
        const call = { first: 8, x: arrays.x as Float32Array, stride, samples: stride - 8 + last, scale: 12.5 };
        kernel.packUnits({ ...call, panel: arrays.clean as Uint32Array, sums: arrays.sums as Float64Array });
        kernel.packMaskedUnits({
          ...{ ...call, words: arrays.words as Uint32Array, mask: 1, masks: 3, threshold: 0x5000_8000 },
          ...{ isKept: last % 2 === 0, kept: 700, dropped: -300 },
          ...{ panel: arrays.noisy as Uint32Array, sums: arrays.noisySums as Float64Array },
        });
      });
    },
  );

  const units = 40;
  const panel = wordsOf(units * (stride / 2)).map((words) =>
    // Of 13 bits, so that no sum of 24 samples passes 2³¹.
    words.map((word) => (((word << 16) >> 19) & 0xffff) | ((word >> 19) << 16)),
  );

  property.prop([panel, panel, floatsOf(units * units), floatsOf(units)])(
    "addScatter and trackScatter",
    (first, second, matrix, drawn) => {
      const scatter = new Float32Array(units * units);
      const sums = Float64Array.from(drawn);
      const gram = matrix.map((value) => value / 7);
      const arrays = { first, second, scatter, sums, gram, running: matrix, room: new Float32Array(2 * units) };
      sameBits({ ...arrays, totals: new Float64Array(1) }, (kernel, arrays) => {
        const { scatter, gram, running, room } = arrays as Record<string, Float32Array>;
        const { sums, totals } = arrays as Record<string, Float64Array>;
        if (!(scatter && gram && running && room && sums && totals)) return;
        kernel.addScatter({ panel: arrays.first as Uint32Array, units, stride, scatter, isFirst: true });
        kernel.addScatter({ panel: arrays.second as Uint32Array, units, stride, scatter, isFirst: false });
        const call = { scatter, units, sums, samples: 48, gram, kept: 0.9, weight: 0.1, running, room };
        totals[0] = kernel.trackScatter(call);
        room.fill(0);
      });
    },
  );
});

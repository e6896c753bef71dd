import { fc, test as property } from "@fast-check/vitest";
import { sum } from "simple-statistics";
import { describe, expect, test } from "vitest";
import { MOST_MASKS, maskWords, PANEL_SLOTS, TILE_NEURONS } from "../../src/kernel/kernel.ts";
import { referenceKernel as kernel } from "../../src/kernel/reference.ts";
import { nextWords } from "../../src/kernel/xoshiro.ts";

/** A stream of random words with different data in every lane. */
function stream(seed: number): Uint32Array {
  return Uint32Array.from({ length: 16 }, (_, index) => Math.imul(seed + index + 1, 0x9e3779b1));
}

const floats = (length: number) =>
  fc
    .array(fc.float({ min: -8, max: 8, noNaN: true }), { minLength: length, maxLength: length })
    .map((x) => Float32Array.from(x));

describe("addMoments", () => {
  property.prop([floats(3 * 24), fc.integer({ min: 1, max: 24 })])(
    "adds only the samples asked for, row by row",
    (x, samples) => {
      const sums = new Float64Array(2 * 5).fill(1);
      kernel.addMoments({ x, stride: 24, samples, sums, first: 1 });
      for (let channel = 0; channel < 3; channel++) {
        const row = [...x.subarray(channel * 24, channel * 24 + samples)];
        // At most 3 + 1 additions in single precision a lane: relative error 5·2⁻²⁴ of the sum of magnitudes.
        const magnitude = sum(row.map(Math.abs));
        const squares = sum(row.map((value) => value * value));
        expect(Math.abs((sums[2 * channel + 2] ?? 0) - 1 - sum(row))).toBeLessThanOrEqual(
          5 * 2 ** -24 * magnitude + 1e-15,
        );
        expect(Math.abs((sums[2 * channel + 3] ?? 0) - 1 - squares)).toBeLessThanOrEqual(
          5 * 2 ** -24 * squares + 1e-15,
        );
      }
      expect([sums[0], sums[1], sums[8], sums[9]]).toEqual([1, 1, 1, 1]);
    },
  );
});

/** A panel with rows in its first slots, and weights for `neurons` neurons of as many slots, for 8 samples. */
function packed(rows: readonly Float32Array[], weights: readonly Float32Array[]) {
  const panel = new Float32Array(PANEL_SLOTS * 8);
  kernel.packRows({ x: Float32Array.from(rows.flatMap((row) => [...row])), stride: 8, first: 0, panel });
  const tiles = Math.ceil(weights.length / TILE_NEURONS);
  const packedWeights = new Float32Array(tiles * TILE_NEURONS * PANEL_SLOTS);
  for (const [neuron, row] of weights.entries()) {
    const tile = Math.floor(neuron / TILE_NEURONS) * TILE_NEURONS * PANEL_SLOTS;
    for (const [slot, weight] of row.entries()) packedWeights[tile + slot * TILE_NEURONS + (neuron % 4)] = weight;
  }
  return { panel, weights: packedWeights, y: new Float32Array(tiles * TILE_NEURONS * 8).fill(0.5) };
}

describe("multiplyRows", () => {
  property.prop([
    fc.array(floats(8), { minLength: 3, maxLength: 3 }),
    fc.array(floats(3), { minLength: 5, maxLength: 5 }),
  ])("adds the products of its slots to what is there", (rows, weights) => {
    const call = packed(rows, weights);
    kernel.multiplyRows({ ...call, slots: 3, stride: 8 });
    for (const [neuron, row] of weights.entries()) {
      for (let sample = 0; sample < 8; sample++) {
        const terms = [...row].map((weight, slot) => weight * (rows[slot]?.[sample] ?? Number.NaN));
        const magnitude = sum(terms.map(Math.abs)) + 0.5;
        // Three products and three additions, each rounded by at most 2⁻²⁴ of the magnitude.
        expect(Math.abs((call.y[neuron * 8 + sample] ?? 0) - 0.5 - sum(terms))).toBeLessThanOrEqual(
          6 * 2 ** -24 * magnitude,
        );
      }
    }
  });
});

describe("packPairs and multiplyPairs", () => {
  const integers = (length: number, most: number) =>
    fc.array(fc.integer({ min: -most, max: most }), { minLength: length, maxLength: length });

  property.prop([fc.array(integers(8, 32_767), { minLength: 4, maxLength: 4 }), integers(4, 16_000)])(
    "give the exact sum of products of integers",
    (rows, weights) => {
      const panel = new Uint32Array(PANEL_SLOTS * 8);
      kernel.packPairs({ x: Float32Array.from(rows.flat()), stride: 8, first: 0, scale: 1, bound: 32_767, panel });
      const [a = 0, b = 0, c = 0, d = 0] = weights;
      const packedWeights = new Uint32Array(TILE_NEURONS * PANEL_SLOTS);
      packedWeights[0] = (a & 0xffff) | (b << 16);
      packedWeights[TILE_NEURONS] = (c & 0xffff) | (d << 16);
      const y = new Float32Array(TILE_NEURONS * 8);
      kernel.multiplyPairs({ weights: packedWeights, panel, slots: 2, y, stride: 8 });
      for (let sample = 0; sample < 8; sample++) {
        const exact = sum(weights.map((weight, row) => weight * (rows[row]?.[sample] ?? Number.NaN)));
        expect(y[sample]).toBe(Math.fround(exact));
      }
    },
  );

  test("round to the nearest integer, ties to even, and no further out than the bound", () => {
    const panel = new Uint32Array(PANEL_SLOTS * 8);
    const x = Float32Array.of(0.5, 1.5, -0.5, -1.5, 1e9, -1e9, 2.4999, 0);
    kernel.packPairs({ x, stride: 8, first: 0, scale: 1, bound: 100, panel });
    const lower = [...panel.subarray(0, 8)].map((word) => (word << 16) >> 16);
    expect(lower).toEqual([0, 2, 0, -2, 100, -100, 2, 0]);
    // A row without a second stands in both halves.
    expect([...panel.subarray(0, 8)].map((word) => word >> 16)).toEqual(lower);
  });
});

describe("addNoisyMoments and addMirroredMoments", () => {
  property.prop([floats(16), floats(16), fc.float({ min: -8, max: 8, noNaN: true }), fc.integer({ min: 1, max: 8 })])(
    "are addMoments of what they say",
    (x, other, number, samples) => {
      const noisy = new Float32Array(16);
      kernel.applyNoise({ x, deviation: other, centre: number, noisy });
      const mirrored = x.map((value, at) => Math.fround(number * value) - (other[at] ?? Number.NaN));
      const rows = { stride: 8, samples, first: 0 };
      const fused = [new Float64Array(4), new Float64Array(4)] as const;
      kernel.addNoisyMoments({ ...rows, x, deviation: other, centre: number, sums: fused[0] });
      kernel.addMirroredMoments({ ...rows, x, y: other, factor: number, sums: fused[1] });
      const apart = [new Float64Array(4), new Float64Array(4)] as const;
      kernel.addMoments({ ...rows, x: noisy, sums: apart[0] });
      kernel.addMoments({ ...rows, x: mirrored, sums: apart[1] });
      expect(fused).toEqual(apart);
    },
  );
});

/** The next words of a stream, lane by lane from the generator itself. */
function expectedWords(seed: number, count: number): number[] {
  const state = stream(seed);
  const lanes = [0, 1, 2, 3].map((lane) => {
    const words = new Uint32Array(count / 4);
    nextWords(state, lane, count / 4, words);
    return words;
  });
  return Array.from({ length: count }, (_, at) => lanes[at % 4]?.[Math.floor(at / 4)] ?? Number.NaN);
}

describe("random and mask", () => {
  const words = new Uint32Array(1024);
  kernel.random({ stream: stream(7), out: words });

  test("random takes a word of each lane in turn", () => {
    expect([...words]).toEqual(expectedWords(7, 1024));
  });

  interface Choice {
    readonly mask: number;
    readonly masks: number;
    readonly threshold: number;
    readonly isKept: boolean;
  }

  /** Whether each unit of rows of 16 samples is kept, by the definition of `MaskWords`. */
  function isKeptIn({ mask, masks, threshold, isKept }: Choice): boolean[] {
    const points = [...new Uint16Array(words.buffer, 0, 2 * maskWords(16) * 8)];
    return Array.from({ length: 8 }, (_, row) => points.slice(24 * row, 24 * (row + 1))).flatMap((row) =>
      row.slice(8).map((word, sample) => {
        // The lane's chance is in signed numbers.
        const chance = ((row[sample % 8] ?? 0) + 0x8000) % 0x10000;
        const count = Math.floor(threshold / 0x10000) + (chance < threshold % 0x10000 ? 1 : 0);
        const point = (word + Math.floor((0x10000 * mask) / masks)) % 0x10000;
        return isKept ? point < count : point < 0x10000 - count;
      }),
    );
  }

  test.each<Choice>([
    { mask: 0, masks: 1, threshold: 0x40000000, isKept: true },
    { mask: 0, masks: 1, threshold: 0x40000000, isKept: false },
    { mask: 2, masks: 3, threshold: 0x12345678, isKept: true },
    { mask: 2, masks: 3, threshold: 0x12345678, isKept: false },
    { mask: 31, masks: 32, threshold: 0xffff, isKept: true },
    { mask: 1, masks: 2, threshold: 2 ** 31, isKept: true },
    { mask: 0, masks: 1, threshold: 0, isKept: true },
    { mask: 0, masks: 1, threshold: 0, isKept: false },
  ])("mask keeps exactly the points of its arc: %o", (call) => {
    const out = new Float32Array(8 * 16);
    kernel.mask({ ...call, words, kept: 3, dropped: -1, stride: 16, out });
    expect([...out]).toEqual(isKeptIn(call).map((kept) => (kept ? 3 : -1)));
  });

  test("a lane's chance makes the threshold as long as it is, to 2⁻³² of the circle", () => {
    const threshold = 0x1234_5678;
    // Rows of 8 samples, all at the point that the threshold may or may not reach; each chance once.
    const all = new Uint16Array(16 * 0x2000);
    for (let chance = 0; chance < 0x10000; chance++) {
      all[16 * (chance >> 3) + (chance & 7)] = chance;
      all[16 * (chance >> 3) + 8 + (chance & 7)] = threshold / 0x10000;
    }
    let kept = 0;
    const out = new Float32Array(0x10000);
    kernel.mask({
      ...{ words: new Uint32Array(all.buffer), mask: 0, masks: 1, threshold, isKept: true },
      ...{ kept: 1, dropped: 0, stride: 8, out },
    });
    for (const one of out) kept += one;
    expect(kept).toBe(threshold % 0x10000);
  });
});

describe("addMaskedMoments", () => {
  const stride = 16;
  const rows = 3;
  const flags = fc.record({ isKept: fc.boolean(), isComplement: fc.boolean(), isMirrored: fc.boolean() });
  const words = fc.integer().map((seed) => {
    const drawn = new Uint32Array(rows * maskWords(stride));
    kernel.random({ stream: stream(seed), out: drawn });
    return drawn;
  });

  property.prop([
    floats(rows * stride),
    words,
    fc.integer({ min: 0, max: 2 ** 31 }),
    fc.integer({ min: 1, max: MOST_MASKS }),
    flags,
    fc.double({ min: 0.05, max: 0.95, noNaN: true }),
    fc.tuple(fc.double({ min: -30, max: 30, noNaN: true }), fc.integer({ min: 1, max: stride })),
  ])(
    "is the moments of what each mask makes of x, one by one",
    (drawn, words, threshold, n, flags, keep, [centre, samples]) => {
      const masks = flags.isComplement ? 2 : n;
      // A complement is half of the circle.
      const choice = { words, masks, threshold: flags.isComplement ? 2 ** 31 : threshold };
      const signs = flags.isMirrored ? [1, -1] : [1];
      const eachOther = signs.length * masks - 1;
      const sums = {
        clean: new Float64Array(6),
        own: new Float64Array(6),
        others: new Float64Array(rows * (eachOther + 1) + 1),
      };
      const x = drawn.slice();
      kernel.addMaskedMoments({ ...choice, ...flags, ...sums, x, stride, samples, keep, centre, first: 0 });
      for (let row = 0; row < rows; row++) {
        const values = [...drawn.subarray(row * stride, row * stride + samples)];
        const size = samples * (Math.max(...values.map(Math.abs)) + Math.abs(centre));
        const close = (found: number | undefined, expected: number, scale: number) =>
          expect(Math.abs((found ?? Number.NaN) - expected)).toBeLessThanOrEqual(1e-5 * scale + 1e-30);
        close(sums.clean[2 * row], sum(values), size);
        close(sums.clean[2 * row + 1], sum(values.map((value) => value * value)), size * size);
        /** y of each mask and sign, in the order of the sums. */
        const noisy = Array.from({ length: masks }, (_, mask) => {
          const masked = new Float32Array(rows * stride);
          kernel.mask({ ...choice, isKept: flags.isKept, mask, kept: 1, dropped: 0, stride, out: masked });
          const kept = masked.subarray(row * stride);
          return signs.map((sign) =>
            values.map((value, at) => (kept[at] ?? 0) * (sign * value + centre) - keep * centre),
          );
        }).flat();
        const [own = [], ...others] = noisy;
        close(sums.own[2 * row], sum(own), size);
        close(sums.own[2 * row + 1], sum(own.map((y) => y * y)), size * size);
        for (const [index, y] of others.entries()) close(sums.others[row * (eachOther + 1) + index], sum(y), size);
        const squares = sum(others.flat().map((y) => y * y));
        if (eachOther > 0)
          close(sums.others[row * (eachOther + 1) + eachOther], squares, (eachOther + 1) * size * size);
      }
      // What lies behind the sums stays.
      expect(sums.others.at(-1)).toBe(0);
    },
  );
});

describe("applyNoise", () => {
  property.prop([floats(16), fc.float({ min: -1000, max: 1000, noNaN: true })])(
    "leaves x bit for bit without noise",
    (x, centre) => {
      const noisy = new Float32Array(16);
      kernel.applyNoise({ x, deviation: new Float32Array(16), centre, noisy });
      // −0 + 0 is +0, which no sum can tell from −0.
      expect([...noisy].map((value) => value + 0)).toEqual([...x].map((value) => value + 0));
    },
  );

  property.prop([floats(8), floats(8), fc.float({ min: -100, max: 100, noNaN: true })])(
    "is (x + centre)(1 + r) − centre",
    (x, deviation, centre) => {
      const noisy = new Float32Array(8);
      kernel.applyNoise({ x, deviation, centre, noisy });
      for (let at = 0; at < 8; at++) {
        const [clean = 0, r = 0] = [x[at], deviation[at]];
        const exact = (clean + centre) * (1 + r) - centre;
        // Three roundings of numbers no larger than (|x| + |centre|)(1 + |r|).
        expect(Math.abs((noisy[at] ?? 0) - exact)).toBeLessThanOrEqual(
          3 * 2 ** -24 * (Math.abs(clean) + Math.abs(centre)) * (1 + Math.abs(r)) + 1e-30,
        );
      }
    },
  );
});

describe("correlate", () => {
  test("feeds each row of a sample back into the next, channel by channel", () => {
    const z = Float32Array.from({ length: 2 * 8 }, (_, at) => at);
    const factor = Float32Array.from({ length: 8 }, (_, at) => 100 * at);
    kernel.correlate({
      z,
      stride: 8,
      factor,
      own: Float32Array.of(9, 1, 2),
      common: Float32Array.of(9, 0, 0.5),
      first: 1,
      feedback: 1,
    });
    for (let sample = 0; sample < 8; sample++) {
      const fed = 100 * sample + sample;
      expect(z[sample]).toBe(sample);
      expect(z[8 + sample]).toBe(2 * (8 + sample) + 0.5 * fed);
      expect(factor[sample]).toBe(fed + (z[8 + sample] ?? 0));
    }
  });
});

describe("streams", () => {
  test.each(["normals", "uniforms", "random"] as const)("%s of a long array are those of its parts", (name) => {
    const draw = (states: Uint32Array[], out: Float32Array) => {
      const [a = stream(0), b = stream(0)] = states;
      if (name === "normals") kernel.normals({ radius: a, angle: b, out });
      else if (name === "uniforms") kernel.uniforms({ stream: a, scale: 2, out });
      else kernel.random({ stream: a, out: new Uint32Array(out.buffer, out.byteOffset, out.length) });
    };
    const whole = new Float32Array(1024);
    draw([stream(1), stream(2)], whole);
    const parts = new Float32Array(1024);
    const states = [stream(1), stream(2)];
    for (const [from, to] of [
      [0, 8],
      [8, 520],
      [520, 1024],
    ])
      draw(states, parts.subarray(from, to));
    expect(parts).toEqual(whole);
  });
});

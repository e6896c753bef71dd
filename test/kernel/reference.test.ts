import { fc, test as property } from "@fast-check/vitest";
import { sum } from "simple-statistics";
import { describe, expect, test } from "vitest";
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

describe("multiplyAdd", () => {
  property.prop([floats(2 * 7), floats(3 * 8)])("adds the products of its columns to what is there", (weights, x) => {
    const y = new Float32Array(2 * 8).fill(0.5);
    kernel.multiplyAdd({ weights, width: 7, first: 2, x, y, stride: 8 });
    for (let neuron = 0; neuron < 2; neuron++) {
      for (let sample = 0; sample < 8; sample++) {
        const terms = [0, 1, 2].map((i) => (weights[neuron * 7 + 2 + i] ?? 0) * (x[i * 8 + sample] ?? 0));
        const magnitude = sum(terms.map(Math.abs)) + 0.5;
        // Three products and three additions, each rounded by at most 2⁻²⁴ of the magnitude.
        expect(Math.abs((y[neuron * 8 + sample] ?? 0) - 0.5 - sum(terms))).toBeLessThanOrEqual(
          6 * 2 ** -24 * magnitude,
        );
      }
    }
  });

  test("gives the same bits in one call and column by column", () => {
    const weights = Float32Array.from({ length: 20 }, (_, at) => Math.sin(at));
    const x = Float32Array.from({ length: 5 * 8 }, (_, at) => Math.cos(3 * at));
    const whole = new Float32Array(4 * 8);
    const apart = new Float32Array(4 * 8);
    kernel.multiplyAdd({ weights, width: 5, first: 0, x, y: whole, stride: 8 });
    for (let first = 0; first < 5; first++) {
      kernel.multiplyAdd({ weights, width: 5, first, x: x.subarray(first * 8, first * 8 + 8), y: apart, stride: 8 });
    }
    expect(apart).toEqual(whole);
  });
});

describe("choices", () => {
  test("keeps exactly the words below the threshold", () => {
    const out = new Float32Array(1024);
    const threshold = 0x40000000;
    kernel.choices({ stream: stream(7), threshold, kept: 3, dropped: -1, out });
    const words = stream(7);
    const lane = new Uint32Array(256);
    for (let index = 0; index < 4; index++) {
      nextWords(words, index, 256, lane);
      for (let at = 0; at < 256; at++) expect(out[4 * at + index]).toBe((lane[at] ?? 0) < threshold ? 3 : -1);
    }
  });

  test("a threshold of 2³² keeps all", () => {
    const out = new Float32Array(1024);
    kernel.choices({ stream: stream(1), threshold: 2 ** 32, kept: 1, dropped: -1, out });
    expect(new Set(out)).toEqual(new Set([1]));
  });
});

describe("perturb", () => {
  property.prop([floats(16), fc.float({ min: -1000, max: 1000, noNaN: true })])(
    "leaves x bit for bit without noise",
    (x, centre) => {
      const noisy = new Float32Array(16);
      kernel.perturb({ x, deviation: new Float32Array(16), centre, noisy });
      // −0 + 0 is +0, which no sum can tell from −0.
      expect([...noisy].map((value) => value + 0)).toEqual([...x].map((value) => value + 0));
    },
  );

  property.prop([floats(8), floats(8), fc.float({ min: -100, max: 100, noNaN: true })])(
    "is (x + centre)(1 + r) − centre",
    (x, deviation, centre) => {
      const noisy = new Float32Array(8);
      kernel.perturb({ x, deviation, centre, noisy });
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
  test.each(["normals", "uniforms", "choices"] as const)("%s of a long array are those of its parts", (name) => {
    const draw = (states: Uint32Array[], out: Float32Array) => {
      const [a = stream(0), b = stream(0)] = states;
      if (name === "normals") kernel.normals({ radius: a, angle: b, out });
      else if (name === "uniforms") kernel.uniforms({ stream: a, scale: 2, out });
      else kernel.choices({ stream: a, threshold: 2 ** 31, kept: 1, dropped: 0, out });
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

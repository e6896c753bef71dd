import { fc, test as property } from "@fast-check/vitest";
import { describe, expect, test } from "vitest";
import { type Kernel, STAGE_FLOATS } from "../../src/kernel/kernel.ts";
import { referenceKernel } from "../../src/kernel/reference.ts";
import { createSimdKernel } from "../../src/kernel/simd.ts";

const simdKernel = createSimdKernel(64 * 1024 * 1024);

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
  const results = [referenceKernel, simdKernel].map((kernel) => {
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

  property.prop([
    state,
    groups,
    fc.oneof(fc.integer({ min: 1, max: 2 ** 32 }), fc.constantFrom(1, 2 ** 31, 2 ** 32)),
    value,
  ])("choices", (stream, count, threshold, kept) => {
    sameBits({ stream, out: new Float32Array(8 * count) }, (kernel, { stream, out }) =>
      kernel.choices({ stream: stream as Uint32Array, threshold, kept, dropped: -1, out: out as Float32Array }),
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

  property.prop([draws, value, value])("rectify", (z, offset, floor) => {
    sameBits({ z }, (kernel, { z }) => kernel.rectify({ z: z as Float32Array, offset, floor }));
  });

  property.prop([draws, value, value])("exponentiate", (z, scale, offset) => {
    // Standard normals reach 6.7, and s is at most 1.27.
    const within = z.map((one) => one / 150);
    sameBits({ z: within }, (kernel, { z }) =>
      kernel.exponentiate({ z: z as Float32Array, rate: 1.27, scale, offset }),
    );
  });

  property.prop([draws, value])("uniformise", (z, scale) => {
    const within = z.map((one) => one / 140);
    sameBits({ z: within }, (kernel, { z }) => kernel.uniformise({ z: z as Float32Array, scale }));
  });

  property.prop([floatsOf(24), floatsOf(24), value])("perturb", (x, deviation, centre) => {
    sameBits({ x, deviation, noisy: new Float32Array(24) }, (kernel, arrays) => {
      const { x, deviation, noisy } = arrays as Record<string, Float32Array>;
      if (x && deviation && noisy) kernel.perturb({ x, deviation, centre, noisy });
    });
  });

  property.prop([
    fc.integer({ min: 1, max: 20 }).chain((neurons) => fc.tuple(floatsOf(neurons * 9), floatsOf(neurons * 16))),
    floatsOf(4 * 16),
  ])("multiplyAdd, with neurons that fill no register tile", ([weights, y], x) => {
    sameBits({ weights, x, y }, (kernel, arrays) => {
      const { weights, x, y } = arrays as Record<string, Float32Array>;
      if (weights && x && y) kernel.multiplyAdd({ weights, width: 9, first: 3, x, y, stride: 16 });
    });
  });

  property.prop([floatsOf(3 * 24), fc.integer({ min: 1, max: 24 })])("addMoments, to the last sample", (x, samples) => {
    sameBits({ x, sums: Float64Array.from({ length: 10 }, (_, at) => at) }, (kernel, { x, sums }) =>
      kernel.addMoments({ x: x as Float32Array, stride: 24, samples, sums: sums as Float64Array, first: 2 }),
    );
  });
});

test("negative control: a single changed bit is found", () => {
  expect(() =>
    sameBits({ x: Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8) }, (kernel, { x }) => {
      kernel.scale({ x: x as Float32Array, scale: kernel === simdKernel ? 1 + 2 ** -23 : 1 });
    }),
  ).toThrow();
});

test("memory that does not suffice is an error, not a wrong result", () => {
  const small = createSimdKernel(1000);
  expect(() => small.floats(100_000)).toThrow(RangeError);
});

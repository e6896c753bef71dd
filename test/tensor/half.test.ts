import { describe, expect, it } from "vitest";
import { fromBfloat16, fromFloat16, toBfloat16, toFloat16 } from "../../src/tensor/half.ts";

const ALL = Array.from({ length: 2 ** 16 }, (_, bits) => bits);

/** IEEE 754-2019, §3.4: binary16 by its definition. */
function defined(bits: number): number {
  const sign = bits >= 0x8000 ? -1 : 1;
  const exponent = Math.floor(bits / 1024) % 32;
  const fraction = bits % 1024;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

it("each of the 65536 half-precision floats is the number that it stands for", () => {
  expect(ALL.filter((bits) => !Object.is(fromFloat16(bits), defined(bits)))).toEqual([]);
  // Values of the standard's own examples: the largest, the smallest above 0, the one nearest to 1/3.
  expect([0x7bff, 0x0001, 0x3555].map(fromFloat16)).toEqual([65504, 2 ** -24, 0.333251953125]);
});

it("each of the 65536 bfloat16 is the single-precision float that it begins", () => {
  const view = new DataView(new ArrayBuffer(4));
  const single = (bits: number) => {
    view.setUint16(0, bits);
    return view.getFloat32(0);
  };
  expect(ALL.filter((bits) => !Object.is(fromBfloat16(bits), single(bits)))).toEqual([]);
});

describe("rounding", () => {
  it("gives back each of the half-precision floats and bfloat16 that are finite", () => {
    const isKept = (from: (bits: number) => number, to: (value: number) => number) =>
      ALL.filter((bits) => Number.isFinite(from(bits)) && to(from(bits)) !== bits);
    expect(isKept(fromFloat16, toFloat16)).toEqual([]);
    expect(isKept(fromBfloat16, toBfloat16)).toEqual([]);
  });

  it("goes to the nearest, and half-way to the even one", () => {
    const between = ALL.slice(0, 0x7bff).flatMap((bits) => {
      const [low, high] = [defined(bits), defined(bits + 1)];
      const half = (low + high) / 2;
      const even = bits % 2 === 0 ? bits : bits + 1;
      return [
        [half, even],
        [low + (high - low) * 0.49, bits],
        [low + (high - low) * 0.51, bits + 1],
      ] as const;
    });
    expect(between.filter(([value, bits]) => toFloat16(value) !== bits)).toEqual([]);
    expect(between.filter(([value, bits]) => toFloat16(-value) !== bits + 0x8000)).toEqual([]);
    // 1 + 2⁻⁸ lies half-way between 1 and 1 + 2⁻⁷.
    expect([1 + 2 ** -8, 1 + 2 ** -8 + 2 ** -20, 1 + 3 * 2 ** -8].map(toBfloat16)).toEqual([0x3f80, 0x3f81, 0x3f82]);
  });

  it("beyond the largest half-precision float is infinite", () => {
    expect([65519.9, 65520, 1e9, -1e9].map(toFloat16)).toEqual([0x7bff, 0x7c00, 0x7c00, 0xfc00]);
  });
});

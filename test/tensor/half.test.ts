import { expect, it } from "vitest";
import { fromBfloat16, fromFloat16 } from "../../src/tensor/half.ts";

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

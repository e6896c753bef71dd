import { fc, test } from "@fast-check/vitest";
import { expect } from "vitest";
import { nativeDigest } from "../../src/files/native-digest.ts";
import { sharedFloats } from "../../src/numeric/shared-memory.ts";
import { digestOf } from "../../src/scenario/arrays.ts";

const LENGTH = fc.oneof(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 16_383, max: 16_386 }));

test.prop([LENGTH, fc.integer(), fc.integer({ min: 1, max: 99 })], { numRuns: 20 })(
  "the digest of numbers is the same by Node's own means",
  (length, first, rows) => {
    const values = sharedFloats(length).map((_, at) => Math.fround(first * 1e-3 + Math.sqrt(at)));
    const array = { rows, columns: length, values };
    expect(nativeDigest(array)).toBe(digestOf(array));
  },
);

test("the digest of given numbers is what it was", () => {
  const array = { rows: 1, columns: 2, values: Float32Array.from([1, -0.5]) };
  // printf '1 2\n\0\0\x80\x3f\0\0\0\xbf' | sha256sum
  expect(digestOf(array)).toBe("f90b4222959f41f21b1e1c56365b91efa5fb475b3313d6907fbf0c49d4a384dc");
});

import { fc, test as property } from "@fast-check/vitest";
import { expect, it } from "vitest";
import { exactText, fromExactText } from "../../src/queue/exact.ts";

const numbers = fc.double();
const doubles = fc.float64Array();
const floats = fc.float32Array();
const words = fc.uint32Array();
const values = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.oneof(numbers, doubles, floats, words, fc.string(), fc.boolean(), fc.constant(null), fc.constant(undefined)),
    fc.array(tie("value")),
    fc.dictionary(fc.stringMatching(/^[a-z]{1,6}$/), tie("value")),
  ),
})).value;

property.prop([values])("what is written and read again is the same, bit by bit", (value) => {
  // Object.is, by the elements: −0 is not 0, and NaN is NaN.
  expect(fromExactText(exactText(value))).toStrictEqual(plain(value));
});

it("arrays that begin anywhere in their memory, and memory that threads share, are written alike", () => {
  const shared = new Float64Array(new SharedArrayBuffer(64));
  shared.set([1.5, -0, Number.NaN, Number.POSITIVE_INFINITY, 5e-324]);
  const read = fromExactText(exactText({ part: shared.subarray(1, 5) })) as { readonly part: Float64Array };
  expect([...read.part]).toEqual([-0, Number.NaN, Number.POSITIVE_INFINITY, 5e-324]);
  expect(Object.is(read.part[0], -0)).toBe(true);
});

it.each(["", "{", "[1,]", "undefined"])("%o is refused", (text) => {
  expect(() => fromExactText(text)).toThrow(SyntaxError);
});

/** With the prototypes that JSON gives. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, plain(part)]));
}

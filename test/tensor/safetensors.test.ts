import { describe, expect, it } from "vitest";
import { bytes, float32, refusalOf, safetensors, stored, valuesOf } from "./files.ts";

const MATRIX = [1, 2, 3, 4, 1, -1, 1, -1, 2, 0, 0, 0];
const PAIR = float32(1, 2);
const entry = (dtype: string, shape: unknown, ...offsets: unknown[]) => ({ dtype, shape, data_offsets: offsets });

it("model.safetensors, which the library wrote, has its four arrays", async () => {
  const read = await valuesOf("model.safetensors", stored("model.safetensors"));
  expect(read.toSorted((one, other) => (one.name < other.name ? -1 : 1))).toEqual([
    { name: "bn.num_batches_tracked", shape: [], order: "C", values: [7] },
    { name: "conv.weight", shape: [2, 2, 2, 2], order: "C", values: Array.from({ length: 16 }, (_, at) => at + 1) },
    { name: "fc.bias", shape: [3], order: "C", values: [1, 1, 1] },
    { name: "fc.weight", shape: [3, 4], order: "C", values: MATRIX },
  ]);
});

it("halves.safetensors, which the library wrote, has the same numbers in both precisions", async () => {
  const read = await valuesOf("halves.safetensors", stored("halves.safetensors"));
  expect(read.map(({ values }) => values)).toEqual([MATRIX, MATRIX]);
});

it("bfloat16 at an odd address is read exactly, and metadata is no array", async () => {
  const header = { __metadata__: { format: "pt" }, byte: entry("U8", [1], 0, 1), w: entry("BF16", [1, 2], 1, 5) };
  // 0x3f80 is 1, 0xc040 is −3.
  const read = await valuesOf("m.safetensors", safetensors(header, bytes(9, 0x80, 0x3f, 0x40, 0xc0)));
  expect(read.map(({ name, values }) => [name, values])).toEqual([
    ["byte", [9]],
    ["w", [1, -3]],
  ]);
});

const F4 = (...offsets: unknown[]) => entry("F32", [1], ...offsets);

describe("what is wrong with a .safetensors file is one line that names it", () => {
  it.each<readonly [string, Uint8Array, RegExp]>([
    ["nothing in it", bytes(), /^m\.safetensors: is empty;/],
    ["5 bytes", bytes("short"), /is too short .* \(5 of 8 bytes or more\)/],
    ["a header beyond its end", safetensors({}, bytes()).subarray(0, 9), /declares a header of 2 bytes, but only 1/],
    ["a header of 2⁶⁴ bytes", bytes(...Array(8).fill(255), "{}"), /18446744073709552000 bytes, but only 2/],
    ["no JSON", safetensors("{'a'}", bytes()), /header is not JSON/],
    ["no UTF-8", bytes(2, 0, 0, 0, 0, 0, 0, 0, 0xc3, 0x28), /header is not UTF-8 text/],
    ["a list", safetensors([], bytes()), /header is not a JSON object of arrays/],
    ["no entry", safetensors({ w: null }, bytes()), /w: lacks dtype, shape or data_offsets/],
    ["no dtype", safetensors({ w: { shape: [2], data_offsets: [0, 8] } }, PAIR), /w: lacks dtype/],
    [
      "another dtype",
      safetensors({ w: entry("F8_E4M3", [8], 0, 8) }, PAIR),
      /w: has elements of type F8_E4M3, and vshift/,
    ],
    [
      "a shape of text",
      safetensors({ w: entry("F32", ["2"], 0, 8) }, PAIR),
      /shape \["2"\], which does not fit its bytes \[0,8\]/,
    ],
    ["a negative length", safetensors({ w: entry("F32", [-2], 0, 8) }, PAIR), /shape \[-2\].*does not fit/],
    ["a shape that overflows", safetensors({ w: entry("F32", [2 ** 40, 2 ** 40], 0, 8) }, PAIR), /does not fit/],
    ["a shape larger than its bytes", safetensors({ w: entry("F32", [3], 0, 8) }, PAIR), /does not fit/],
    ["bytes that end before they begin", safetensors({ w: entry("F32", [1], 8, 4) }, PAIR), /does not fit/],
    ["a fraction of a byte", safetensors({ w: entry("F32", [1], 0.5, 4.5) }, PAIR), /does not fit/],
    ["three offsets", safetensors({ w: entry("F32", [2], 0, 8, 8) }, PAIR), /does not fit/],
    ["bytes beyond the end", safetensors({ w: entry("F32", [3], 0, 12) }, PAIR), /declares 12 bytes of arrays, but 8/],
    ["bytes of nobody", safetensors({ w: F4(0, 4) }, PAIR), /declares 4 bytes of arrays, but 8 follow/],
    ["a gap", safetensors({ w: F4(4, 8) }, PAIR), /w: its bytes begin at 4, but the array before it ends at 0/],
    [
      "bytes that two share",
      safetensors({ v: F4(0, 4), w: F4(0, 4) }, PAIR),
      /w: its bytes begin at 0, but the array before it ends at 4/,
    ],
    [
      "a name twice",
      safetensors(`{"w":${JSON.stringify(F4(0, 4))},"\\u0077":${JSON.stringify(F4(4, 8))}}`, PAIR),
      /header has the key w more than once/,
    ],
    [
      "a key of an entry twice",
      safetensors(`{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8],"dtype":"I32"}}`, PAIR),
      /header has the key w\.dtype more than once/,
    ],
    [
      "100,000 brackets",
      safetensors(`{"w":${"[".repeat(1e5)}${"]".repeat(1e5)}}`, PAIR),
      /header is nested deeper than 100/,
    ],
    ["a name of a terminal's", safetensors(`{"\u009b2J":1,"\u009b2J":1}`, PAIR), /the key "\\u009b2J" more than once/],
    [
      "NaN",
      safetensors({ "a.w": entry("F32", [1, 2], 0, 8) }, float32(0, Number.NaN)),
      /s: a\.w: has NaN at index \[0, 1\]/,
    ],
  ])("%s", async (_, content, message) => {
    const refusal = await refusalOf("m.safetensors", content);
    expect(refusal).toMatch(message);
    expect(refusal).not.toContain("\n");
  });
});

it("keys inside an entry or a string do not count as names", async () => {
  const header = { __metadata__: { w: '"w":"w":', dtype: "{" }, w: entry("F32", [2], 0, 8) };
  expect(await valuesOf("m.safetensors", safetensors(header, PAIR))).toMatchObject([{ name: "w", values: [1, 2] }]);
});

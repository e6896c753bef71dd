import { describe, expect, it } from "vitest";
import { bytes, float32, npy, npyHeader, refusalOf, stored, valuesOf } from "./files.ts";

/** The matrix of data/make.py, row by row, and column by column. */
const ROWS = [1, 2, 3, 4, 1, -1, 1, -1, 2, 0, 0, 0];
const COLUMNS = [1, 1, 2, 2, -1, 0, 3, 1, 0, 4, -1, 0];

const KINDS = ["lf2", "lf4", "lf8", "bf4", "bf8", "li2", "bi4", "li8", "ni1", "version-2", "version-3"];

it.each(KINDS)("matrix-%s.npy, which NumPy wrote, has its numbers", async (kind) => {
  const name = `matrix-${kind}`;
  const read = await valuesOf(`folder/${name}.npy`, stored(`${name}.npy`));
  expect(read).toEqual([{ name, shape: [3, 4], order: "C", values: ROWS }]);
});

it("an array in Fortran's order is told to be so, and stays in it", async () => {
  const name = "matrix-fortran";
  const read = await valuesOf(`${name}.npy`, stored(`${name}.npy`));
  expect(read).toEqual([{ name, shape: [3, 4], order: "Fortran", values: COLUMNS }]);
});

it.each([
  ["|b1", [0, 2], [0, 1]],
  ["|u1", [255, 1], [255, 1]],
  ["|i1", [255, 1], [-1, 1]],
  ["<u2", [255, 254, 1, 0], [65279, 1]],
  [">u2", [255, 254, 0, 1], [65534, 1]],
  ["<u4", [0, 0, 0, 128, 1, 0, 0, 0], [2 ** 31, 1]],
  [">i4", [255, 255, 255, 254, 0, 0, 0, 1], [-2, 1]],
  ["<u8", [0, 0, 0, 0, 0, 0, 0, 128, 1, 0, 0, 0, 0, 0, 0, 0], [2 ** 63, 1]],
  [">i8", [255, 255, 255, 255, 255, 255, 255, 253, 0, 0, 0, 0, 0, 0, 0, 1], [-3, 1]],
  [">f2", [0x3c, 0x00, 0xc0, 0x00], [1, -2]],
])("elements %s of bytes %j are %j", async (descr, data, values) => {
  const [read] = await valuesOf("w.npy", npy(npyHeader(descr, "(1, 2)"), Uint8Array.from(data)));
  expect(read?.values).toEqual(values);
});

it.each([
  ["keys in another order, double quotes", `{"shape": (2,), "fortran_order": False, "descr": "<f4"}`],
  ["no spaces", `{'descr':'<f4','fortran_order':False,'shape':(2,)}`],
  ["Python 2's long numbers", `{'descr': '<f4', 'fortran_order': False, 'shape': (2L,), }   \n`],
])("a header with %s is read", async (_, header) => {
  expect(await valuesOf("w.npy", npy(header, float32(5, 6)))).toMatchObject([{ shape: [2], values: [5, 6] }]);
});

const PAIR = float32(1, 2);

describe("what is wrong with a .npy file is one line that names it", () => {
  it.each<readonly [string, Uint8Array, RegExp]>([
    ["nothing in it", bytes(), /^w\.npy: is empty; save it with numpy\.save$/],
    ["another beginning", bytes("PK\x03\x04 and more of it"), /does not start like a \.npy file/],
    ["only the magic", bytes(0x93, "NUMPY"), /does not start/],
    [
      "version 4",
      bytes(0x93, "NUMPY", 4, 0, 0, 0, 0, 0),
      /has version 4\.0 of the format, and vshift reads 1\.0, 2\.0/,
    ],
    ["a header beyond its end", npy("{}", bytes()).subarray(0, 11), /declares a header of 2 bytes, but only 1/],
    [
      "a header of 4 GB",
      bytes(0x93, "NUMPY", 2, 0, 255, 255, 255, 255, "{}"),
      /declares a header of 4294967295 bytes, but only 2/,
    ],
    [
      "objects",
      npy(npyHeader("|O", "(1, 1)"), bytes("cos\nsystem\n")),
      /Python objects, which can only be read by running/,
    ],
    ["objects of NumPy", stored("objects.npy"), /Python objects/],
    ["records", stored("records.npy"), /has records of several fields as elements/],
    ["complex numbers", stored("complex.npy"), /has elements of type <c8, and vshift reads b1, i1/],
    [
      "void, as bfloat16 is saved",
      npy(npyHeader("<V2", "(1, 2)"), bytes(0, 0, 0, 0)),
      /has elements of type <V2.*float32/,
    ],
    ["floats of 16 bytes", npy(npyHeader("<f16", "(1, 1)"), new Uint8Array(16)), /has elements of type <f16/],
    [
      "a shape larger than its data",
      npy(npyHeader("<f4", "(3, 1)"), PAIR),
      /<f4 of shape \(3, 1\), but 8 bytes follow/,
    ],
    [
      "a shape smaller than its data",
      npy(npyHeader("<f4", "(1, 1)"), PAIR),
      /<f4 of shape \(1, 1\), but 8 bytes follow/,
    ],
    ["a shape beyond all memory", npy(npyHeader("<f4", "(9007199254740991, 8)"), PAIR), /8 bytes follow/],
    [
      "a shape whose product is 0 by overflow",
      npy(npyHeader("<f4", "(4294967296, 4294967296)"), PAIR),
      /8 bytes follow/,
    ],
    ["a negative length", npy(npyHeader("<f4", "(-1, 2)"), PAIR), /header is not a dictionary as NumPy writes it/],
    ["an expression", npy(npyHeader("<f4", "(__import__('os').getpid(), 2)"), PAIR), /not a dictionary as NumPy/],
    ["a key twice", npy(`{'descr': '<f4', 'descr': '<f8', }`, PAIR), /header has descr twice/],
    ["a key too few", npy(`{'descr': '<f4', 'shape': (2,)}`, PAIR), /header must have descr, fortran_order and shape/],
    ["no braces", npy("'descr': '<f4'", PAIR), /not a dictionary in braces/],
    ["a lone brace", npy("{", PAIR), /w\.npy: its header/],
    ["NaN", npy(npyHeader("<f4", "(2, 2)"), float32(1, 2, Number.NaN, 4)), /^w\.npy: has NaN at index \[1, 0\], and/],
    ["infinity", npy(npyHeader("<f4", "(2, 2)"), float32(1, 2, 3, -Infinity)), /-Infinity at index \[1, 1\]/],
    [
      "NaN in Fortran's order",
      npy(npyHeader("<f4", "(2, 2)", "True"), float32(1, Number.NaN, 3, 4)),
      /NaN at index \[1, 0\]/,
    ],
  ])("%s", async (_, content, message) => {
    const refusal = await refusalOf("w.npy", content);
    expect(refusal).toMatch(message);
    expect(refusal).not.toContain("\n");
  });
});

it("the values are looked at only when asked for", async () => {
  const { readNpy } = await import("../../src/tensor/npy.ts");
  const content = npy(npyHeader("<f4", "(1, 1)"), float32(Number.NaN));
  const tensor = readNpy({ bytes: content, name: "w", where: "w.npy" });
  expect(tensor.shape).toEqual([1, 1]);
  expect(tensor.values).toThrow(/NaN at index \[0, 0\]/);
});

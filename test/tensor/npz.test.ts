import { zipSync } from "fflate/browser";
import { describe, expect, it } from "vitest";
import { ascii, bytes, float32, npy, npyHeader, refusalOf, stored, valuesOf } from "./files.ts";

const MATRIX = [1, 2, 3, 4, 1, -1, 1, -1, 2, 0, 0, 0];
const KERNEL = Array.from({ length: 16 }, (_, index) => index + 1);
const SMALL = npy(npyHeader("<f4", "(1, 2)"), float32(5, 6));

it.each(["model.npz", "model-compressed.npz"])("%s, which NumPy wrote, has its four arrays", async (file) => {
  expect(await valuesOf(file, stored(file))).toEqual([
    { name: "fc.weight", shape: [3, 4], order: "C", values: MATRIX },
    { name: "fc.bias", shape: [3], order: "C", values: [1, 1, 1] },
    { name: "conv.weight", shape: [2, 2, 2, 2], order: "C", values: KERNEL },
    { name: "bn.num_batches_tracked", shape: [], order: "C", values: [7] },
  ]);
});

/** An archive in which fields of the first member's entry in the directory say something else. */
function withDirectory(archive: Uint8Array, change: (view: DataView, entry: number) => void): Uint8Array {
  const copy = archive.slice();
  const entry = copy.findIndex((_, at) => [0x50, 0x4b, 1, 2].every((byte, index) => copy[at + index] === byte));
  change(new DataView(copy.buffer), entry);
  return copy;
}

// Offsets in an entry: PKWARE's APPNOTE.TXT 6.3.10, §4.3.12.
const COMPRESSION = 10;
const PACKED_SIZE = 20;
const SIZE = 24;
const DEFLATED = zipSync({ "w.npy": SMALL });
const STORED = zipSync({ "w.npy": SMALL }, { level: 0 });
const set = (archive: Uint8Array, offset: number, value: number) =>
  withDirectory(archive, (view, entry) => view.setUint32(entry + offset, value, true));

describe("what is wrong with a .npz file is one line that names it", () => {
  it.each<readonly [string, Uint8Array, RegExp]>([
    ["nothing in it", bytes(), /^m\.npz: is empty;/],
    ["no archive", bytes("no archive at all, but text"), /^m\.npz: is not a zip archive that vshift can read/],
    ["a member that is no array", zipSync({ "readme.txt": ascii("x") }), /readme\.txt: is not a \.npy file/],
    ["a member that only says so", zipSync({ "w.npy": ascii("x") }), /^m\.npz: w: does not start like a \.npy file/],
    [
      "a size larger than what is there",
      set(DEFLATED, SIZE, SMALL.length + 1),
      /w: unpacks to \d+ bytes, but declares/,
    ],
    [
      "a size smaller than what is there",
      set(DEFLATED, SIZE, SMALL.length - 1),
      /w: unpacks to more than the \d+ bytes/,
    ],
    ["a bomb", set(DEFLATED, SIZE, 2 ** 30), /declares that \d+ compressed bytes unpack to 1073741824/],
    ["more packed bytes than the archive has", set(DEFLATED, PACKED_SIZE, 2 ** 24), /in an archive of \d+/],
    ["stored bytes that grow", set(STORED, SIZE, 1000), /unpack to 1000/],
    ["another compression", withDirectory(STORED, (view, at) => view.setUint16(at + COMPRESSION, 99, true)), /m\.npz/],
    [
      "NaN",
      zipSync({ "w.npy": npy(npyHeader("<f4", "(1, 1)"), float32(Number.NaN)) }),
      /^m\.npz: w: has NaN at index \[0, 0\]/,
    ],
  ])("%s", async (_, content, message) => {
    const refusal = await refusalOf("m.npz", content);
    expect(refusal).toMatch(message);
    expect(refusal).not.toContain("\n");
  });
});

it("a name that is there twice is refused", async () => {
  const archive = zipSync({ "v.npy": SMALL, "w.npy": SMALL });
  for (const [at] of archive.entries()) if (archive[at] === 0x76 && archive[at + 1] === 0x2e) archive[at] = 0x77;
  expect(await refusalOf("m.npz", archive)).toBe(
    "m.npz: w: is there twice; save it with numpy.savez or numpy.savez_compressed",
  );
});

it("names that JavaScript's objects have of their own are names like any other, or refused", async () => {
  const [read] = await valuesOf("m.npz", zipSync({ "constructor.npy": SMALL }));
  expect(read).toMatchObject({ name: "constructor", values: [5, 6] });
});

it("a name is shown without what a terminal would obey", async () => {
  const refusal = await refusalOf("m.npz", zipSync({ "\u001b[2J\n.npy": ascii("x") }));
  expect(refusal).toMatch(/^m\.npz: \\u001b\[2J\\u000a: does not start/);
});

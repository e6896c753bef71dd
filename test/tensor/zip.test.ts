import { zipSync } from "fflate/browser";
import { describe, expect, it } from "vitest";
import { crc32 } from "../../src/tensor/crc32.ts";
import { readTensors } from "../../src/tensor/read.ts";
import { membersOf, withContents, type ZipMember } from "../../src/tensor/zip.ts";
import { bytes, float32, npy, npyHeader, refusalOf, stored, valuesOf } from "./files.ts";

const SMALL = npy(npyHeader("<f4", "(1, 2)"), float32(5, 6));
const DEFLATED = zipSync({ "w.npy": SMALL });
const STORED = zipSync({ "w.npy": SMALL }, { level: 0 });
const READ = { shape: [1, 2], order: "C", values: [5, 6] };

/** Where in an archive a record with this signature begins; the last one, since a directory is at the end. */
function placeOf(archive: Uint8Array, [one, two]: readonly [number, number]): number {
  return archive.findLastIndex((_, at) => [0x50, 0x4b, one, two].every((byte, index) => archive[at + index] === byte));
}

const LOCAL = [3, 4] as const;
const ENTRY = [1, 2] as const;
const END = [5, 6] as const;

/** The archive with this number in a field of a record. */
function withField(
  archive: Uint8Array,
  { record, offset, size }: { record: readonly [number, number]; offset: number; size: 16 | 32 },
  value: number,
): Uint8Array {
  const copy = archive.slice();
  const view = new DataView(copy.buffer);
  const at = placeOf(copy, record) + offset;
  if (size === 16) view.setUint16(at, value, true);
  else view.setUint32(at, value, true);
  return copy;
}

// Offsets: PKWARE's APPNOTE.TXT 6.3.10, §4.3.7, §4.3.12 and §4.3.16.
const FLAGS = { record: ENTRY, offset: 8, size: 16 } as const;
const SIZE = { record: ENTRY, offset: 24, size: 32 } as const;
const START = { record: ENTRY, offset: 42, size: 32 } as const;
const LOCAL_METHOD = { record: LOCAL, offset: 8, size: 16 } as const;
const LOCAL_CRC = { record: LOCAL, offset: 14, size: 32 } as const;
const COUNT = { record: END, offset: 10, size: 16 } as const;
const DIRECTORY = { record: END, offset: 16, size: 32 } as const;

describe("the checksum of an array", () => {
  /** What comes of the archive with each single bit of its data flipped. */
  async function afterEachFlip(archive: Uint8Array): Promise<readonly string[]> {
    const from = 30 + "w.npy".length;
    const refusals: string[] = [];
    for (let bit = 8 * from; bit < 8 * placeOf(archive, ENTRY); bit++) {
      const damaged = archive.slice();
      damaged[bit >> 3] = (damaged[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      const refusal = await refusalOf("m.npz", damaged);
      if (refusal === "none") expect(await valuesOf("m.npz", damaged)).toEqual([{ name: "w", ...READ }]);
      else refusals.push(refusal);
    }
    return refusals;
  }

  it("refuses a stored one with any single bit flipped", async () => {
    const refusals = await afterEachFlip(STORED);
    expect(refusals).toHaveLength(8 * SMALL.length);
    for (const refusal of refusals) expect(refusal).toMatch(/^m\.npz: w: has the CRC-32 [^\n]+$/);
    // Negative control: as it was written it is read.
    expect(await valuesOf("m.npz", STORED)).toEqual([{ name: "w", ...READ }]);
  });

  it("refuses a packed one with any bit flipped, but for what fills up the last byte", async () => {
    const packed = DEFLATED.length - STORED.length + SMALL.length;
    expect((await afterEachFlip(DEFLATED)).length).toBeGreaterThan(8 * (packed - 1));
  });

  it("is named with the one that the archive has", async () => {
    const damaged = STORED.slice();
    const at = placeOf(damaged, ENTRY) - 1;
    damaged[at] = (damaged[at] ?? 0) ^ 1;
    expect(await refusalOf("m.npz", damaged)).toMatch(
      /^m\.npz: w: has the CRC-32 [0-9a-f]{8}, but the archive declares /,
    );
  });

  it("is asked of an array that is opened, and of no other", async () => {
    const archive = zipSync({ "v.npy": SMALL, "w.npy": SMALL }, { level: 0 });
    const at = placeOf(archive, LOCAL) - 1;
    archive[at] = (archive[at] ?? 0) ^ 1;
    const [v, w] = await readTensors({ file: "m.npz", bytes: archive });
    expect([...(w?.open().values() ?? [])]).toEqual([5, 6]);
    expect(() => v?.open()).toThrow("CRC-32");
  });
});

describe("an array that unpacks to more than the it says", () => {
  const LENGTH = 2 ** 28;
  const BOMB = zipSync({ "w.npy": new Uint8Array(LENGTH) }, { level: 1 });

  it("is refused at the first byte beyond, in memory of what it says", async () => {
    const declared = withField(BOMB, SIZE, 2 ** 19);
    const before = process.memoryUsage().arrayBuffers;
    expect(await refusalOf("m.npz", declared)).toMatch(/^m\.npz: w: unpacks to more than the 524288 bytes/);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(LENGTH / 2);
  });

  it("is only what it is where it says the truth", async () => {
    expect(await refusalOf("m.npz", BOMB)).toMatch(/^m\.npz: w: does not start like a \.npy file/);
  });
});

describe("an archive is read", () => {
  it.each(["streamed.npz", "streamed-stored.npz"])("%s, with sizes behind the bytes", async (file) => {
    expect(await valuesOf(file, stored(file))).toEqual([{ name: "w", ...READ }]);
  });

  it.each([
    ["as Python writes it", stored("zip64.npz")],
    ["with the directory's place in 64 bits alone", withField(stored("zip64.npz"), DIRECTORY, 0xffffffff)],
    ["with the number of members in 64 bits alone", withField(stored("zip64.npz"), COUNT, 0xffff)],
  ])("of zip64 %s", async (_, archive) => {
    expect(await valuesOf("m.npz", archive)).toEqual([
      { name: "v", ...READ },
      { name: "w", ...READ },
    ]);
  });

  it("with a comment", async () => {
    const archive = bytes(STORED, "a comment");
    expect(await valuesOf("m.npz", withField(archive, { record: END, offset: 20, size: 16 }, 9))).toHaveLength(1);
  });
});

describe("an archive is refused in one line", () => {
  const two = zipSync({ "v.npy": SMALL, "w.npy": SMALL });
  it.each<readonly [string, Uint8Array, RegExp]>([
    ["whose members share their bytes", withField(two, START, 0), /^m\.npz: w\.npy: shares bytes with v\.npy/],
    ["whose members overlap", withField(two, START, 40), /shares bytes with/],
    ["that is encrypted", withField(STORED, FLAGS, 1), /^m\.npz: w\.npy: is encrypted/],
    [
      "whose header says another method",
      withField(STORED, LOCAL_METHOD, 8),
      /^m\.npz: w: has a header that contradicts/,
    ],
    [
      "whose header says another checksum",
      withField(STORED, LOCAL_CRC, 1),
      /^m\.npz: w: has a header that contradicts/,
    ],
    ["whose member is elsewhere", withField(STORED, START, 1), /^m\.npz: w: is not at the position/],
    ["whose member is beyond the end", withField(STORED, START, 0xfffffffe), /in an archive of/],
    ["with fewer members than it says", withField(STORED, COUNT, 2), /^m\.npz: has a directory that is cut short/],
    ["with a directory beyond its end", withField(STORED, DIRECTORY, 0xfffffff0), /has a directory that is cut short/],
    ["with a directory elsewhere", withField(STORED, DIRECTORY, 1), /has a directory that is cut short/],
    ["that refers to zip64 and has none", withField(STORED, COUNT, 0xffff), /has a directory that is cut short/],
  ])("%s", async (_, archive, message) => {
    const refusal = await refusalOf("m.npz", archive);
    expect(refusal).toMatch(message);
    expect(refusal).not.toContain("\n");
  });
});

describe("other content", () => {
  const OTHER = npy(npyHeader("<f4", "(1, 2)"), float32(7, -8));
  const PLACE = { where: "w.npz", advice: { compression: "", member: "", archive: "" } };

  async function valuesIn(archive: Uint8Array): Promise<readonly number[]> {
    const [array] = await readTensors({ file: "w.npz", bytes: archive });
    return [...(array?.open().values() ?? [])];
  }

  function changed(archive: Uint8Array): Uint8Array {
    const [member] = membersOf(archive, PLACE);
    return withContents(archive, new Map([[member as ZipMember, OTHER]]), PLACE);
  }

  it("of a stored member changes it and its checksums alone", async () => {
    const holding = (array: Uint8Array) => zipSync({ "w.npy": array }, { level: 0, mtime: "2000-01-02" });
    const before = holding(SMALL);
    const archive = changed(before);
    expect(await valuesIn(archive)).toEqual([7, -8]);
    expect(archive).toEqual(holding(OTHER));
    expect(before).toEqual(holding(SMALL));
  });

  it.each([true, false])(
    "reaches the checksum in a descriptor behind the data, with its signature: %s",
    async (isMarked) => {
      const described = withDescriptor(isMarked);
      const archive = changed(described);
      expect(await valuesIn(archive)).toEqual([7, -8]);
      const at = described.length - archive.length + placeOf(archive, ENTRY) - 12;
      expect(new DataView(archive.buffer).getUint32(at, true)).toBe(crc32(OTHER));
    },
  );

  it("does not fit a compressed member, or another length", () => {
    expect(() => changed(DEFLATED)).toThrow(RangeError);
    const [member] = membersOf(STORED, PLACE);
    expect(() => withContents(STORED, new Map([[member as ZipMember, new Uint8Array(3)]]), PLACE)).toThrow(RangeError);
  });

  /** The archive with its sizes and checksum in a descriptor (§4.3.9): 12 bytes, or 16 with a signature. */
  function withDescriptor(isMarked: boolean): Uint8Array {
    const end = placeOf(STORED, ENTRY);
    const descriptor = new Uint8Array(isMarked ? 16 : 12);
    const fields = new DataView(descriptor.buffer);
    if (isMarked) fields.setUint32(0, 0x08074b50, true);
    for (const [index, value] of [crc32(SMALL), SMALL.length, SMALL.length].entries()) {
      fields.setUint32(descriptor.length - 12 + 4 * index, value, true);
    }
    const archive = bytes(STORED.subarray(0, end), descriptor, STORED.subarray(end));
    const view = new DataView(archive.buffer);
    for (const flags of [6, placeOf(archive, ENTRY) + 8]) view.setUint16(flags, 8, true);
    for (let at = 14; at < 26; at++) archive[at] = 0;
    view.setUint32(placeOf(archive, END) + 16, end + descriptor.length, true);
    return archive;
  }
});

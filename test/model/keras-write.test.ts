import { describe, expect, it } from "vitest";
import type { BatchNormOfModel } from "../../src/model/graph.ts";
import { writeKeras } from "../../src/model/keras-write.ts";
import type { NewStatistics } from "../../src/model/new-statistics.ts";
import { readModel } from "../../src/model/read-model.ts";
import { keras, kfun, type SmallArray, vector } from "./keras-archive.ts";

const ENDINGS = ["keras", "h5"] as const;

async function normsIn(bytes: Uint8Array, file: string): Promise<readonly BatchNormOfModel[]> {
  const { nodes } = await readModel({ file, bytes });
  return nodes.flatMap(({ layer }) => (layer.kind === "batch-norm" ? [layer] : []));
}

/** Quarters, which single precision has. */
function changeOf(norm: BatchNormOfModel, by: number): NewStatistics {
  return {
    norm,
    mean: norm.mean.map((_, channel) => channel / 4 - by),
    variance: norm.variance.map((_, channel) => channel / 4 + by),
  };
}

/** Where two files of one length differ. */
function differencesOf(one: Uint8Array, other: Uint8Array): readonly number[] {
  expect(one.length).toBe(other.length);
  return [...one.keys()].filter((at) => one[at] !== other[at]);
}

describe.each(ENDINGS)("new statistics in .%s", (ending) => {
  const file = `m.${ending}`;
  const before = kfun(ending);

  it("are there when it is read again, and all else is what it was", async () => {
    const [first, second, third] = await normsIn(before, file);
    if (first === undefined || third === undefined) throw new Error("no norms");
    const changes = [changeOf(first, 2), changeOf(third, 3)];
    const after = await writeKeras(file, before, changes);
    const norms = await normsIn(after, file);
    expect(norms[1]).toEqual(second);
    for (const [index, { mean, variance }] of [
      [0, changes[0] as NewStatistics],
      [2, changes[1] as NewStatistics],
    ] as const) {
      expect(norms[index]).toMatchObject({ mean, variance });
      expect(norms[index]?.gain).toEqual([first, second, third][index]?.gain);
    }
    const weights = async (bytes: Uint8Array) =>
      (await readModel({ file, bytes })).nodes.flatMap(({ layer }) =>
        layer.kind === "linear" || layer.kind === "convolution" ? [[...layer.weight.values()]] : [],
      );
    expect(await weights(after)).toEqual(await weights(before));
  });

  it("change the bytes of the arrays alone, and the checksums of an archive", async () => {
    const [norm] = await normsIn(before, file);
    if (norm === undefined) throw new Error("no norm");
    const after = await writeKeras(file, before, [changeOf(norm, 2)]);
    const changed = differencesOf(before, after);
    // 12 channels in single precision, twice; a member has its checksum at its beginning and in the directory.
    const checksums = ending === "keras" ? 2 * 4 : 0;
    expect(changed.length).toBeLessThanOrEqual(2 * 4 * 12 + checksums);
    // The bytes of the old values are where they changed.
    const at = Buffer.from(before).indexOf(Buffer.from(Float32Array.from(norm.mean).buffer));
    expect(at).toBeGreaterThan(0);
    const { buffer, byteOffset } = after.slice(at, at + 48);
    expect([...new Float32Array(buffer, byteOffset, 12)]).toEqual([...changeOf(norm, 2).mean]);
  });

  it("are the same bytes at a second time, and the old ones give the old file", async () => {
    const norms = await normsIn(before, file);
    const changes = norms.map((norm) => changeOf(norm, 1));
    const once = await writeKeras(file, before, changes);
    expect(Buffer.compare(await writeKeras(file, once, changes), once)).toBe(0);
    const back = norms.map(({ mean, variance, ...norm }) => ({ norm: { ...norm, mean, variance }, mean, variance }));
    expect(Buffer.compare(await writeKeras(file, once, back), before)).toBe(0);
  });

  it("leave what they are given as it was", async () => {
    const given = kfun(ending);
    await writeKeras(
      file,
      given,
      (await normsIn(given, file)).map((norm) => changeOf(norm, 1)),
    );
    expect(Buffer.compare(given, before)).toBe(0);
  });
});

describe("what cannot be replaced in place is refused by one line", () => {
  const ones = [1, 0, 0, 1].map((one): SmallArray => vector(one, one));
  const layers = [{ class: "BatchNormalization", name: "bn", variables: ones }];

  async function refusal(bytes: Uint8Array, change: (norm: BatchNormOfModel) => NewStatistics): Promise<string> {
    const [norm] = await normsIn(await keras({ layers }), "m.keras");
    if (norm === undefined) throw new Error("no norm");
    return writeKeras("m.keras", bytes, [change(norm)]).then(
      () => "none",
      (error: Error) => error.message,
    );
  }
  const twos = (norm: BatchNormOfModel): NewStatistics => ({
    norm,
    mean: Float64Array.of(2, 2),
    variance: Float64Array.of(2, 2),
  });

  it("a small archive is not", async () => {
    expect(await refusal(await keras({ layers }), twos)).toBe("none");
  });

  it("a compressed member", async () => {
    expect(await refusal(await keras({ layers, level: 9 }), twos)).toMatch(
      /^m\.keras: model\.weights\.h5: is compressed, so that its statistics cannot be replaced in place; save it again/,
    );
  });

  it("an array in chunks", async () => {
    const variables = ones.map((one, index) => (index === 2 ? { ...one, chunks: [1] } : one));
    const bytes = await keras({ layers: [{ class: "BatchNormalization", variables }] });
    expect(await refusal(bytes, twos)).toMatch(/vars\/2: is stored in chunks or compressed/);
  });

  it("an array that is not there, or of another length", async () => {
    expect(await refusal(await keras({ layers: [] }), twos)).toMatch(/vars\/2: is not a vector of 2 numbers/);
    const three = (norm: BatchNormOfModel) => ({ ...twos(norm), mean: Float64Array.of(1, 2, 3) });
    expect(await refusal(await keras({ layers }), three)).toMatch(/vars\/2: is not a vector of 3 numbers/);
  });

  it("a number that its type does not have", async () => {
    const large = (norm: BatchNormOfModel) => ({ ...twos(norm), variance: Float64Array.of(1e300, 1) });
    expect(await refusal(await keras({ layers }), large)).toMatch(
      /vars\/3: would have 1e\+300 at index \[0\], which its 32 bits cannot hold/,
    );
  });
});

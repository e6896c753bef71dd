import { unzipSync } from "fflate/browser";
import { Dataset, File, ready } from "h5wasm";
import { describe, expect, it } from "vitest";
import { VshiftError } from "../../src/errors.ts";
import { openHdf5 } from "../../src/model/hdf5.ts";
import { stridedTensor } from "../../src/tensor/strided.ts";
import { hdf5, kfun, vector } from "./keras-archive.ts";

const WEIGHTS = {
  ".h5": kfun("h5"),
  ".keras": unzipSync(kfun("keras"))["model.weights.h5"] ?? new Uint8Array(),
};

function opened(bytes: Uint8Array) {
  return openHdf5({ bytes, where: "m.h5", hint: "save it again" });
}

/** What the HDF5 library reads: shape and numbers of each array, by its path. */
async function byTheLibrary(bytes: Uint8Array): Promise<ReadonlyMap<string, unknown>> {
  const { FS } = await ready;
  FS.writeFile("/read.h5", bytes);
  const file = new File("/read.h5", "r");
  try {
    return new Map(
      file.paths().flatMap((path) => {
        const found = file.get(path);
        if (!(found instanceof Dataset)) return [];
        return [[path, { shape: found.shape, values: [...(found.value as Float32Array)] }]];
      }),
    );
  } finally {
    file.close();
    FS.unlink("/read.h5");
  }
}

function byVshift(bytes: Uint8Array): ReadonlyMap<string, unknown> {
  const file = opened(bytes);
  return new Map(
    file.arraysBelow("").map((path) => {
      const array = file.array(path);
      if (array === undefined) throw new Error(`no array at ${path}`);
      return [path, { shape: array.shape, values: [...stridedTensor(array).values()] }];
    }),
  );
}

describe("arrays are those that the HDF5 library reads", () => {
  it.each(Object.entries(WEIGHTS))("of kfun in %s", async (_, bytes) => {
    const expected = await byTheLibrary(bytes);
    expect(expected.size).toBe(19);
    expect(byVshift(bytes)).toEqual(expected);
  });

  it.each(["v108", "v110", "v112", "v114", "v200"] as const)("in files as of %s", async (version) => {
    const arrays = {
      one: vector(1, 2, 3),
      "a/b/two": { shape: [2, 2], values: Float64Array.of(1, -2, 3, -4) },
      "a/three": { shape: [2], values: Int32Array.of(-1, 2) },
      "a/c/none": { shape: [0], values: [] },
      // A header of several blocks.
      "a/attributes": vector(7),
    };
    const texts = Object.fromEntries(
      Array.from({ length: 7 }, (_, index) => [`name${index}`, "x".repeat(200 * index)]),
    );
    const bytes = await hdf5({ arrays, attributes: { "a/attributes": texts }, version });
    expect(byVshift(bytes)).toEqual(await byTheLibrary(bytes));
    expect(opened(bytes).text("a/attributes", "name6")).toBe("x".repeat(1200));
  });
});

it("groups of many members in the newest form are refused by name of the problem", async () => {
  const arrays = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`g/${index}`, vector(index)]));
  const bytes = await hdf5({ arrays, version: "v200" });
  expect(refusalOf(() => opened(bytes).array("g/0"))).toBe(
    "m.h5: has groups in the newest form of HDF5, which vshift does not read; save it again with model.save",
  );
});

describe("texts", () => {
  it("are those of groups, of arrays and of the whole", async () => {
    const attributes = { "/": { a: "one" }, g: { b: "zwei π" }, "g/v": { c: "" } };
    const file = opened(await hdf5({ arrays: { "g/v": vector(1) }, attributes }));
    expect([file.text("", "a"), file.text("g", "b"), file.text("g/v", "c")]).toEqual(["one", "zwei π", ""]);
    expect([file.text("", "b"), file.text("nowhere", "a")]).toEqual([undefined, undefined]);
  });

  it("of Keras are whole, however long", () => {
    const file = opened(WEIGHTS[".h5"]);
    expect(file.text("", "keras_version")).toBe("3.15.1");
    expect(JSON.parse(file.text("", "model_config") ?? "")).toMatchObject({ class_name: "Functional" });
    // A list of texts is none.
    expect(file.text("model_weights", "layer_names")).toBe(undefined);
  });
});

/** Why a file is refused. */
function refusalOf(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    if (error instanceof VshiftError) return error.message;
    throw error;
  }
  return "none";
}

describe("damaged files end at once, with one line", () => {
  it("every length of a file that is cut short", () => {
    const bytes = WEIGHTS[".h5"];
    const message = "m.h5: is not an HDF5 file that vshift can read; save it again";
    for (let length = 0; length < 2048; length += 8) {
      expect(refusalOf(() => opened(bytes.subarray(0, length)).text("", "model_config"))).toBe(message);
    }
  });

  it("a heap of texts whose objects have no size", () => {
    const bytes = WEIGHTS[".h5"].slice();
    // The HDF5 library goes in circles here: the number and the size of the first object are 0.
    const heap = Buffer.from(bytes).indexOf("GCOL");
    bytes.fill(0, heap + 16, heap + 32);
    expect(refusalOf(() => opened(bytes).text("", "backend"))).toContain("is not an HDF5 file that vshift can read");
  });

  it("a group in itself, and many groups that hold each other", async () => {
    const { FS } = await ready;
    const file = new File("/made.h5", "w");
    for (const name of ["a", "b", "c"]) file.create_group(name);
    for (const name of ["a", "b", "c"]) {
      for (const other of ["a", "b", "c"]) file.create_hard_link(`/${other}`, `${name}/${other}`);
    }
    file.close();
    const bytes = FS.readFile("/made.h5", { encoding: "binary" });
    FS.unlink("/made.h5");
    expect(opened(bytes).has("a/b/c/a/b")).toBe(true);
    expect(refusalOf(() => opened(bytes).arraysBelow("a"))).toMatch(/is not an HDF5 file that vshift can read/);
  });

  it("a header that continues in itself", () => {
    const bytes = WEIGHTS[".h5"].slice();
    const view = new DataView(bytes.buffer);
    // The root's header stands at the address behind the superblock; its first message becomes a continuation there.
    const header = Number(view.getBigUint64(64, true));
    view.setUint16(header + 16, 0x10, true);
    view.setBigUint64(header + 24, BigInt(header + 16), true);
    view.setBigUint64(header + 32, 32n, true);
    expect(refusalOf(() => opened(bytes).text("", "backend"))).toMatch(/takes more than \d+ steps to look through/);
  });
});

import { describe, expect, it } from "vitest";
import type { BatchNormOfModel } from "../../src/model/graph.ts";
import type { NewStatistics } from "../../src/model/new-statistics.ts";
import { writeOnnx } from "../../src/model/onnx-write.ts";
import { readModel } from "../../src/model/read-model.ts";
import { bytes, float32 } from "../tensor/files.ts";
import { exported, floats, onnx, type SmallNode, type SmallOnnx, type SmallTensor } from "./onnx-models.ts";

async function normsOf(content: Uint8Array): Promise<readonly BatchNormOfModel[]> {
  const { nodes } = await readModel({ file: "m.onnx", bytes: content });
  return nodes.flatMap(({ layer }) => (layer.kind === "batch-norm" ? [layer] : []));
}

/** Statistics that no network has: of each norm and channel others. */
function changed(norm: BatchNormOfModel, at: number): NewStatistics {
  return {
    norm,
    mean: norm.mean.map((_, channel) => at + channel / 64),
    variance: norm.variance.map((_, channel) => 1 + at + channel / 128),
  };
}

describe.each(["cnnel", "dense", "tab"])("%s with other statistics", (name) => {
  it("differs in the bytes of its statistics alone, and has the same length", async () => {
    const before = exported(name);
    const norms = await normsOf(before);
    const after = writeOnnx("m.onnx", before, norms.map(changed));
    expect(after.length).toBe(before.length);
    const statistics = norms.flatMap(({ mean, variance }) => [float32(...mean), float32(...variance)]);
    const spans = statistics.map((numbers) => {
      const start = Buffer.from(before).indexOf(numbers);
      expect(start).toBeGreaterThan(0);
      return [start, start + numbers.length] as const;
    });
    const isInside = (at: number) => spans.some(([start, end]) => at >= start && at < end);
    const differing = [...before.keys()].filter((at) => before[at] !== after[at]);
    expect(differing.length).toBeGreaterThan(norms.length);
    expect(differing.filter((at) => !isInside(at))).toEqual([]);
  });

  it("is read with these statistics, and the file before is as it was", async () => {
    const before = exported(name);
    const changes = (await normsOf(before)).map(changed);
    const after = await normsOf(writeOnnx("m.onnx", before, changes));
    expect(after.map(({ mean, variance }) => [mean, variance])).toEqual(
      changes.map(({ mean, variance }) => [mean, variance]),
    );
    expect(before).toEqual(exported(name));
  });

  it("has the same bytes when they are written again", async () => {
    const before = exported(name);
    const changes = (await normsOf(before)).map(changed);
    const once = writeOnnx("m.onnx", before, changes);
    expect(writeOnnx("m.onnx", once, changes)).toEqual(once);
  });
});

it("a Buffer in a larger one is read at its own offset, and stays as it is", async () => {
  const whole = Buffer.concat([Buffer.alloc(7), exported("tab")]);
  const part = whole.subarray(7);
  const changes = (await normsOf(part)).map(changed);
  expect(writeOnnx("m.onnx", part, changes)).toEqual(writeOnnx("m.onnx", exported("tab"), changes));
  expect(part.equals(exported("tab"))).toBe(true);
});

const NORM: SmallNode = { operation: "BatchNormalization", inputs: ["x", "g", "b", "m", "v"], name: "bn" };

/** One norm of two channels, its mean stored in this way. */
function small(mean: SmallTensor, change: Partial<SmallOnnx> = {}): Uint8Array {
  const tensors = { g: floats([2], 1, 1), b: floats([2], 0, 0), m: { lengths: [2], ...mean }, v: floats([2], 7, 8) };
  return onnx({ tensors, nodes: [NORM], isBare: true, ...change });
}

async function rewritten(content: Uint8Array, mean = [1.5, -2], variance = [3, 4]): Promise<Uint8Array> {
  const [norm] = await normsOf(content);
  if (norm === undefined) throw new Error("no norm");
  return writeOnnx("m.onnx", content, [{ norm, mean: Float64Array.from(mean), variance: Float64Array.from(variance) }]);
}

describe("statistics are written as they are stored", () => {
  it.each<readonly [string, SmallTensor]>([
    ["float32", { type: 1, raw: float32(5, 6) }],
    ["float32 as a list", { type: 1, floats: float32(5, 6) }],
    ["float64", { type: 11, raw: new Uint8Array(Float64Array.of(5, 6).buffer) }],
    ["float64 as a list", { type: 11, doubles: new Uint8Array(Float64Array.of(5, 6).buffer) }],
    ["float16", { type: 10, raw: bytes(0, 0x45, 0, 0x46) }],
    ["bfloat16", { type: 16, raw: bytes(0xa0, 0x40, 0xc0, 0x40) }],
  ])("%s", async (_, mean) => {
    const content = small(mean);
    expect([...((await normsOf(content))[0]?.mean ?? [])]).toEqual([5, 6]);
    const after = await rewritten(content);
    expect(after.length).toBe(content.length);
    const [norm] = await normsOf(after);
    expect([...(norm?.mean ?? []), ...(norm?.variance ?? [])]).toEqual([1.5, -2, 3, 4]);
  });

  it("by way of an Identity, too", async () => {
    const nodes = [
      { operation: "Identity", inputs: ["m"], outputs: ["m2"] },
      { ...NORM, inputs: ["x", "g", "b", "m2", "v"] },
    ];
    const [norm] = await normsOf(await rewritten(small(floats([2], 5, 6), { nodes })));
    expect([...(norm?.mean ?? [])]).toEqual([1.5, -2]);
  });
});

describe("statistics that cannot be replaced are refused by one line", () => {
  const again: SmallNode = { ...NORM, inputs: ["y", "g", "b", "m", "v"], outputs: ["z"] };
  const identity: SmallNode = { operation: "Identity", inputs: ["m"], outputs: ["m2"] };
  const constant: SmallNode = {
    operation: "Constant",
    inputs: [],
    outputs: ["m2"],
    attributes: { value: floats([2], 5, 6) },
  };

  it.each<readonly [string, Uint8Array, readonly number[], RegExp]>([
    ["those of two norms", small(floats([2], 5, 6), { nodes: [NORM, again] }), [1, 2], /m: is shared by 2 operations/],
    [
      "those of two norms, of which one reads a copy",
      small(floats([2], 5, 6), { nodes: [NORM, identity, { ...again, inputs: ["y", "g", "b", "m2", "v"] }] }),
      [1, 2],
      /^m\.onnx: m: is shared by 2 operations, so other values would change them all; export the model again/,
    ],
    [
      "those of an operation",
      small(floats([2], 5, 6), { nodes: [constant, { ...NORM, inputs: ["x", "g", "b", "m2", "v"] }] }),
      [1, 2],
      /is not an initializer, so it cannot be replaced/,
    ],
    [
      "numbers of varying length",
      small({ type: 10, int32s: bytes(0x80, 0x8a, 0x01, 0x80, 0x8c, 0x01) }),
      [1, 2],
      /m: is not stored as floating-point numbers of a fixed width/,
    ],
    ["of other channels", small(floats([2], 5, 6)), [1, 2, 3], /m: has 2 elements, and 3 are to be written/],
    [
      "above their range",
      small({ type: 10, raw: bytes(0, 0x45, 0, 0x46) }),
      [1, 1e5],
      /m: cannot be 100000, which is beyond/,
    ],
  ])("%s", async (_, content, mean, message) => {
    await expect(rewritten(content, [...mean])).rejects.toThrow(message);
  });
});

import { expect, it } from "vitest";
import { ELEMENT_TYPES } from "../../src/tensor/element-type.ts";
import { stridedTensor, writeStrided } from "../../src/tensor/strided.ts";
import { refusalOf } from "../refusal.ts";

const bytes = new Uint8Array(16);
const stored = (type: keyof typeof ELEMENT_TYPES) => ({
  ...{ name: "v", shape: [2, 2], strides: [1, 2], offset: 0, where: "m.pt2 v", type: ELEMENT_TYPES[type] },
  storage: { size: 4, littleEndian: true, bytes: () => bytes },
});

it("numbers are read where they were written, with the axes exchanged", () => {
  const tensor = stored("float32");
  writeStrided(tensor, bytes, Float64Array.of(1, 2, 3, 4));
  expect([...stridedTensor(tensor).values()]).toEqual([1, 2, 3, 4]);
  expect([...new Float32Array(bytes.buffer)]).toEqual([1, 3, 2, 4]);
});

it.each<[keyof typeof ELEMENT_TYPES, number, string]>([
  ["float16", 70_000, "cannot be 70000, which is beyond the range of its elements"],
  ["float32", 1e39, "cannot be 1e+39, which is beyond the range of its elements"],
  ["int32", 1, "holds whole numbers, which cannot be repaired"],
])("a %s of %d is refused", (type, value, problem) => {
  const refused = refusalOf(() => writeStrided(stored(type), bytes, Float64Array.of(1, value, 1, 1)));
  expect(refused).toMatchObject({ field: "m.pt2 v", problem });
});

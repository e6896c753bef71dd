import type { ElementType } from "./element-type.ts";
import { invalidFile } from "./file-error.ts";
import type { Order, Tensor } from "./tensor.ts";

/** The bytes of an array's elements, as many as its shape needs, and how to read them. */
export interface StoredElements {
  readonly name: string;
  readonly shape: readonly number[];
  readonly order: Order;
  readonly type: ElementType;
  readonly littleEndian: boolean;
  readonly bytes: Uint8Array;
  readonly where: string;
}

/** The array that these bytes are; they are decoded when its values are asked for, and looked at in place. */
export function tensorOf(stored: StoredElements): Tensor {
  const { name, shape, order } = stored;
  return { name, shape, order, values: () => finite(decoded(stored), stored) };
}

/** The values, if all are numbers that can be computed with. */
export function finite(values: Float64Array, { shape, order, where }: Place): Float64Array {
  const at = values.findIndex((value) => !Number.isFinite(value));
  if (at === -1) return values;
  throw invalidFile({
    where,
    problem: `has ${values[at]} at index [${position(at, { shape, order })}], and every value must be finite`,
    hint: "check whether training diverged, or choose another array of the file",
  });
}

type Place = Pick<StoredElements, "shape" | "order" | "where">;

function decoded({ shape, type, littleEndian, bytes, where }: StoredElements): Float64Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const values = allocated(bytes.byteLength / type.bytes, { shape, where });
  for (let index = 0; index < values.length; index++) {
    values[index] = type.read(view, index * type.bytes, littleEndian);
  }
  return values;
}

function allocated(count: number, { shape, where }: Pick<Place, "shape" | "where">): Float64Array {
  try {
    return new Float64Array(count);
  } catch (cause) {
    const problem = `has the shape [${shape.join(", ")}], which needs more memory than is available`;
    throw invalidFile({ where, problem, hint: "choose smaller arrays by `names`", cause });
  }
}

/** The indices of the element that stands at `at` in the file. */
function position(at: number, { shape, order }: Pick<Place, "shape" | "order">): string {
  const fastestFirst = order === "C" ? shape.toReversed() : shape;
  let rest = at;
  const indices = fastestFirst.map((length) => {
    const index = rest % length;
    rest = (rest - index) / length;
    return index;
  });
  return (order === "C" ? indices.toReversed() : indices).join(", ");
}

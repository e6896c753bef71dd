import { ELEMENT_TYPES, type ElementType } from "../tensor/element-type.ts";
import type { Hdf5Bytes } from "./hdf5-bytes.ts";

/** What the elements of an array or an attribute are. */
export type Hdf5Type =
  | { readonly kind: "number"; readonly type: ElementType; readonly littleEndian: boolean }
  | { readonly kind: "text"; readonly size: number }
  /** A text of any length, which lies elsewhere. */
  | { readonly kind: "long text" }
  | { readonly kind: "other"; readonly size: number };

/** The type that a message describes. §IV.A.2.d */
export function typeAt(file: Hdf5Bytes, at: number): Hdf5Type {
  const [head, bits, size] = [file.number(at, 1), file.number(at + 1, 1), file.number(at + 4, 4)];
  const littleEndian = (bits & 1) === 0;
  switch (head & 0x0f) {
    case 0: {
      const isSigned = (bits & 8) !== 0;
      return numbers(`${isSigned ? "int" : "uint"}${8 * size}`, { size, littleEndian });
    }
    case 1: {
      // Bits of the exponent and of the mantissa.
      const layout = `${size}.${file.number(at + 13, 1)}.${file.number(at + 15, 1)}`;
      return numbers(FLOATS.get(layout), { size, littleEndian });
    }
    case 3:
      return { kind: "text", size };
    case 9:
      return (bits & 0x0f) === 1 ? { kind: "long text" } : { kind: "other", size };
    default:
      return { kind: "other", size };
  }
}

function numbers(
  name: string | undefined,
  { size, littleEndian }: { readonly size: number; readonly littleEndian: boolean },
): Hdf5Type {
  const types: Partial<Record<string, ElementType>> = ELEMENT_TYPES;
  const type = name === undefined ? undefined : types[name];
  return type === undefined ? { kind: "other", size } : { kind: "number", type, littleEndian };
}

const FLOATS: ReadonlyMap<string, keyof typeof ELEMENT_TYPES> = new Map([
  ["2.5.10", "float16"],
  ["2.8.7", "bfloat16"],
  ["4.8.23", "float32"],
  ["8.11.52", "float64"],
]);

/** Lengths of the axes that a message describes; null for one without elements. §IV.A.2.b */
export function shapeAt(file: Hdf5Bytes, at: number): readonly number[] | null {
  const [version, rank, , kind] = [0, 1, 2, 3].map((offset) => file.number(at + offset, 1));
  if (version === 2 && kind === NO_SPACE) return null;
  const start = at + (version === 1 ? 8 : 4);
  return Array.from({ length: rank ?? 0 }, (_, axis) => file.address(start + 8 * axis));
}

const NO_SPACE = 2;

import { fromBfloat16, fromFloat16, toBfloat16, toFloat16 } from "./half.ts";

/** How an element is stored, and read as a double. */
export interface ElementType {
  readonly bytes: number;
  readonly read: (view: DataView, offset: number, littleEndian: boolean) => number;
  /** Rounds to the nearest; not there for whole numbers. */
  readonly write?: (view: DataView, offset: number, value: number, littleEndian: boolean) => void;
}

/** Exact, except for integers beyond ±2⁵³, which are rounded to the nearest double. */
export const ELEMENT_TYPES = {
  bool: { bytes: 1, read: (view, offset) => (view.getUint8(offset) === 0 ? 0 : 1) },
  int8: { bytes: 1, read: (view, offset) => view.getInt8(offset) },
  int16: { bytes: 2, read: (view, offset, little) => view.getInt16(offset, little) },
  int32: { bytes: 4, read: (view, offset, little) => view.getInt32(offset, little) },
  int64: { bytes: 8, read: (view, offset, little) => Number(view.getBigInt64(offset, little)) },
  uint8: { bytes: 1, read: (view, offset) => view.getUint8(offset) },
  uint16: { bytes: 2, read: (view, offset, little) => view.getUint16(offset, little) },
  uint32: { bytes: 4, read: (view, offset, little) => view.getUint32(offset, little) },
  uint64: { bytes: 8, read: (view, offset, little) => Number(view.getBigUint64(offset, little)) },
  float16: {
    bytes: 2,
    read: (view, offset, little) => fromFloat16(view.getUint16(offset, little)),
    write: (view, offset, value, little) => view.setUint16(offset, toFloat16(value), little),
  },
  bfloat16: {
    bytes: 2,
    read: (view, offset, little) => fromBfloat16(view.getUint16(offset, little)),
    write: (view, offset, value, little) => view.setUint16(offset, toBfloat16(value), little),
  },
  float32: {
    bytes: 4,
    read: (view, offset, little) => view.getFloat32(offset, little),
    write: (view, offset, value, little) => view.setFloat32(offset, value, little),
  },
  float64: {
    bytes: 8,
    read: (view, offset, little) => view.getFloat64(offset, little),
    write: (view, offset, value, little) => view.setFloat64(offset, value, little),
  },
} as const satisfies { readonly [name: string]: ElementType };

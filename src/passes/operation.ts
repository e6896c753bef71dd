/** What an operation reads: a value of a network, or numbers that are the same for each sample. */
export interface Operand {
  /** Lengths of the axes of one sample. */
  readonly shape: readonly number[];
  readonly isConstant: boolean;
}

/** A layer that is ready to run. Values lie sample by sample, the last axis the fastest. */
export interface Operation {
  /** Lengths of the axes of one sample of its output. */
  readonly shape: readonly number[];
  /** Fills `out` with what it makes of its operands, for so many samples; undefined where the numbers stay where they are. */
  readonly run: ((inputs: readonly Float32Array[], out: Float32Array, samples: number) => void) | undefined;
  /** Whether `out` may be the memory of its first operand. */
  readonly isInPlace: boolean;
}

/** A layer cannot be run on operands like these; the message says why. */
export class NotRunnable extends Error {}

export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}

/** Elements from one index of an axis to the next. */
export function stridesOf(shape: readonly number[]): readonly number[] {
  return shape.map((_, axis) => sizeOf(shape.slice(axis + 1)));
}

/** The index along an axis of an element that is so far from the first. */
export function indexAt(at: number, axis: number, strides: readonly number[], shape: readonly number[]): number {
  return Math.floor(at / (strides[axis] as number)) % (shape[axis] as number);
}

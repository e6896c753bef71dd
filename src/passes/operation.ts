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
  /** Multiply-adds, or steps like it, of one sample; a few for each number of the output if it does not say. */
  readonly work?: number;
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

/** Numbers of one input's value: a gigabyte of them. A file can ask for any padding. */
const MOST_NUMBERS = 0x1000_0000;

/** Throws `NotRunnable` for a value that no memory has room for. */
export function requireRoom(shape: readonly number[]): void {
  const size = sizeOf(shape);
  if (size > MOST_NUMBERS) throw new NotRunnable(`${size} numbers for one input, more than ${MOST_NUMBERS}`);
}

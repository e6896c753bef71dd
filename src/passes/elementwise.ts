import { type PointwiseFunction, pointwise } from "../activations/pointwise.ts";
import type { Kernel } from "../kernel/kernel.ts";
import { NotRunnable, type Operand, type Operation, requireRoom, sizeOf, stridesOf } from "./operation.ts";

// Operations of each element by itself, or of elements at the same place; a length of 1 stands for any.

export function functionOf(
  { shape }: Operand,
  {
    activation,
    kernel,
    room,
  }: { readonly activation: PointwiseFunction; readonly kernel: Kernel; readonly room: Block },
): Operation {
  if (activation.name === "relu") return rectified(shape, kernel, room);
  return ofEach(shape, pointwise(activation).at);
}

/** Memory of the kernel for a part of an array. */
interface Block {
  readonly panel: Float32Array;
}

/** By a loop of the kernel, a block at a time: one of JavaScript takes ten times as long, because it branches by each sign. */
function rectified(shape: readonly number[], kernel: Kernel, { panel }: Block): Operation {
  const size = sizeOf(shape);
  return {
    shape,
    isInPlace: true,
    run(inputs, out, samples) {
      const x = inputs[0] as Float32Array;
      const count = samples * size;
      for (let first = 0; first < count; first += panel.length) {
        const length = Math.min(panel.length, count - first);
        panel.set(x.subarray(first, first + length));
        kernel.relu({ z: panel, offset: 0, floor: 0 });
        out.set(length === panel.length ? panel : panel.subarray(0, length), first);
      }
    },
  };
}

export function scaled({ shape }: Operand, factor: number): Operation {
  return ofEach(shape, (x) => x * factor);
}

function ofEach(shape: readonly number[], at: (x: number) => number): Operation {
  const size = sizeOf(shape);
  return {
    shape,
    isInPlace: true,
    run([x], out, samples) {
      const count = samples * size;
      for (let index = 0; index < count; index++) out[index] = at((x as Float32Array)[index] as number);
    },
  };
}

/** Operations of two numbers. */
export const OF_TWO = {
  sum: (one: number, other: number) => one + other,
  product: (one: number, other: number) => one * other,
  quotient: (one: number, other: number) => one / other,
} as const;

/** From the first operand on, each next one is added, or multiplied, or divides. */
export function combined(operands: readonly Operand[], name: keyof typeof OF_TWO): Operation {
  const of = OF_TWO[name];
  const shape = operands.map((operand) => operand.shape).reduce(widened, []);
  const size = sizeOf(shape);
  const readers = operands.map((operand) => readerOf(operand, shape));
  return {
    shape,
    isInPlace: readers[0] === null && operands[0]?.isConstant === false,
    run(inputs, out, samples) {
      for (const [at, x] of inputs.entries()) {
        const places = readers[at] ?? null;
        const isConstant = operands[at]?.isConstant === true;
        const own = isConstant ? 0 : x.length / samples;
        for (let sample = 0; sample < samples; sample++) {
          const to = sample * size;
          const from = sample * own;
          for (let index = 0; index < size; index++) {
            const value = x[from + (places === null ? index : (places[index] as number))] as number;
            out[to + index] = at === 0 ? value : of(out[to + index] as number, value);
          }
        }
      }
    },
  };
}

function widened(one: readonly number[], other: readonly number[]): readonly number[] {
  const rank = Math.max(one.length, other.length);
  return Array.from({ length: rank }, (_, axis) => {
    const [a, b] = [one.at(axis - rank) ?? 1, other.at(axis - rank) ?? 1];
    if (a !== b && a !== 1 && b !== 1) {
      throw new NotRunnable(`values of the same shape, but reads [${one.join(", ")}] and [${other.join(", ")}]`);
    }
    return a === 1 ? b : a;
  });
}

/** The index in the operand of each element of the output; null where it is the same. */
function readerOf({ shape }: Operand, wide: readonly number[]): Int32Array | null {
  if (sizeOf(shape) === sizeOf(wide)) return null;
  requireRoom(wide);
  const strides = stridesOf(shape);
  const outer = stridesOf(wide);
  return Int32Array.from({ length: sizeOf(wide) }, (_, at) => {
    let place = 0;
    for (const [axis, length] of shape.entries()) {
      const outerAxis = axis + wide.length - shape.length;
      const index = Math.floor(at / (outer[outerAxis] as number)) % (wide[outerAxis] as number);
      if (length !== 1) place += index * (strides[axis] as number);
    }
    return place;
  });
}

import { GROUP, type Kernel } from "./kernel.ts";
import { SIMD_MODULE } from "./simd-module.ts";

/** What the compiled module exports (assembly/index.ts); pointers and counts are numbers. */
type Exports = Readonly<Record<keyof Omit<Kernel, "floats" | "doubles" | "words">, (...values: number[]) => void>>;

const PAGE_BYTES = 65_536;
/** Arrays start at a multiple of a cache line. */
const ALIGNMENT = 64;

let compiled: WebAssembly.Module | undefined;

/** Whether the engine runs the kernel; where it does not, the reference kernel gives the same bits more slowly. */
export function hasSimd(): boolean {
  try {
    compiledModule();
    return true;
  } catch {
    return false;
  }
}

/**
 * The kernel in WebAssembly with 128-bit SIMD. Its arrays live in memory of its own.
 *
 * bytes   what all arrays that will be asked for take; more is a RangeError
 */
export function createSimdKernel(bytes: number): Kernel {
  const memory = new WebAssembly.Memory({ initial: Math.ceil((bytes + 2 * ALIGNMENT) / PAGE_BYTES) });
  const kernel = new WebAssembly.Instance(compiledModule(), { env: { memory } }).exports as unknown as Exports;
  let free = ALIGNMENT;

  function allocate(size: number): number {
    const start = free;
    free = Math.ceil((start + size) / ALIGNMENT) * ALIGNMENT;
    return start;
  }

  const tail = new Float32Array(memory.buffer, allocate(4 * GROUP), GROUP);
  const tailBits = new Uint32Array(tail.buffer, tail.byteOffset, GROUP);

  return {
    floats: (length) => new Float32Array(memory.buffer, allocate(4 * length), length),
    doubles: (length) => new Float64Array(memory.buffer, allocate(8 * length), length),
    words: (length) => new Uint32Array(memory.buffer, allocate(4 * length), length),

    normals: ({ radius, angle, out }) =>
      kernel.normals(radius.byteOffset, angle.byteOffset, out.byteOffset, out.length),

    uniforms: ({ stream, scale, out }) =>
      kernel.uniforms(stream.byteOffset, scale * 2 ** -24, out.byteOffset, out.length),

    choices: ({ stream, threshold, kept, dropped, out }) =>
      kernel.choices(stream.byteOffset, threshold - 1, kept, dropped, out.byteOffset, out.length),

    scale: ({ x, scale }) => kernel.scale(x.byteOffset, x.length, scale),

    correlate: ({ z, stride, factor, own, common, first, feedback }) =>
      kernel.correlate(
        z.byteOffset,
        z.length,
        stride,
        factor.byteOffset,
        own.byteOffset + 4 * first,
        common.byteOffset + 4 * first,
        feedback,
      ),

    rectify: ({ z, offset, floor }) => kernel.rectify(z.byteOffset, z.length, offset, floor),

    exponentiate: ({ z, rate, scale, offset }) => kernel.exponentiate(z.byteOffset, z.length, rate, scale, offset),

    uniformise: ({ z, scale }) => kernel.uniformise(z.byteOffset, z.length, scale),

    perturb: ({ x, deviation, centre, noisy }) =>
      kernel.perturb(x.byteOffset, deviation.byteOffset, noisy.byteOffset, x.length, centre),

    multiplyAdd: ({ weights, width, first, x, y, stride }) =>
      kernel.multiplyAdd(
        weights.byteOffset + 4 * first,
        width,
        y.length / stride,
        x.byteOffset,
        x.length / stride,
        y.byteOffset,
        stride,
      ),

    addMoments({ x, stride, samples, sums, first }) {
      const left = samples % GROUP;
      // Whole groups have no tail, and the kernel does not look at it.
      if (left > 0) tailBits.fill(0xffffffff, 0, left).fill(0, left);
      kernel.addMoments(x.byteOffset, x.length, stride, samples, sums.byteOffset + 16 * first, tail.byteOffset);
    },
  };
}

function compiledModule(): WebAssembly.Module {
  compiled ??= new WebAssembly.Module(moduleBytes());
  return compiled;
}

function moduleBytes(): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(SIMD_MODULE), (character) => character.charCodeAt(0));
}

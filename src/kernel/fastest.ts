import { VshiftError } from "../errors.ts";
import type { Kernel } from "./kernel.ts";
import { referenceKernel } from "./reference.ts";
import { createSimdKernel, simdKernelsInTurn, simdModule } from "./simd.ts";

/** The fastest kernel that the engine can run; all have the same bits. */
export function createKernel(bytes: number): Kernel {
  return createKernelOf(simdModule(), bytes);
}

/**
 * The fastest kernel, of a module that is compiled already; undefined where the engine runs none. Throws a `VshiftError` where there
 * is no memory for its arrays.
 *
 * bytes  what all arrays that will be asked for take
 */
export function createKernelOf(module: WebAssembly.Module | undefined, bytes: number): Kernel {
  return firstOf(module && ((wanted) => createSimdKernel(module, wanted)), bytes);
}

/** The same one after another, of which the latest alone may be used. Compiles the module when the first is asked for, if none is given. */
export function kernelsInTurn(given?: WebAssembly.Module | undefined): (bytes: number) => Kernel {
  let create: ((bytes: number) => Kernel) | undefined;
  return (bytes) => {
    const module = given ?? simdModule();
    create ??= module && simdKernelsInTurn(module);
    return firstOf(create, bytes);
  };
}

function firstOf(create: ((bytes: number) => Kernel) | undefined, bytes: number): Kernel {
  try {
    if (create !== undefined) return create(bytes);
  } catch {
    // Another memory may have room.
  }
  requireMemory(bytes);
  return referenceKernel;
}

/** The reference kernel makes its arrays one by one, in the midst of a run. */
function requireMemory(bytes: number): void {
  try {
    new ArrayBuffer(bytes);
  } catch (cause) {
    throw new VshiftError({
      code: "invalid-value",
      problem: `the arrays of this scenario take ${Math.ceil(bytes / 1e6)} MB, more memory than is available`,
      hint: "use a smaller `width`, `batchSize` or `neurons`, or allow more memory",
      cause,
    });
  }
}

import type { Kernel } from "./kernel.ts";
import { referenceKernel } from "./reference.ts";
import { createSimdKernel, simdModule } from "./simd.ts";

/** The fastest kernel that the engine can run; all have the same bits. */
export function createKernel(bytes: number): Kernel {
  return createKernelOf(simdModule(), bytes);
}

/** The fastest kernel, of a module that is compiled already; undefined where the engine runs none. */
export function createKernelOf(module: WebAssembly.Module | undefined, bytes: number): Kernel {
  return module === undefined ? referenceKernel : createSimdKernel(module, bytes);
}

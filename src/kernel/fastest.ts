import type { Kernel } from "./kernel.ts";
import { referenceKernel } from "./reference.ts";
import { createSimdKernel, hasSimd } from "./simd.ts";

/** The fastest kernel that the engine can run; all have the same bits. */
export function createKernel(bytes: number): Kernel {
  return hasSimd() ? createSimdKernel(bytes) : referenceKernel;
}

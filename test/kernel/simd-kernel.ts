import type { Kernel } from "../../src/kernel/kernel.ts";
import { createSimdKernel, simdModule } from "../../src/kernel/simd.ts";

/** The SIMD kernel and no other, where `createKernel` would quietly fall back on the reference. */
export function simdKernel(bytes: number): Kernel {
  const module = simdModule();
  if (module === undefined) throw new Error("this engine does not run the SIMD kernel");
  return createSimdKernel(module, bytes);
}

import { KERNEL_FINGERPRINT } from "../../src/kernel/fingerprint.ts";
import { referenceKernel } from "../../src/kernel/reference.ts";
import { simdModule } from "../../src/kernel/simd.ts";
import { fingerprintOf } from "../kernel/fingerprint.ts";
import { simdKernel } from "../kernel/simd-kernel.ts";

const hasSimd = simdModule() !== undefined;

/** Runs in the browser: what its kernels draw. */
export const kernels = {
  hasSimd,
  pinned: KERNEL_FINGERPRINT,
  reference: fingerprintOf(() => referenceKernel),
  simd: hasSimd ? fingerprintOf(simdKernel) : null,
};

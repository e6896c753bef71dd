import { KERNEL_FINGERPRINT } from "../../src/kernel/fingerprint.ts";
import { referenceKernel } from "../../src/kernel/reference.ts";
import { createSimdKernel, hasSimd } from "../../src/kernel/simd.ts";
import { fingerprintOf } from "../kernel/fingerprint.ts";

/** Runs in the browser: what its kernels draw. */
export const kernels = {
  hasSimd: hasSimd(),
  pinned: KERNEL_FINGERPRINT,
  reference: fingerprintOf(() => referenceKernel),
  simd: hasSimd() ? fingerprintOf(createSimdKernel) : null,
};

import { describe, expect, test } from "vitest";
import type { KernelFactory } from "../../src/experiment/block.ts";
import { KERNEL_FINGERPRINT } from "../../src/kernel/fingerprint.ts";
import { referenceKernel } from "../../src/kernel/reference.ts";
import { fingerprintOf } from "./fingerprint.ts";
import { simdKernel } from "./simd-kernel.ts";

describe("the bits that the fingerprint names are drawn by", () => {
  // A change here is a change of every result: value-breaking, to be announced in CHANGELOG.md.
  test.each<[string, KernelFactory]>([
    ["the reference kernel", () => referenceKernel],
    ["the SIMD kernel", simdKernel],
  ])("%s", (_, createKernel) => {
    expect(fingerprintOf(createKernel)).toBe(KERNEL_FINGERPRINT);
  });
});

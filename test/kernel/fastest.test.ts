import { describe, expect, it } from "vitest";
import { createKernelOf } from "../../src/kernel/fastest.ts";
import { referenceKernel } from "../../src/kernel/reference.ts";
import { simdModule } from "../../src/kernel/simd.ts";

/** More than any memory of WebAssembly takes, and less than what an engine gives an array of its own. */
const BEYOND_WEB_ASSEMBLY = 2 ** 32 + 1;

describe("createKernelOf", () => {
  it("is the reference kernel where there is no module", () => {
    expect(createKernelOf(undefined, 1000)).toBe(referenceKernel);
  });

  it("is the reference kernel where a memory of WebAssembly is too small", () => {
    expect(createKernelOf(simdModule(), 1000)).not.toBe(referenceKernel);
    expect(createKernelOf(simdModule(), BEYOND_WEB_ASSEMBLY)).toBe(referenceKernel);
  });

  it.each([undefined, simdModule()])("refuses arrays that no memory has room for", (module) => {
    expect(() => createKernelOf(module, 2 ** 50)).toThrow(
      "the arrays of this scenario take 1125899907 MB, more memory than is available; use a smaller `width`",
    );
  });
});

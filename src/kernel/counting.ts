import type { Kernel } from "./kernel.ts";
import { referenceKernel } from "./reference.ts";
import { alignedBytes } from "./simd.ts";

/** A kernel that says what memory has been asked of it: what is made with it once can be made with a kernel of so many bytes. */
export interface CountingKernel {
  readonly kernel: Kernel;
  bytes(): number;
}

export function countingKernel(): CountingKernel {
  let bytes = 0;
  const counted = <T extends ArrayBufferView>(array: T): T => {
    bytes += alignedBytes(array.byteLength);
    return array;
  };
  return {
    kernel: {
      ...referenceKernel,
      floats: (length) => counted(referenceKernel.floats(length)),
      doubles: (length) => counted(referenceKernel.doubles(length)),
      words: (length) => counted(referenceKernel.words(length)),
    },
    bytes: () => bytes,
  };
}

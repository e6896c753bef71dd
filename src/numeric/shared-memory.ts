// Memory that worker threads can look at without a copy, where there is such a thing: a page has it only when it is isolated from
// others.

/** Zeros in single precision, in memory that threads share. */
export function sharedFloats(length: number): Float32Array {
  return new Float32Array(sharedMemory(4 * length));
}

/** Zeros in double precision, in memory that threads share. */
export function sharedDoubles(length: number): Float64Array {
  return new Float64Array(sharedMemory(8 * length));
}

function sharedMemory(bytes: number): ArrayBufferLike {
  return typeof SharedArrayBuffer === "function" ? new SharedArrayBuffer(bytes) : new ArrayBuffer(bytes);
}

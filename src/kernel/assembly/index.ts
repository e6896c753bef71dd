// What the module exports; see ../simd.ts for its typed face.
export { addChosenProducts } from "./chosen-products";
export { choose, correlate, exponentiate, normals, perturb, random, rectify, scale, uniformise, uniforms } from "./loops";
export { addMirroredMoments, addMoments, addNoisyMoments } from "./moments";
export { multiplyPairs, multiplyRows, packPairs, packRows } from "./multiply";
export { accumulate, gate, largest, normalise, saturate } from "./stack";
export { sumVariances, trackVariances } from "./variances";

/** The first byte after the module's own constants. */
export const heapBase: usize = __heap_base;

// What the module exports; see ../simd.ts for its typed face.
export { copyRuns, gatherPairs, gatherRows, roundRuns } from "./gather";
export { applyNoise, correlate, exp, normalCdf, normals, random, relu, scale, uniforms } from "./loops";
export { addMaskedProducts } from "./masked-products";
export { addMaskedMoments, mask } from "./masks";
export { addMirroredMoments, addMoments, addNoisyMoments } from "./moments";
export { multiplyPairs, multiplyRows, packPairs, packRows } from "./multiply";
export { addScatter, packMaskedUnits, packUnits, trackScatter } from "./scatter";
export { gelu, largestMagnitude, normalise, scaleAndAdd, tanh } from "./stack";
export { elu, leakyRelu, sigmoid, silu } from "./units";
export { sumVariances, trackVariances } from "./variances";

/** The first byte after the module's own constants. */
export const heapBase: usize = __heap_base;

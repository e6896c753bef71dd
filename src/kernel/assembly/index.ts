// What the module exports; see ../simd.ts for its typed face.
export {
  addMoments,
  choices,
  correlate,
  exponentiate,
  normals,
  perturb,
  rectify,
  scale,
  uniformise,
  uniforms,
} from "./loops";
export { multiplyAdd } from "./multiply";

import { TILE_SAMPLES } from "../kernel/kernel.ts";
import { arcsine } from "../numeric/arcsine.ts";
import { sine } from "../numeric/sine.ts";
import type { Law } from "./law-kind.ts";
import { OWN_MOMENTS } from "./own-moments.ts";

/** Uniform units: x = (Φ(z) − ½)·√12, in units of √v. */
export const UNIFORM = {
  ...OWN_MOMENTS,
  kind: "uniform",
  describe: ({ mean, variance }, shown) => `uniform, mean ${shown(mean)}, variance ${shown(variance)}`,
  defaultMean: 0,
  refusal: () => undefined,
  /** r = 2 sin(πρ/6). Kruskal 1958. */
  latentCorrelation: ({ correlation }) =>
    Math.abs(correlation) === 1 ? correlation : 2 * sine((Math.PI * correlation) / 6),
  correlationOf: (latent) => (Math.abs(latent) === 1 ? latent : (6 / Math.PI) * arcsine(latent / 2)),
  tails: () => ({ kurtosis: 9 / 5, sixth: 27 / 7 }),
  isSymmetric: true,
  mayHave: () => true,
  alternative: null,
  form({ mean, variance }) {
    const unit = Math.sqrt(variance);
    const scale = Math.sqrt(12);
    return {
      unit,
      centre: Math.fround(mean / unit),
      largest: Math.sqrt(3),
      mostSquares: 3 * TILE_SAMPLES,
      shape: (kernel, z) => kernel.normalCdf({ z, scale }),
    };
  },
} as const satisfies Law;

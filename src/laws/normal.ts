import { LARGEST_NORMAL, type Law } from "./law-kind.ts";
import { OWN_MOMENTS } from "./own-moments.ts";

/** Normal units: x = z. */
export const NORMAL = {
  ...OWN_MOMENTS,
  kind: "normal",
  describe: ({ mean, variance }, shown) => `N(${shown(mean)}, ${shown(variance)})`,
  defaultMean: 0,
  refusal: () => undefined,
  latentCorrelation: ({ correlation }) => correlation,
  correlationOf: (latent) => latent,
  tails: () => ({ kurtosis: 3, sixth: 15 }),
  isSymmetric: true,
  mayHave: () => true,
  alternative: { kind: "relu", clause: "if a ReLU precedes the noise, with mean and variance taken before it" },
  form({ mean, variance }) {
    const unit = Math.sqrt(variance);
    return { unit, centre: Math.fround(mean / unit), largest: LARGEST_NORMAL, shape() {} };
  },
} as const satisfies Law;

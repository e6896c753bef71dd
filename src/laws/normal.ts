import { LARGEST_NORMAL, type Law, SQUARES_OF_NORMALS } from "./law-kind.ts";
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
    const centre = Math.fround(mean / unit);
    return { unit, centre, largest: LARGEST_NORMAL, mostSquares: SQUARES_OF_NORMALS, shape() {} };
  },
} as const satisfies Law;

import type { Kernel } from "../kernel/kernel.ts";
import type { InputMoments } from "../numeric/moments.ts";
import { LARGEST_NORMAL, type Law, SQUARES_OF_NORMALS } from "./law-kind.ts";
import { CORRELATION, MEAN, VARIANCE } from "./own-moments.ts";
import { jointTail, rectified, reluMoments, reluTails } from "./rectified.ts";

/** Units behind a ReLU: x = max(0, z), z of the mean, the variance and the correlation that are given. */
export const RELU = {
  kind: "relu",
  describe: ({ mean, variance }, shown) => `ReLU of N(${shown(mean)}, ${shown(variance)})`,
  givenBefore: "ReLU",
  defaultMean: 0,
  refusal({ mean, variance }) {
    const lowest = LOWEST_MEAN * Math.sqrt(variance);
    if (mean >= lowest) return undefined;
    return {
      field: "mean",
      problem: `${mean} is below ${LOWEST_MEAN}·√variance = ${lowest}, where relu is almost always 0`,
      hint: `use ${lowest} or more`,
    };
  },
  latentCorrelation: ({ correlation }) => correlation,
  correlationOf: (latent) => latent,
  moments: reluMoments,
  tails: reluTails,
  momentLines(z) {
    const { h, density, above, beyond, tail } = rectified(z);
    const { mean, variance } = reluMoments(z);
    const lines = [
      { symbol: "h", name: "mean of z in its standard deviations", formula: "μ / √(s²)", value: h },
      { symbol: "φ(h)", name: "standard normal density at h", formula: "exp(−h² / 2) / √(2π)", value: density },
      { symbol: "Φ(h)", name: "probability that z > 0", formula: "½·erfc(−h / √2)", value: above },
      { symbol: "Φ(−|h|)", name: "probability of the rarer sign of z", formula: "½·erfc(|h| / √2)", value: beyond },
      { symbol: "τ", name: "mean of a standard normal's excess over |h|", formula: "φ(h) − |h|·Φ(−|h|)", value: tail },
      { symbol: "c", name: MEAN, formula: "√(s²)·(τ + max(0, h))", value: mean },
      { symbol: "v", name: VARIANCE, formula: "s²·(Φ(h) − τ·(|h| + τ))", value: variance },
    ];
    const source = "moments of a rectified normal";
    return [
      { symbol: "μ", name: "mean of z, the input before relu", value: z.mean },
      { symbol: "s²", name: "variance of z", value: z.variance },
      ...lines.map(({ formula, ...line }) => ({ ...line, derived: { formula, source } })),
    ];
  },
  correlationLines: (z: InputMoments) => [
    { symbol: "r", name: "correlation of two z", value: z.correlation },
    {
      symbol: "J",
      name: "part of the covariance of two units",
      value: jointTail(z.correlation, rectified(z).h),
      derived: {
        formula: "1/2π ∫ (r − sin θ)·exp(−h² / (1 + sin θ)) dθ, θ from 0 to asin r",
        source: "Price's theorem, twice; Cho & Saul 2009 for h = 0",
      },
    },
    {
      symbol: "ρ",
      name: CORRELATION,
      value: reluMoments(z).correlation,
      derived: { formula: "s²·(r·Φ(h)² + J) / v", source: "definition of the correlation" },
    },
  ],
  isSymmetric: false,
  mayHave: (mean, deviation) => mean >= LETS_THROUGH * deviation,
  alternative: { kind: "normal", clause: "if no ReLU precedes the noise" },
  hasAtom: true,
  /** x = max(floor, z + offset). */
  form({ mean, variance }) {
    const unit = Math.sqrt(variance);
    const relativeMean = mean / unit;
    const centre = Math.fround(Math.max(0, relativeMean));
    const offset = relativeMean - centre;
    const largest = Math.max(centre, LARGEST_NORMAL + offset);
    const shape = (kernel: Kernel, z: Float32Array) => kernel.relu({ z, offset, floor: -centre });
    // The floor is −c, or 0 where the offset is negative, and so |x| ≤ |z|.
    return { unit, centre, largest, mostSquares: SQUARES_OF_NORMALS, shape };
  },
} as const satisfies Law;

/** In standard deviations of z; a rectified normal below this is on for fewer than 3 draws in 100,000. */
const LOWEST_MEAN = -4;
/** A ReLU whose normal lies further below 0 lets nothing through. */
const LETS_THROUGH = -6;

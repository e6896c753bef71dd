import type { ActivationProperties } from "../activations/activation-kind.ts";
import { VshiftError } from "../errors.ts";
import type { Kernel } from "../kernel/kernel.ts";
import type { InputMoments, Moments } from "../numeric/moments.ts";
import type { Law, Refusal } from "./law-kind.ts";
import { NORMAL } from "./normal.ts";
import { CORRELATION, MEAN, VARIANCE } from "./own-moments.ts";
import { correlationUnderNormal, momentsUnderNormal } from "./under-normal.ts";

/**
 * Units behind any activation: x = f(z), z of the mean, the variance and the correlation that are given. Its moments are integrals,
 * by quadrature.
 */
export function lawOfActivation<Kind extends string>(
  activation: ActivationProperties<Kind>,
): Law<Kind | typeof NORMAL.kind> {
  const { kind, name } = activation;
  return {
    kind,
    describe: ({ mean, variance }, shown) => `${name} of N(${shown(mean)}, ${shown(variance)})`,
    givenBefore: name,
    defaultMean: 0,
    refusal: (z) => refusalOf(activation, z),
    latentCorrelation: ({ correlation }) => correlation,
    correlationOf: (latent) => latent,
    moments: (z) => momentsOf(activation, z),
    tails(z) {
      const { kurtosis, sixth } = momentsUnderNormal(activation, z);
      return { kurtosis, sixth };
    },
    momentLines(z) {
      const { mean, variance } = momentsOf(activation, { ...z, correlation: 0 });
      const source = "quadrature over the standard normal g";
      const value = `${kind}(μ + √(s²)·g)`;
      return [
        { symbol: "μ", name: `mean of z, the input before ${kind}`, value: z.mean },
        { symbol: "s²", name: "variance of z", value: z.variance },
        { symbol: "c", name: MEAN, value: mean, derived: { formula: `E ${value}`, source } },
        { symbol: "v", name: VARIANCE, value: variance, derived: { formula: `E (${value} − c)²`, source } },
      ];
    },
    correlationLines: (z) => [
      { symbol: "r", name: "correlation of two z", value: z.correlation },
      {
        symbol: "ρ",
        name: CORRELATION,
        value: momentsOf(activation, z).correlation,
        derived: {
          formula: `E (${kind}(z) − c)·(${kind}(z′) − c) / v`,
          source: "z and z′ of correlation r; Mehler 1866",
        },
      },
    ],
    isSymmetric: activation.isOdd,
    mayHave: (mean, deviation) => refusalOf(activation, { mean, variance: deviation * deviation }) === undefined,
    alternative: { kind: NORMAL.kind, clause: `if no ${name} precedes the noise` },
    hasAtom: false,
    form(z) {
      const deviation = Math.sqrt(z.variance);
      const { mean, variance } = momentsUnderNormal(activation, z);
      const unit = Math.sqrt(variance);
      const centre = Math.fround(mean / unit);
      const shape = (kernel: Kernel, x: Float32Array) => {
        kernel.scale({ x, scale: deviation });
        add(kernel, x, z.mean);
        activation.apply(kernel, x);
        // In this order rounding of the factor changes the unit alone, which cancels.
        kernel.scale({ x, scale: 1 / unit });
        add(kernel, x, -centre);
      };
      return { unit, centre, largest: null, mostSquares: null, shape };
    },
  };
}

/** x ← x + offset. */
function add(kernel: Kernel, z: Float32Array, offset: number): void {
  kernel.relu({ z, offset, floor: Number.NEGATIVE_INFINITY });
}

function momentsOf(activation: ActivationProperties, z: InputMoments): InputMoments {
  const refusal = refusalOf(activation, z);
  if (refusal !== undefined) throw new VshiftError({ code: "invalid-value", ...refusal });
  const { mean, variance } = momentsUnderNormal(activation, z);
  return { mean, variance, correlation: correlationUnderNormal(activation, z, { mean, variance }) };
}

/** Where f(z) is almost constant: in single precision, or except for a rare z. */
function refusalOf(activation: ActivationProperties, { mean, variance }: Moments): Refusal | undefined {
  const f = momentsUnderNormal(activation, { mean, variance });
  const error = activation.errorAt(Math.abs(mean) + Math.sqrt(variance));
  if (Math.sqrt(f.variance) >= LEAST_DEVIATION * error && f.kurtosis <= LARGEST_KURTOSIS) return undefined;
  const constant = `makes ${activation.kind} almost constant`;
  if (mean === 0) {
    return { field: "variance", problem: `${variance} ${constant}`, hint: "use a larger `variance`" };
  }
  return {
    field: "mean",
    problem: `${mean} with variance ${variance} ${constant}`,
    hint: "use a `mean` closer to 0, or a larger `variance`",
  };
}

/** In errors of single precision. */
const LEAST_DEVIATION = 3000;
/** That of a ReLU at its lowest mean, −4 standard deviations, is 162,511. */
const LARGEST_KURTOSIS = 200_000;

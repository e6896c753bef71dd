import { type PointwiseFunction, pointwise } from "../../activations/pointwise.ts";
import { rectified } from "../../laws/rectified.ts";
import { momentsUnderNormal } from "../../laws/under-normal.ts";
import type { FunctionLayer } from "../../notation/graph.ts";
import type { Moments } from "../../numeric/moments.ts";
import {
  averagesOf,
  type ChannelLaw,
  type ChannelType,
  isZero,
  mixture,
  NO_COVARIANCE,
  type NormalPart,
  ofTypes,
  type Signal,
  TOO_LONG,
  typesOf,
  type Work,
} from "./signal.ts";

/** With all that a channel takes besides, by quadrature and of a function of two straight lines. */
const QUADRATURE = 64;
const TWO_LINES = 8;

/**
 * Behind a function of each unit: mean and variance of f under the law of each channel, in both phases.
 *
 * A text says why there is no closed form.
 */
export function behindFunction(layer: FunctionLayer, signal: Signal, work: Work): Signal | string {
  const known = typesOf(signal);
  if (typeof known === "string") return known;
  const types = known();
  const [first] = types;
  if (first === undefined) return "there are no channels";
  if (typeof first.train.parts === "string") return first.train.parts;
  const slope = slopeBelow(layer);
  const cost = slope === null ? QUADRATURE : TWO_LINES;
  const f = functionOf(layer);
  const momentsOf = (z: Moments) => (slope === null ? byQuadrature(f, z) : ofTwoLines(slope, z));
  const done = new Map<ChannelLaw, ChannelLaw>();
  const parts = `the law behind ${layer.kind} is not normal`;
  const behind = (law: ChannelLaw): ChannelLaw => {
    const before = done.get(law);
    if (before !== undefined || typeof law.parts === "string") return before ?? { ...law, parts };
    work.left -= cost * law.parts.length;
    const made = mixture(law.parts.map((part): NormalPart => ({ ...part, ...momentsOf(part) })));
    const found = { ...made, parts };
    done.set(law, found);
    return found;
  };
  const made: ChannelType[] = [];
  for (const { weight, train, test } of types) {
    if (work.left <= 0) return TOO_LONG;
    made.push({ weight, train: behind(train), test: behind(test) });
  }
  return {
    ...averagesOf(made),
    positions: isZero(signal.positions) ? NO_COVARIANCE : null,
    units: isZero(signal.units) ? NO_COVARIANCE : null,
    origins: signal.origins,
    bySample: signal.bySample,
    channels: ofTypes(made),
  };
}

function byQuadrature(f: ReturnType<typeof functionOf>, z: Moments): Moments {
  // So narrow that points on it would be rounded to each other.
  if (z.variance <= NARROW * z.mean * z.mean) return { mean: f.at(z.mean), variance: 0 };
  const { mean, variance } = momentsUnderNormal(f, { mean: z.mean, variance: z.variance });
  return { mean, variance };
}

const NARROW = 1e-24;

/** The slope below 0 of a function whose slope above it is 1; null of others. */
function slopeBelow(layer: FunctionLayer): number | null {
  return layer.kind === "relu" ? 0 : layer.kind === "leakyrelu" ? layer.slope : null;
}

/**
 * Of f(z) = max(0, z) − b·max(0, −z): with M and V the moments of the two, E f = M₊ − b·M₋ and Var f = V₊ + b²V₋ + 2b·M₊M₋, as one of
 * them is always 0.
 */
function ofTwoLines(slope: number, z: Moments): Moments {
  const { mean, variance } = z;
  if (variance === 0) return { mean: mean > 0 ? mean : slope * mean, variance };
  const above = rectifiedMoments(z);
  if (slope === 0) return above;
  const below = rectifiedMoments({ mean: -mean, variance });
  return {
    mean: above.mean - slope * below.mean,
    variance: above.variance + slope * slope * below.variance + 2 * slope * above.mean * below.mean,
  };
}

/** Of max(0, z), which is 0 where z is always negative. */
function rectifiedMoments(z: Moments): Moments {
  if (z.mean < -NEVER * Math.sqrt(z.variance)) return { mean: 0, variance: 0 };
  const { mean, variance } = rectified(z);
  return { mean: Math.sqrt(z.variance) * mean, variance: z.variance * variance };
}

/** Deviations beyond which a normal lies once in 10¹⁵ draws. */
const NEVER = 7.9;

function functionOf(layer: FunctionLayer) {
  return { ...pointwise(pointwiseOf(layer)), isOdd: layer.kind === "tanh" };
}

function pointwiseOf(layer: FunctionLayer): PointwiseFunction {
  switch (layer.kind) {
    case "elu":
      return { name: "elu", parameters: [layer.scale] };
    case "leakyrelu":
      return { name: "leaky_relu", parameters: [layer.slope] };
    default:
      return { name: layer.kind, parameters: [] };
  }
}

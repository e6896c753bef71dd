import { type PointwiseFunction, pointwise } from "../../activations/pointwise.ts";
import { momentsUnderNormal } from "../../laws/under-normal.ts";
import type { FunctionLayer } from "./graph.ts";
import {
  averagesOf,
  type ChannelLaw,
  type ChannelType,
  isZero,
  lazily,
  mixture,
  NO_COVARIANCE,
  type NormalPart,
  type Signal,
  typesOf,
} from "./signal.ts";

/** How many normals a network may ask a function of; each takes some microseconds. */
export interface Budget {
  left: number;
}

/**
 * Behind a function of each unit: mean and variance of f under the law of each channel, in both phases.
 *
 * A text says why there is no closed form.
 */
export function behindFunction(layer: FunctionLayer, signal: Signal, budget: Budget): Signal | string {
  const known = typesOf(signal);
  if (typeof known === "string") return known;
  const types = known();
  const [first] = types;
  if (first === undefined) return "there are no channels";
  if (typeof first.train.parts === "string") return first.train.parts;
  const f = functionOf(layer);
  const done = new Map<ChannelLaw, ChannelLaw>();
  const parts = `the law behind ${layer.kind} is not normal`;
  const behind = (law: ChannelLaw): ChannelLaw => {
    const before = done.get(law);
    if (before !== undefined || typeof law.parts === "string") return before ?? { ...law, parts };
    budget.left -= law.parts.length;
    const made = mixture(law.parts.map((part): NormalPart => ({ ...part, ...momentsOf(f, part) })));
    const found = { ...made, parts };
    done.set(law, found);
    return found;
  };
  const made: ChannelType[] = [];
  for (const { weight, train, test } of types) {
    if (budget.left <= 0) return "the network is longer than theory follows";
    made.push({ weight, train: behind(train), test: behind(test) });
  }
  return {
    ...averagesOf(made),
    positions: isZero(signal.positions) ? NO_COVARIANCE : null,
    units: isZero(signal.units) ? NO_COVARIANCE : null,
    origins: signal.origins,
    bySample: signal.bySample,
    channels: lazily(() => made),
  };
}

function momentsOf(f: ReturnType<typeof functionOf>, z: NormalPart) {
  const { mean, variance } = momentsUnderNormal(f, z);
  return { mean, variance };
}

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

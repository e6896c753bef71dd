import { normalNodes } from "../../activations/normal-nodes.ts";
import { type NoiseKind, propertiesOf } from "../../noises/noises.ts";
import { KEEP } from "../../noises/parameter.ts";
import { type NoiseLayer, positionsOf, type Shape } from "../../notation/graph.ts";
import { pointsOf } from "../../numeric/gauss-legendre.ts";
import { type BlockNoise, NO_NOISE } from "../stack/block-noise.ts";
import {
  affine,
  type ChannelType,
  lazily,
  MOST_PARTS,
  mixture,
  type NormalPart,
  partsOf,
  type Signal,
  typesOf,
  type Work,
} from "./signal.ts";

/**
 * What shares a draw: a unit or a weight has its own, a region some positions of a map, a square those of all maps, a channel or a sample
 * all that it has.
 */
type Sharing = "unit" | "weight" | "region" | "square" | "channel" | "sample";

/**
 * A noise layer: x becomes γ·(x + r·(x − π)) + e during training and γ′·x at test time, r of mean 0 and variance σ², e ~ N(0, added).
 */
interface NoiseLaw extends BlockNoise {
  readonly added: number;
  readonly shares: Sharing;
  /** r as a few values. */
  readonly values: () => readonly { readonly value: number; readonly weight: number }[];
}

/**
 * Behind a noise layer.
 *
 *   V′ = γ²(V + σ²(V + E (m − π)²)) + added     T′ = γ′²T     m′ = γm     δ′ = γ′δ + (γ′ − γ)m
 *
 * For any law of x and any sharing, since r is independent of x. Two positions of a map gain γ²σ²E (x − π)(x′ − π) where they share
 * r. docs/METHOD.md.
 */
export function behindNoise(layer: NoiseLayer, signal: Signal, { shape, work }: NoiseSetting): Signal {
  const law = lawOfNoise(layer, shape);
  const { relativeVariance, pivot, gains, added, shares } = law;
  const { train: g, test: h } = gains;
  const { mean, meanSquare, moved, movedSquare, cross, positions, units } = signal;
  const squares = meanSquare - 2 * pivot * mean + pivot * pivot;
  const isShared = shares === "channel" || shares === "sample";
  const apart = h - g;
  const inMap = isShared ? relativeVariance : 0;
  const isOfSample = shares === "sample" || shares === "square";
  const inSample = isOfSample ? relativeVariance : 0;
  return {
    ...signal,
    train: g * g * (signal.train + relativeVariance * (signal.train + squares)) + added,
    test: h * h * signal.test,
    mean: g * mean,
    meanSquare: g * g * meanSquare,
    moved: h * moved + apart * mean,
    // Never below 0, except for rounding.
    movedSquare: Math.max(0, h * h * movedSquare + 2 * h * apart * cross + apart * apart * meanSquare),
    cross: g * (h * cross + apart * meanSquare),
    positions:
      positions === null || shares === "region" || shares === "square"
        ? null
        : {
            train: g * g * (positions.train + inMap * (positions.train + squares)),
            test: h * h * positions.test,
          },
    units: units && {
      train: g * g * (units.train + inSample * (units.train + (mean - pivot) * (mean - pivot))),
      test: h * h * units.test,
    },
    bySample: signal.bySample || isOfSample,
    channels: channelsBehind(law, signal, work),
  };
}

export interface NoiseSetting {
  /** Of what it reads. */
  readonly shape: Shape;
  readonly work: Work;
}

function channelsBehind(law: NoiseLaw, signal: Signal, work: Work): Signal["channels"] {
  const { channels } = signal;
  // What adds a normal leaves a normal a normal.
  if (law.relativeVariance === 0 && (channels.kind === "alike" || law.added === 0)) return channels;
  const types = typesOf(signal);
  if (typeof types === "string") return { kind: "unknown", reason: types };
  const make = () => {
    const before = types();
    const isFew = before.length * partsOf(before) * law.values().length <= MOST_PARTS;
    return before.map((type) => typeBehind(law, isFew ? type : { ...type, train: { ...type.train, parts: TOO_MANY } }));
  };
  return lazily(make, { from: [signal], work });
}

const TOO_MANY = "noises in a row have a law that theory does not follow";

function typeBehind({ relativeVariance, pivot, gains, added, values }: NoiseLaw, type: ChannelType): ChannelType {
  const { train: g, test: h } = gains;
  const { mean, variance, parts } = type.train;
  const away = mean - pivot;
  const moments = {
    mean: g * mean,
    variance: g * g * (variance + relativeVariance * (variance + away * away)) + added,
  };
  const test = affine(type.test, { shift: 0, scale: h });
  if (typeof parts === "string") return { ...type, train: { ...moments, parts }, test };
  const noisy = parts.flatMap((part) =>
    values().map(({ value, weight }): NormalPart => {
      const scale = g * (1 + value);
      return {
        weight: part.weight * weight,
        mean: scale * part.mean - g * value * pivot,
        variance: scale * scale * part.variance + added,
      };
    }),
  );
  return { ...type, train: { ...mixture(noisy), ...moments }, test };
}

/** r of dropout: 1/p − 1 of what is kept, −1 of the rest. */
function keeping(keep: number) {
  const values = [
    { value: (1 - keep) / keep, weight: keep },
    { value: -1, weight: 1 - keep },
  ].filter(({ weight }) => weight > 0);
  return () => values;
}

/** Nodes in a standard deviation of Gaussian dropout. */
const PER_DEVIATION = 2;

function lawOfNoise(layer: NoiseLayer, shape: Shape): NoiseLaw {
  const dropped = (rate: number, shares: Sharing): NoiseLaw => ({
    ...NO_NOISE,
    ...{ relativeVariance: KEEP.relativeVariance(1 - rate), added: 0, shares, values: keeping(1 - rate) },
  });
  switch (layer.kind) {
    case "dropout":
      return dropped(layer.rate, "unit");
    case "dropout2d":
      return dropped(layer.rate, "channel");
    case "dropconnect":
      return dropped(layer.rate, "weight");
    case "droppath":
      return dropped(layer.rate, "sample");
    case "dropblock":
      return dropped(layer.rate, "region");
    case "alphadropout":
      return { ...dropped(layer.rate, "unit"), ...alphaForm(1 - layer.rate) };
    case "mask":
      return layer.scaling === "inverted" ? dropped(layer.rate, "unit") : unscaled(1 - layer.rate, "unit");
    case "cutout":
      return unscaled(1 - shareOfSquare(layer.size, shape), "square");
    case "gaussiandropout": {
      const relativeVariance = KEEP.relativeVariance(1 - layer.rate);
      const deviation = Math.sqrt(relativeVariance);
      const values = () => normalNodes(PER_DEVIATION).map(({ at, weight }) => ({ value: deviation * at, weight }));
      return { ...NO_NOISE, relativeVariance, added: 0, shares: "unit", values };
    }
    case "uout": {
      const { beta } = layer;
      const values = () => pointsOf(-1, 1).map(({ at, weight }) => ({ value: beta * at, weight: weight / 2 }));
      return { ...NO_NOISE, relativeVariance: (beta * beta) / 3, added: 0, shares: "unit", values };
    }
    case "gaussiannoise":
      return { ...dropped(0, "unit"), added: layer.deviation * layer.deviation };
  }

  /** 1 or 0 during training, unscaled, and 1 at test time: that is p times inverted dropout. */
  function unscaled(keep: number, shares: Sharing): NoiseLaw {
    return { ...dropped(1 - keep, shares), gains: { train: keep, test: 1 } };
  }
}

function alphaForm(keep: number): Pick<NoiseLaw, "pivot" | "gains"> {
  const kind: NoiseKind = "alpha";
  const { noise, pivot, gains } = propertiesOf(kind);
  const relativeVariance = KEEP.relativeVariance(keep);
  return { pivot, gains: gains(noise({ keep, drop: 1 - keep, beta: null, relativeVariance })) };
}

/** Of a map, the square that lies in it. */
function shareOfSquare(size: number, shape: Shape): number {
  const square = shape.sizes.reduce((product) => product * size, 1);
  return square / positionsOf(shape);
}

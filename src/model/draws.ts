import type { ModelNode, NoiseOfModel } from "./graph.ts";

type Shape = ModelNode["shape"];

/** Random numbers that a program draws: offset + factor·base, for each element; nothing more is known of a base that is null. */
export interface Draws {
  readonly base: Base | null;
  readonly offset: number;
  readonly factor: number;
}

/** Uniform in [0, 1), standard normal, or 1 with a probability and else 0. */
export type Base = { readonly law: "uniform" | "normal" } | { readonly law: "mask"; readonly keep: number };

export const UNKNOWN_DRAWS: Draws = { base: null, offset: 0, factor: 1 };

export function drawsOf(base: Base): Draws {
  return { base, offset: 0, factor: 1 };
}

export function scaledDraws(draws: Draws, by: number): Draws {
  return { ...draws, offset: draws.offset * by, factor: draws.factor * by };
}

export function shiftedDraws(draws: Draws, by: number): Draws {
  return { ...draws, offset: draws.offset + by };
}

/** ⌊draws⌋, as ⌊keep + u⌋ is a mask; unknown for any other. */
export function flooredDraws({ base, offset, factor }: Draws): Draws {
  const isMask = base?.law === "uniform" && factor === 1 && offset > 0 && offset < 1;
  return isMask ? drawsOf({ law: "mask", keep: offset }) : UNKNOWN_DRAWS;
}

/** 1 where the draws are below the limit, or where they are not; unknown for any but uniform draws. */
export function comparedDraws({ base, offset, factor }: Draws, limit: number, isBelow: boolean): Draws {
  if (base?.law !== "uniform" || factor <= 0) return UNKNOWN_DRAWS;
  const below = Math.min(1, Math.max(0, (limit - offset) / factor));
  return drawsOf({ law: "mask", keep: isBelow ? below : 1 - below });
}

/** What a product of a value with draws is, where the value was multiplied by `scale` just before, for the same purpose. */
export function multiplier(draws: Draws, scale: number): Omit<NoiseOfModel, "shares"> | undefined {
  const { base } = draws;
  const { offset, factor } = scaledDraws(draws, scale);
  const moments = momentsOf({ base, offset, factor });
  if (base === null || moments === undefined || Math.abs(moments.mean - 1) > ROUNDING) return undefined;
  const { variance } = moments;
  const isDropout = base.law === "mask" && Math.abs(offset) <= ROUNDING;
  const { kind, noise, drop } = isDropout
    ? ({ kind: "noise", noise: "dropout", drop: 1 - base.keep } as const)
    : ({ kind: "noise", noise: "multiplied", drop: null } as const);
  return { kind, noise, drop, variance, draws: { base, offset, factor } };
}

/** Multiplies by 0 with the probability `drop` ∈ [0, 1), else by 1/(1 − drop). */
export function dropout(drop: number, shares: NoiseOfModel["shares"]): NoiseOfModel {
  const keep = 1 - drop;
  const draws = scaledDraws(drawsOf({ law: "mask", keep }), 1 / keep);
  return { kind: "noise", noise: "dropout", shares, drop, variance: drop / keep, draws };
}

/** What a sum of a value with draws is; undefined where their mean is not 0. */
export function addend(draws: Draws): Omit<NoiseOfModel, "shares"> | undefined {
  const moments = momentsOf(draws);
  if (moments === undefined || Math.abs(moments.mean) > ROUNDING * Math.sqrt(moments.variance)) return undefined;
  return { kind: "noise", noise: "added", drop: null, variance: moments.variance, draws };
}

/** What is known of noise that is used in another way. */
export const UNKNOWN_NOISE: NoiseOfModel = {
  kind: "noise",
  noise: "unknown",
  shares: "unit",
  drop: null,
  variance: null,
  draws: null,
};

/** What has a draw of its own where a value of one shape receives draws of another; undefined for anything else. */
export function sharing(draws: Shape, value: Shape): NoiseOfModel["shares"] | undefined {
  if (draws.length !== value.length || draws[0] !== value[0]) return undefined;
  const isOne = draws.map((length) => length === 1);
  const isSame = draws.map((length, axis) => length === value[axis]);
  if (isSame.every((same) => same)) return "unit";
  if (isOne.slice(1).every((one) => one)) return "sample";
  return isSame[1] === true && isOne.slice(2).every((one) => one) ? "channel" : undefined;
}

function momentsOf({ base, offset, factor }: Draws): { readonly mean: number; readonly variance: number } | undefined {
  if (base === null) return undefined;
  const [mean, variance] = MOMENTS[base.law](base.law === "mask" ? base.keep : 0);
  return { mean: offset + factor * mean, variance: factor * factor * variance };
}

const MOMENTS: { readonly [Law in Base["law"]]: (keep: number) => readonly [mean: number, variance: number] } = {
  uniform: () => [1 / 2, 1 / 12],
  normal: () => [0, 1],
  mask: (keep) => [keep, keep * (1 - keep)],
};

/** Programs have their numbers in double precision, and the user's in few digits: 0.5 + 0.2 is not 0.7. */
const ROUNDING = 1e-6;

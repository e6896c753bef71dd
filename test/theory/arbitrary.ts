import fc from "fast-check";
import type { LawKind } from "../../src/laws/laws.ts";
import type { InputMoments, Moments } from "../../src/numeric/moments.ts";
import type { Activation } from "../../src/theory/activation.ts";
import type { WeightSums } from "../../src/theory/alignment.ts";

/** Whole numbers of thousandths: fast-check shrinks them to readable counterexamples. */
export function between(from: number, to: number): fc.Arbitrary<number> {
  return fc
    .integer({ min: Math.ceil(from * 1000), max: Math.floor(to * 1000) })
    .map((thousandths) => thousandths / 1000);
}

export const KEEP: fc.Arbitrary<number> = between(0.001, 1);
export const STRENGTH: fc.Arbitrary<number> = fc.oneof(between(0, 3), between(0, 1000));
export const MOMENTS: fc.Arbitrary<Moments> = fc.record({ mean: between(-30, 30), variance: between(0.001, 30) });
/** Without negative correlation, so that layers of every alignment exist. */
export const INPUT: fc.Arbitrary<InputMoments> = fc.record({
  mean: between(-30, 30),
  variance: between(0.001, 30),
  correlation: between(0, 1),
});

export const WEIGHTS: fc.Arbitrary<number[]> = fc
  .array(between(-3, 3), { minLength: 1, maxLength: 12 })
  .filter((weights) => weights.some((weight) => weight !== 0));

export function sumsOf(weights: readonly number[]): WeightSums {
  return {
    sum: weights.reduce((total, weight) => total + weight, 0),
    sumOfSquares: weights.reduce((total, weight) => total + weight * weight, 0),
  };
}

export const LAYER: fc.Arbitrary<WeightSums[]> = fc.array(WEIGHTS.map(sumsOf), { minLength: 1, maxLength: 8 });

/** Relative means from −4 to 30, as scenarios allow, for relu; a positive mean for lognormal. */
export function activationOf(kind: LawKind): fc.Arbitrary<Activation> {
  return fc
    .record({
      relative: between(kind === "lognormal" ? 0.5 : -4, 30),
      deviation: between(0.01, 30),
      correlation: between(-1, 1),
    })
    .map(({ relative, deviation, correlation }) => ({
      kind,
      mean: relative * deviation,
      variance: deviation * deviation,
      correlation,
    }));
}

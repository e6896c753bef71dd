import { type LawKind, lawOf } from "../laws/laws.ts";
import { type InputMoments, requireInputMoments, type Tails } from "../numeric/moments.ts";

/** The distribution of the units that the noise multiplies. Its mean, variance and correlation are as its law has them. */
export interface Activation extends InputMoments {
  readonly kind: LawKind;
}

/** Mean, variance and pairwise correlation of the units themselves: all that Δ depends on. */
export function activationMoments(activation: Activation): InputMoments {
  requireInputMoments(activation);
  return lawOf(activation.kind).moments(activation);
}

/** Fourth and sixth central moment over the variance squared and cubed: how many draws it takes to see the variance, and how far off. */
export function activationTails(activation: Activation): Tails {
  requireInputMoments(activation);
  return lawOf(activation.kind).tails(activation);
}

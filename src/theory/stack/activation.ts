import { RECTIFIER } from "./rectifier.ts";
import { gaussianErrorLinearUnit, hyperbolicTangent } from "./smooth.ts";
import type { StackFunction } from "./spread.ts";

/** The activation between Batch Normalization and the noise of a block; gelu is gΦ(g), as PyTorch's is by default. */
export type StackActivation = "relu" | "tanh" | "gelu" | "identity";

/** e = E f(g)² of a standard normal g: what each unit adds to the noise, σ²e, behind Batch Normalization during training. */
export function activationSecondMoment(activation: StackActivation): number {
  return stackFunction(activation).secondMoment;
}

export function stackFunction(activation: StackActivation): StackFunction {
  switch (activation) {
    case "relu":
      return RECTIFIER;
    case "tanh":
      return hyperbolicTangent();
    case "gelu":
      return gaussianErrorLinearUnit();
    case "identity":
      return { mean: 0, secondMoment: 1, spread: (law) => law };
  }
}

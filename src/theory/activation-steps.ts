import { lawOf } from "../laws/laws.ts";
import { secondMoment } from "../numeric/moments.ts";
import { type Activation, activationMoments } from "./activation.ts";
import { derived, type Step, stepsOf } from "./step.ts";

/** From the activation to c, v and E x² of the units. */
export function momentSteps(activation: Activation): readonly Step[] {
  const steps = stepsOf(lawOf(activation.kind).momentLines(activation));
  const value = secondMoment(activationMoments(activation));
  const source = "definition of the variance";
  const formula = "v + c²";
  return [...steps, derived({ symbol: "E x²", name: "second moment of the input", formula, value, source }, steps)];
}

/** To ρ of two units; `before` has the steps to their moments. */
export function correlationSteps(activation: Activation, before: readonly Step[]): readonly Step[] {
  return stepsOf(lawOf(activation.kind).correlationLines(activation), before);
}

import { activationOf } from "../../activations/activations.ts";
import { pointwise } from "../../activations/pointwise.ts";
import type { Kernel } from "../../kernel/kernel.ts";
import type { ActivationLayer, FunctionLayer } from "../../network/network.ts";
import type { Maps } from "../maps.ts";
import type { Step } from "./step.ts";

/** A function of each unit, by a loop of the kernel. */
export function activationStep(kernel: Kernel, { activation }: ActivationLayer, { tiles }: Maps): Step {
  const { apply } = activationOf(activation);
  return () => {
    for (const { x } of tiles) apply(kernel, x);
  };
}

/** Any other function of each unit: by a loop of the kernel, or in double precision and rounded to single. */
export function functionStep(kernel: Kernel, { function: named }: FunctionLayer, { tiles }: Maps): Step {
  const { at: valueAt, apply } = pointwise(named);
  if (apply !== undefined) {
    return () => {
      for (const { x } of tiles) apply(kernel, x);
    };
  }
  return () => {
    for (const { x } of tiles) for (let at = 0; at < x.length; at++) x[at] = valueAt(x[at]);
  };
}

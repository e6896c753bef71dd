import type { ActivationProperties } from "./activation-kind.ts";
import { GELU } from "./gelu.ts";
import { IDENTITY } from "./identity.ts";
import { RELU } from "./relu.ts";
import { TANH } from "./tanh.ts";

/** Every activation of a block, in the order of the help. A new one is a file and a line here. */
export const ACTIVATIONS = [RELU, TANH, GELU, IDENTITY] as const satisfies readonly ActivationProperties[];

/** The nonlinearity of a block. */
export type ActivationKind = (typeof ACTIVATIONS)[number]["kind"];

export const ACTIVATION_KINDS: readonly ActivationKind[] = ACTIVATIONS.map(({ kind }) => kind);

const BY_KIND: ReadonlyMap<string, ActivationProperties> = new Map(
  ACTIVATIONS.map((activation) => [activation.kind, activation]),
);

/** An activation by its name. */
export function activationOf(kind: ActivationKind): ActivationProperties {
  const found = BY_KIND.get(kind);
  if (found === undefined) throw new RangeError(`${kind} is not an activation`);
  return found;
}

import { ACTIVATIONS } from "../activations/activations.ts";
import type { Law } from "./law-kind.ts";
import { LOGNORMAL } from "./lognormal.ts";
import { NORMAL } from "./normal.ts";
import { lawOfActivation } from "./of-activation.ts";
import { RELU } from "./relu.ts";
import { UNIFORM } from "./uniform.ts";

/**
 * Every law of the input, in the order of the help: a normal, what it is behind each activation, and others. A new activation is a law
 * without a line here, and any other law a file and a line.
 */
export const LAWS = [...new Set([NORMAL, ...ACTIVATIONS.map(behind), UNIFORM, LOGNORMAL])] satisfies readonly Law[];

/** The law of a normal behind an activation; of two the moments have a closed form. */
function behind(activation: (typeof ACTIVATIONS)[number]) {
  switch (activation.kind) {
    case "identity":
      return NORMAL;
    case "relu":
      return RELU;
    default:
      return lawOfActivation(activation);
  }
}

/** The distribution of the units that the noise multiplies. */
export type LawKind = (typeof LAWS)[number]["kind"];

export const LAW_KINDS: readonly LawKind[] = LAWS.map(({ kind }) => kind);

/** The laws whose mean, variance and correlation are those of a normal z before a function, in the help: "relu, tanh or gelu". */
export const LAWS_OF_Z: string = LAWS.filter(({ givenBefore }) => givenBefore !== null)
  .map(({ kind }) => kind)
  .join(", ")
  .replace(/, (?=[^,]*$)/, " or ");

/** What is asked of a law when it is not known which. */
export type AnyLaw = Law<LawKind>;

const BY_KIND: ReadonlyMap<unknown, AnyLaw> = new Map(LAWS.map((law) => [law.kind, law]));

/** A law by its name; undefined where there is none, as where the input is a file's. */
export function findLaw(kind: unknown): AnyLaw | undefined {
  return BY_KIND.get(kind);
}

/** A law by its name. */
export function lawOf(kind: LawKind): AnyLaw {
  const found = findLaw(kind);
  if (found === undefined) throw new RangeError(`${kind} is not a law of the input`);
  return found;
}

import type { Law } from "./law-kind.ts";
import { LOGNORMAL } from "./lognormal.ts";
import { NORMAL } from "./normal.ts";
import { RELU } from "./relu.ts";
import { UNIFORM } from "./uniform.ts";

/** Every law of the input, in the order of the help. A new law is a file and a line here. */
export const LAWS = [NORMAL, RELU, UNIFORM, LOGNORMAL] as const satisfies readonly Law[];

/** The distribution of the units that the noise multiplies. */
export type LawKind = (typeof LAWS)[number]["kind"];

export const LAW_KINDS: readonly LawKind[] = LAWS.map(({ kind }) => kind);

/** The laws whose mean, variance and correlation are those of a normal z before a function, in the help: "relu". */
export const LAWS_OF_Z: string = LAWS.filter(({ givenBefore }) => givenBefore !== null)
  .map(({ kind }) => kind)
  .join(" or ");

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

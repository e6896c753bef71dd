import { ALPHA } from "./alpha.ts";
import { BERNOULLI } from "./bernoulli.ts";
import { DROPCONNECT } from "./dropconnect.ts";
import { GAUSSIAN } from "./gaussian.ts";
import type { NoiseProperties } from "./noise-kind.ts";
import { NONE } from "./none.ts";
import { SPATIAL } from "./spatial.ts";
import { UOUT } from "./uout.ts";

/** Every kind of noise, in the order of the help. A new kind is a file and a line here. */
export const NOISES = [
  BERNOULLI,
  GAUSSIAN,
  UOUT,
  SPATIAL,
  DROPCONNECT,
  ALPHA,
  NONE,
] as const satisfies readonly NoiseProperties[];

export type ListedNoise = (typeof NOISES)[number];

/** The noise of training. */
export type NoiseKind = ListedNoise["kind"];

export const NOISE_KINDS: readonly NoiseKind[] = NOISES.map(({ kind }) => kind);

/** A noise as theory has it: its kind, and the numbers that its law depends on. */
export type Noise = ReturnType<ListedNoise["noise"]>;

/** What can be asked of a kind without knowing which it is. */
export type AnyNoise = NoiseProperties<Noise> & { readonly kind: NoiseKind };

const BY_KIND: ReadonlyMap<unknown, AnyNoise> = new Map(NOISES.map((noise) => [noise.kind, noise]));

/** What a kind of noise does, by its name; undefined where there is no such kind. */
export function findNoise(kind: unknown): AnyNoise | undefined {
  return BY_KIND.get(kind);
}

/** What a kind of noise does. */
export function propertiesOf(kind: NoiseKind): AnyNoise {
  const found = findNoise(kind);
  if (found === undefined) throw new RangeError(`${kind} is not a kind of noise`);
  return found;
}

/** The kind of noise that a layer of the notation is; undefined where no kind has that word. */
export function noiseOfWord(word: string): AnyNoise | undefined {
  return [...BY_KIND.values()].find((noise) => noise.word === word);
}

/** Whether Δ follows from σ² alone, by Li et al. 2019, eq. 12: noise that multiplies, each input of a neuron by itself. */
export function followsFromStrength({ pivot, shares }: Pick<NoiseProperties, "pivot" | "shares">): boolean {
  return pivot === 0 && shares !== "channel";
}

export type HasProperty = (noise: NoiseProperties) => boolean;

/** The names of the kinds that have a property, in captions: "spatial dropout". */
export function namesWith(has: HasProperty): string {
  return NOISES.filter(has)
    .map(({ name }) => name)
    .join(" or ");
}

/** The kinds that have a property: "uout". */
export function kindsWith(has: HasProperty): string {
  return NOISES.filter(has)
    .map(({ kind }) => kind)
    .join(" or ");
}

import type { Kernel } from "../kernel/kernel.ts";
import type { Line } from "../numeric/line.ts";
import type { InputMoments, Moments, Tails } from "../numeric/moments.ts";

/**
 * A law of the input: every unit is a function x = g(z) of a standard normal z; the z are independent or share one correlation for
 * every pair. Everything that depends on the law asks for one of these and never for a name.
 *
 * The mean, the variance and the correlation of an input are as a scenario has them: the units' own, or those of the normal before
 * a function (`givenBefore`).
 */
export interface Law<Kind extends string = string> {
  readonly kind: Kind;

  // In words.

  /** With its moments: "N(0, 1)"; `shown` writes a number. */
  describe(moments: Moments, shown: (value: number) => string): string;
  /** The function that mean, variance and correlation are those before, of a normal: "ReLU"; null where they are the units' own. */
  readonly givenBefore: string | null;

  // Fields of a scenario.

  /** Its mean where none is given. */
  readonly defaultMean: number;
  /** What is wrong with moments that no scenario may have; undefined where nothing is. */
  refusal(moments: Moments): Refusal | undefined;
  /** The correlation that the z need so that the input has the asked one; −∞ where no z give it. */
  latentCorrelation(input: InputMoments): number;
  /** The inverse: the correlation of an input whose z have one of `latent`. */
  correlationOf(latent: number, moments: Moments): number;

  // For theory: numbers only.

  /** Mean, variance and pairwise correlation of the units themselves. */
  moments(input: InputMoments): InputMoments;
  /** How many draws it takes to see the variance, and how far off. */
  tails(moments: Moments): Tails;

  // The derivation.

  /** From what is given to c and v of the units. */
  momentLines(input: InputMoments): readonly Line[];
  /** From there to ρ of two units. */
  correlationLines(input: InputMoments): readonly Line[];

  // Where a declared input may be another.

  /** Whether the law of the mean −c is that of −x: then c and −c have the same Δ. */
  readonly isSymmetric: boolean;
  /** Whether somebody may have had this mean without knowing it. */
  mayHave(mean: number, deviation: number): boolean;
  /** The law that may have been there instead, and how that is said: "if no ReLU precedes the noise"; null where there is none. */
  readonly alternative: { readonly kind: Kind; readonly clause: string } | null;

  // Simulation. It computes on its own what theory has computed too, so that each checks the other.

  /** Whether a value has a probability of its own, as 0 has behind a ReLU. */
  readonly hasAtom: boolean;
  form(moments: Moments): LawForm;
}

/** What is wrong with a field, and what to do. */
export interface Refusal {
  readonly field: "mean" | "variance";
  readonly problem: string;
  readonly hint: string;
}

/**
 * How an input is made of a standard normal z. What is made, x, is near mean 0 and variance 1, so that single precision
 * keeps its digits; the input itself is unit·(x + centre). Any unit and centre would give the same measurement.
 */
export interface LawForm {
  readonly unit: number;
  readonly centre: number;
  /**
   * Largest magnitude of x while |z| ≤ `LARGEST_NORMAL`. Null where products must not round x to 16 bits (forward/fixed-point.ts):
   * where values crowd at others than 0, as where tanh saturates, rounding moves most of them the same way.
   */
  readonly largest: number | null;
  /** Most Σx² of a unit over `TILE_SAMPLES` samples; see `SQUARES_OF_NORMALS`. Null where there is no such, and where `largest` is. */
  readonly mostSquares: number | null;
  /** Makes x of z, in place. */
  shape(kernel: Kernel, z: Float32Array): void;
}

/** Our normals reach 6.56; correlated ones pass this once in 10¹⁵ draws. */
export const LARGEST_NORMAL = 8;

/** 256 squared normals add up to 2.5 times as much as expected with odds below e^(−128(2.5 − 1 − ln 2.5)) = 4·10⁻³³ (Chernoff). */
export const SQUARES_OF_NORMALS = 640;

import type { InputMoments } from "../numeric/moments.ts";
import type { Law } from "./law-kind.ts";

export const MEAN = "mean of the input";
export const VARIANCE = "variance of the input";
export const CORRELATION = "correlation of two units of the input";

/** What laws have in common whose mean, variance and correlation are the units' own. */
export const OWN_MOMENTS = {
  givenBefore: null,
  moments: ({ mean, variance, correlation }: InputMoments): InputMoments => ({ mean, variance, correlation }),
  momentLines: ({ mean, variance }: InputMoments) => [
    { symbol: "c", name: MEAN, value: mean },
    { symbol: "v", name: VARIANCE, value: variance },
  ],
  correlationLines: ({ correlation }: InputMoments) => [{ symbol: "ρ", name: CORRELATION, value: correlation }],
  hasAtom: false,
} as const satisfies Partial<Law>;

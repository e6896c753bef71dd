import type { ActivationProperties } from "./activation-kind.ts";

/** No nonlinearity: f(g) = g. */
export const IDENTITY = {
  kind: "identity",
  name: "identity",
  at: (z) => z,
  isOdd: true,
  errorAt: () => 0,
  meanField: () => ({
    mean: 0,
    secondMoment: 1,
    spread: ({ variance, squaredMean }, target) => ({ variance, squaredMean: squaredMean + target * target }),
  }),
  apply() {},
} as const satisfies ActivationProperties;

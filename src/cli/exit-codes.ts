import type { Verdict } from "../experiment/verdict.ts";

export const EXIT = {
  fine: 0,
  disagrees: 1,
  usage: 2,
  inconclusive: 3,
  fault: 70,
  hungUp: 129,
  interrupted: 130,
  terminated: 143,
} as const;

export const EXIT_OF_VERDICT: { readonly [Kind in Verdict]: number } = {
  agrees: EXIT.fine,
  disagrees: EXIT.disagrees,
  inconclusive: EXIT.inconclusive,
};

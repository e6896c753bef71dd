import type { Verdict } from "../experiment/verdict.ts";

export const EXIT = {
  fine: 0,
  disagrees: 1,
  usage: 2,
  inconclusive: 3,
  fault: 70,
  interrupted: 130,
} as const;

export const EXIT_OF_VERDICT: { readonly [Kind in Verdict]: number } = {
  agrees: EXIT.fine,
  disagrees: EXIT.disagrees,
  inconclusive: EXIT.inconclusive,
};

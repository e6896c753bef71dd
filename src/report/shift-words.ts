import type { RecordPosition } from "../experiment/record.ts";
import { readable } from "./numbers.ts";

/** A shift of variance in a sentence: "At test time BN's output has half the variance it had during training." */
export function shiftInWords(shift: number, what = "BN's output"): string {
  if (Math.abs(shift - 1) < NO_SHIFT) return `At test time ${what} has the variance it had during training: no shift.`;
  return `At test time ${what} has ${partInWords(shift)} the variance it had during training.`;
}

/** What a position is of, in a sentence: what its norm makes of it, if that is the same at test time. */
export function positionInWords(position: Pick<RecordPosition, "name" | "norm"> | null): string {
  if (position === null) return "BN's output";
  const { name, norm } = position;
  if (norm === null) return "the network's output";
  return norm === "batch" ? `${name}'s output` : `${name}'s input`;
}

/** Less than the tolerance of a verdict is called no shift. */
const NO_SHIFT = 0.0005;

/** "half", "41 % of", "twice", "1.4 times". */
function partInWords(shift: number): string {
  const named = NAMED.find(([value]) => Math.abs(shift - value) < 0.005);
  if (named !== undefined) return named[1];
  if (shift > 1) return `${readable(shift, shift < 1.1 ? 4 : 3)} times`;
  // Above 90 % what is missing has two digits.
  const digits = shift > 0.99 ? 4 : shift > 0.9 ? 3 : 2;
  return `${readable(100 * shift, digits)} % of`;
}

const NAMED: readonly (readonly [number, string])[] = [
  [1 / 2, "half"],
  [1 / 3, "a third of"],
  [2 / 3, "two thirds of"],
  [1 / 4, "a quarter of"],
  [3 / 4, "three quarters of"],
  [2, "twice"],
];

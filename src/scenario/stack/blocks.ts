import { VshiftError } from "../../errors.ts";
import type { NormKind, StackScenario } from "./stack.ts";

/** Whether each block is among those that a text names: all, last, none, or numbers from 1 with commas between. */
export function blocksNamed(field: "noiseAt" | "normAt", text: string, depth: number): readonly boolean[] {
  const blocks = Array.from({ length: depth }, (_, index) => index + 1);
  switch (text.trim()) {
    case "all":
      return blocks.map(() => true);
    case "last":
      return blocks.map((block) => block === depth);
    case "none":
      return blocks.map(() => false);
    default: {
      const numbers = text.split(",").map((piece) => numbered(field, piece.trim(), depth));
      return blocks.map((block) => numbers.includes(block));
    }
  }
}

function numbered(field: string, text: string, depth: number): number {
  const number = /^\d+$/.test(text) ? Number(text) : 0;
  if (number >= 1 && number <= depth) return number;
  throw new VshiftError({
    code: "invalid-value",
    field,
    problem: `${JSON.stringify(text)} is not a block from 1 to ${depth}, nor all, last or none`,
    hint: `write for example ${depth > 1 ? "1,2" : "1"}`,
  });
}

/** σ² of the noise of each block, 0 where there is none. */
export function blockNoises({ noiseAt, depth, relativeVariance }: StackScenario): readonly number[] {
  return blocksNamed("noiseAt", noiseAt, depth).map((isNoisy) => (isNoisy ? relativeVariance : 0));
}

/** The norm of each block. */
export function blockNorms({ norm, normAt, depth }: StackScenario): readonly NormKind[] {
  return blocksNamed("normAt", normAt, depth).map((isNamed) => (isNamed ? norm : "batch"));
}

/** Whether a position has frozen statistics at test time: those of BN, and of the output, which enters no norm. */
export function frozenPlaces(stack: StackScenario): readonly boolean[] {
  return [...blockNorms(stack).map((norm) => norm === "batch"), true];
}

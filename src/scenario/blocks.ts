import { VshiftError } from "../errors.ts";
import type { NormKind, Scenario } from "./scenario.ts";

/** A scenario that is a stack of blocks, whose fields are not null. */
export interface StackScenario extends Scenario {
  readonly depth: number;
  readonly nonlinearity: NonNullable<Scenario["nonlinearity"]>;
  readonly connection: NonNullable<Scenario["connection"]>;
  readonly noiseAt: string;
  readonly norm: NormKind;
  readonly normAt: string;
  readonly statistics: NonNullable<Scenario["statistics"]>;
}

export function isStack(scenario: Scenario): scenario is StackScenario {
  return scenario.depth !== null;
}

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

/** Whether each block has noise. */
export function noisyBlocks({ noiseAt, depth }: Pick<StackScenario, "noiseAt" | "depth">): readonly boolean[] {
  return blocksNamed("noiseAt", noiseAt, depth);
}

/** The norm of each block. */
export function blockNorms({
  norm,
  normAt,
  depth,
}: Pick<StackScenario, "norm" | "normAt" | "depth">): readonly NormKind[] {
  return blocksNamed("normAt", normAt, depth).map((isNamed) => (isNamed ? norm : "batch"));
}

import { VshiftError } from "../errors.ts";
import { axisOf } from "./axis.ts";
import { DEFAULTS } from "./fields.ts";
import { quoted } from "./typed.ts";

const MOST_REPEATS = 10_000;

/** So many seeds for each scenario of a grid: its own, and those that number it: "vshift", "vshift 2", "vshift 3", … */
export function repeatedSeeds(seed: unknown, repeats: string): readonly string[] {
  const count = /^\d+$/.test(repeats) ? Number(repeats) : 0;
  if (!(count >= 1 && count <= MOST_REPEATS)) {
    throw new VshiftError({
      code: "invalid-value",
      field: "--repeats",
      problem: `${quoted(repeats)} is not a whole number from 1 to ${MOST_REPEATS}`,
      hint: "try 20",
    });
  }
  const [own, other] = axisOf("seed", seed ?? DEFAULTS.seed).values;
  if (other === undefined) return Array.from({ length: count }, (_, at) => (at === 0 ? `${own}` : `${own} ${at + 1}`));
  throw new VshiftError({
    code: "conflicting-fields",
    field: "--repeats",
    problem: `${repeats} makes seeds from one seed, and \`seed\` has several`,
    hint: "leave one of them out",
  });
}

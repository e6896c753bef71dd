import type { MeasuredRemedy } from "../experiment/stack/remedies.ts";
import { readable } from "./numbers.ts";
import { remedyInWords } from "./stack-words.ts";

/** Outputs that are nearer than this part of what they were are mended. */
const MENDED = 0.25;
/** And those that are no nearer than this part of it were not helped. */
const UNHELPED = 0.75;
/** Outputs this near, in standard deviations, need no remedy. */
const FINE = 0.02;

/**
 * Three lines that say what to change, by what was measured: what mends the outputs and leaves all noise in training; what does
 * by moving or weakening it, and how much is left; and what does not.
 */
export function adviceOf(remedies: readonly MeasuredRemedy[]): readonly string[] {
  const [asIs, ...others] = remedies;
  if (asIs === undefined) return [];
  const before = errorOf(asIs);
  if (before < FINE) {
    const shift = readable(asIs.worstFolded, 4);
    return [
      `Nothing needs to change: outputs in test lie ${sd(asIs)} from those of right statistics.`,
      `The variance that a norm meets in test is off by a factor of ${shift} at the most.`,
      `With ${noiseInWords(asIs)} in training, what norms hold serves test as it is.`,
    ];
  }
  const nearestFirst = others.toSorted((a, b) => errorOf(a) - errorOf(b));
  const isMended = (remedy: MeasuredRemedy) => errorOf(remedy) <= MENDED * before;
  const keepsNoise = (remedy: MeasuredRemedy) =>
    remedy.noise.blocks === asIs.noise.blocks && remedy.noise.relativeVariance >= asIs.noise.relativeVariance;
  const kept = nearestFirst.filter((remedy) => isMended(remedy) && keepsNoise(remedy));
  const weakened = nearestFirst.filter((remedy) => isMended(remedy) && !keepsNoise(remedy));
  const useless = others.filter((remedy) => errorOf(remedy) >= UNHELPED * before);
  return [
    kept.length === 0
      ? "No remedy mends the outputs and leaves all noise in training."
      : `Keep all noise and mend what BN holds, outputs ${sd(asIs)} off and last Δ ${delta(asIs)} as it is: ${list(kept, (remedy) => `${remedyInWords(remedy)}: outputs → ${sd(remedy)}, last Δ → ${delta(remedy)}`)}.`,
    weakened.length === 0
      ? "No remedy that moves or weakens the noise mends the outputs."
      : `Or give up noise, ${noiseInWords(asIs)} as it is: ${list(weakened, (remedy) => `${remedyInWords(remedy)}: outputs → ${sd(remedy)}, leaves ${noiseInWords(remedy)}`)}.`,
    useless.length === 0
      ? "Everything that was tried helps."
      : `Don't expect it of: ${list(useless, (remedy) => `${remedyInWords(remedy)} (outputs ${sd(remedy)}, last Δ ${delta(remedy)})`)}.`,
  ];
}

function errorOf({ record }: MeasuredRemedy): number {
  return record.outputError.value;
}

/** The outputs' error: "0.52 sd". */
function sd(remedy: MeasuredRemedy): string {
  return `${readable(errorOf(remedy), 2)} sd`;
}

function delta({ lastShift }: MeasuredRemedy): string {
  return readable(lastShift, 3);
}

/** "σ² = 1 in 8 blocks". */
export function noiseInWords({ noise: { relativeVariance, blocks } }: MeasuredRemedy): string {
  if (blocks === 0) return "no noise";
  return `σ² = ${readable(relativeVariance, 3)} in ${blocks === 1 ? "1 block" : `${blocks} blocks`}`;
}

function list(remedies: readonly MeasuredRemedy[], words: (remedy: MeasuredRemedy) => string): string {
  return remedies.map(words).join("; ");
}

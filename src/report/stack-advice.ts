import { type MeasuredRemedy, outputsOfRemedy } from "../experiment/remedies.ts";
import { ln } from "../numeric/ln.ts";
import { counted, readable } from "./numbers.ts";
import { remedyInWords } from "./stack-words.ts";

/** A distance that falls to this part of what it was, or below, is better; one that grows by as much is worse. */
const BETTER = 0.75;
/** Outputs this close to those with noise-free statistics, in standard deviations, have nothing to gain there. */
const FINE = 0.02;

/** One piece of advice, and the remedies that it is about, with what was measured of each. */
export interface Advice {
  readonly text: string;
  readonly remedies: readonly string[];
}

/** On one line: "Does not help: Gaussian, same σ² (…); twice as wide, 128 (…)." */
export function adviceLine({ text, remedies }: Advice): string {
  return `${text}${remedies.length === 0 ? "" : `: ${remedies.join("; ")}`}.`;
}

/**
 * What to change, by what was measured: how a remedy moves the outputs at test time, compared with the noise-averaged training
 * output, and compared with noise-free statistics.
 *
 * A remedy that is better by one and no worse by the other helps. Where the two disagree the sign is open: training optimises the
 * noise-averaged output, but a stack of random weights cannot tell how far trained ones suppress the noise.
 */
export function adviceOf(remedies: readonly MeasuredRemedy[]): readonly Advice[] {
  const [asIs, ...others] = remedies;
  if (asIs === undefined) return [];
  if (outputsOfRemedy(asIs) === null) return adviceByShift(asIs, others);
  const judged = others.map((remedy) => ({ remedy, effect: effectOf(remedy, asIs) }));
  const withEffect = (effect: Effect) => judged.flatMap((one) => (one.effect === effect ? [one.remedy] : []));
  const keepsNoise = ({ noise }: MeasuredRemedy) =>
    noise.blocks === asIs.noise.blocks && noise.relativeVariance >= asIs.noise.relativeVariance;
  const helpful = withEffect("helps").toSorted(
    (a, b) => (trainingError(a) ?? Number.POSITIVE_INFINITY) - (trainingError(b) ?? Number.POSITIVE_INFINITY),
  );
  const off = `outputs are off by ${readable(noiseFreeError(asIs), 2)} SD (RMS) compared with noise-free statistics`;
  const nothingToFix =
    noiseFreeError(asIs) < FINE ? [{ text: `BN's statistics need no fix: ${off}`, remedies: [] }] : [];
  const moved = (remedy: MeasuredRemedy) =>
    `${remedyInWords(remedy)} (${fromTo(trainingError(asIs), trainingError(remedy))} from training output, ${fromTo(noiseFreeError(asIs), noiseFreeError(remedy))} from noise-free)`;
  return [
    ...nothingToFix,
    ...about("Keep the dropout and fix BN's statistics", helpful.filter(keepsNoise), moved),
    ...about(
      "Sign open (may help or harm, depending on the trained weights; compare the validation loss before and after)",
      withEffect("open"),
      moved,
    ),
    ...about(
      `Use less noise (now ${noiseInWords(asIs)})`,
      helpful.filter((remedy) => !keepsNoise(remedy)),
      (remedy) => `${moved(remedy)}, leaves ${noiseInWords(remedy)}`,
    ),
    ...about("Does not help", withEffect("none"), moved),
  ];
}

/** Where no outputs are compared, since the network ends in a norm: how far from 1 the worst Δ of a norm is left. */
function adviceByShift(asIs: MeasuredRemedy, others: readonly MeasuredRemedy[]): readonly Advice[] {
  const shiftOf = ({ worstFolded }: MeasuredRemedy) => ln(worstFolded);
  if (shiftOf(asIs) < FINE) return [{ text: "BN's statistics need no fix: Δ is 1 at every norm", remedies: [] }];
  const isBetter = (remedy: MeasuredRemedy) => shiftOf(remedy) <= BETTER * shiftOf(asIs);
  const moved = (remedy: MeasuredRemedy) =>
    `${remedyInWords(remedy)} (worst max(Δ, 1/Δ) ${readable(asIs.worstFolded, 3)} → ${readable(remedy.worstFolded, 3)})`;
  const helpful = others.filter(isBetter).toSorted((a, b) => shiftOf(a) - shiftOf(b));
  return [
    ...about("Brings Δ closer to 1 (outputs are not compared, since the network ends in a norm)", helpful, moved),
    ...about(
      "Does not help",
      others.filter((remedy) => !isBetter(remedy)),
      moved,
    ),
  ];
}

type Effect = "helps" | "open" | "none";
type Change = "better" | "same" | "worse" | "unknown";

function effectOf(remedy: MeasuredRemedy, before: MeasuredRemedy): Effect {
  const isFine = noiseFreeError(remedy) < FINE && noiseFreeError(before) < FINE;
  const changes = [
    changeOf(trainingError(remedy), trainingError(before)),
    isFine ? "same" : changeOf(noiseFreeError(remedy), noiseFreeError(before)),
  ];
  if (!changes.includes("better")) return "none";
  return changes.includes("worse") || changes.includes("unknown") ? "open" : "helps";
}

/** A distance that is undefined is one from an output in which nothing stands out of the noise. */
function changeOf(now: number | undefined, before: number | undefined): Change {
  if (now === undefined) return before === undefined ? "unknown" : "worse";
  if (before === undefined || now <= BETTER * before) return "better";
  return now * BETTER >= before ? "worse" : "same";
}

/** The distance from the noise-averaged training output. */
function trainingError(remedy: MeasuredRemedy): number | undefined {
  return outputsOfRemedy(remedy)?.training.value ?? undefined;
}

function noiseFreeError(remedy: MeasuredRemedy): number {
  return outputsOfRemedy(remedy)?.noiseFree.value ?? 0;
}

/** Distances in standard deviations: "6.5 → 0.28 SD". */
function fromTo(before: number | undefined, now: number | undefined): string {
  return `${before === undefined ? "unknown" : readable(before, 2)} → ${now === undefined ? "unknown" : `${readable(now, 2)} SD`}`;
}

/** "σ² = 1 in 8 blocks". */
export function noiseInWords({ noise: { relativeVariance, blocks }, records: [first] }: MeasuredRemedy): string {
  if (blocks === 0) return "no noise";
  const noun = first.scenario.network === null ? "block" : "layer";
  return `σ² = ${readable(relativeVariance, 3)} in ${counted(blocks, noun)}`;
}

/** Advice about some remedies; none where there are none. */
function about(
  text: string,
  remedies: readonly MeasuredRemedy[],
  words: (remedy: MeasuredRemedy) => string,
): readonly Advice[] {
  return remedies.length === 0 ? [] : [{ text, remedies: remedies.map(words) }];
}

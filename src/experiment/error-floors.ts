import { propertiesOf } from "../noises/noises.ts";
import type { Scenario } from "../scenario/scenario.ts";
import { isWhole } from "../scenario/test-time.ts";
import { noiseKurtosis, relativeVariance } from "../theory/noise.ts";
import { directTheory } from "../theory/shift.ts";
import type { ErrorFloor } from "./estimate.ts";
import { inputKurtosis, inputTails, plannedMoments } from "./plan/input-law.ts";
import { noiseOf } from "./scenario-noise.ts";

/**
 * Lower bounds of the error of a scenario's estimate, which its sums cannot show.
 *
 * A law and not the draws says when the rare events that make the variance have been seen, so that no interval is left out for
 * where it lies. Before that the error is unknown; of noise too weak for the tolerance to notice, all that it adds is in doubt.
 * Without noise both phases are the same, and nothing is in doubt.
 */
export function errorFloors(scenario: Scenario): readonly ErrorFloor[] {
  if (scenario.relativeVariance === 0 || isWhole(scenario)) return [];
  const { input, noise } = rareEvents(scenario);
  return [
    { before: input, error: Number.POSITIVE_INFINITY },
    { before: noise.batches, error: noise.added },
  ];
}

/** Mini-batches before which there is no interval. */
export function fewestBatches(floors: readonly ErrorFloor[]): number {
  const unknown = floors.filter(({ error }) => error === Number.POSITIVE_INFINITY);
  return Math.max(0, ...unknown.map(({ before }) => before));
}

/**
 * Mini-batches that have seen enough of the rare events in the input, and in what the noise does to it: as rare as both together.
 * Units that are correlated count as one. `added` is what the noise changes, infinite where the tolerance would notice.
 */
function rareEvents(scenario: Scenario): RareEvents {
  const { batchSize, width, rho, channelSize, tolerance } = scenario;
  const noise = noiseOf(scenario);
  const moments = plannedMoments(scenario);
  const noisy = { ...moments, mean: moments.mean - propertiesOf(noise.kind).pivot };
  const added = 1 - directTheory(noisy, relativeVariance(noise)).shift;
  const draws = inputDraws(scenario);
  const masks = batchSize * Math.ceil(width / (channelSize ?? 1));
  return {
    input: Math.ceil(draws / (batchSize * (rho === 0 ? width : 1))),
    noise: {
      batches: Math.ceil((draws * noiseKurtosis(noise)) / masks),
      added: added < tolerance / 4 ? added : Number.POSITIVE_INFINITY,
    },
  };
}

interface RareEvents {
  readonly input: number;
  readonly noise: { readonly batches: number; readonly added: number };
}

/**
 * Independent draws x of the input after which Student's interval can be trusted. With y = x − c, mini-batches differ by what is of
 * order y², of squared skewness γ², and skewness takes γ²/(4N) from an interval's coverage of 95 %:
 *
 *   N = 60γ²        γ² = (E y⁶)²/(E y⁴)³
 *
 * 0.4 % at the most, then (docs/METHOD.md). For rows of a file N is that of a tail like e⁻ˣ with their kurtosis, for which 6γ² is
 * 37.5 kurtoses.
 */
export function inputDraws(scenario: Scenario): number {
  const tails = inputTails(scenario);
  if (tails === undefined) return SKEWNESSES * (37.5 / 6) * inputKurtosis(scenario);
  return (SKEWNESSES * tails.sixth * tails.sixth) / (tails.kurtosis * tails.kurtosis * tails.kurtosis);
}

const SKEWNESSES = 60;

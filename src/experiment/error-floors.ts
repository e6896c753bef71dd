import { roundingBias } from "../layers/fixed-point.ts";
import { inputKurtosis, plannedMoments } from "../layers/input-law.ts";
import { ln1p } from "../numeric/ln.ts";
import { normalCdf } from "../numeric/normal.ts";
import type { Scenario } from "../scenario/scenario.ts";
import { DROPPED_VALUE } from "../theory/alpha-dropout.ts";
import { noiseKurtosis, relativeVariance } from "../theory/noise.ts";
import { directTheory } from "../theory/shift.ts";
import { type ErrorFloor, type Estimate, estimate } from "./estimate.ts";
import { noiseOf } from "./expectation.ts";
import { type ShiftRecord, scenarioOf } from "./record.ts";

/**
 * What the error of a scenario's estimate is not below, whatever its sums say; `alignment` is that of the weights as drawn.
 *
 * A law and not the draws says when the rare events that make the variance have been seen, so that no interval is left out for
 * where it lies. Before that the error is unknown; of noise too weak for the tolerance to notice, all that it adds is in doubt.
 * Rounding remains. Without noise both phases are the same, and nothing is in doubt.
 */
export function errorFloors(scenario: Scenario, alignment: number | null): readonly ErrorFloor[] {
  if (scenario.relativeVariance === 0) return [];
  const { input, noise } = rareEvents(scenario);
  const rounding = alignment === null ? 0 : roundingBias(scenario, alignment);
  return [
    { before: input, error: Number.POSITIVE_INFINITY },
    { before: noise.batches, error: noise.added },
    { before: Number.POSITIVE_INFINITY, error: rounding },
  ];
}

/** Mini-batches before which there is no interval. */
export function fewestBatches(scenario: Scenario): number {
  const floors = errorFloors(scenario, null).filter(({ error }) => error === Number.POSITIVE_INFINITY);
  return Math.max(0, ...floors.map(({ before }) => before));
}

/** The estimate that a record's sums give. */
export function estimateOf(record: ShiftRecord): Estimate | undefined {
  return estimate(record.sums, errorFloors(scenarioOf(record), record.scenario.alignment));
}

/**
 * Mini-batches that have seen enough of the rare events in the input, and in what the noise does to it: as rare as both together.
 * Units that are correlated count as one. `added` is what the noise changes, infinite where the tolerance would notice.
 */
function rareEvents(scenario: Scenario): RareEvents {
  const { batchSize, width, rho, channelSize, tolerance } = scenario;
  const noise = noiseOf(scenario);
  const moments = plannedMoments(scenario);
  const noisy = noise.kind === "alpha" ? { ...moments, mean: moments.mean - DROPPED_VALUE } : moments;
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

/** Draws in kurtoses, of which events of probability q make about 1/q. A tail like that of e⁻ˣ, squared, then hides 1/7 of E x⁴. */
const KURTOSES = 256;

/** Normal quantile of 1/5, the part of E x⁴ that a lognormal may hide. */
const HIDDEN = 0.8416;

/**
 * Independent draws x of the input after which what has been seen makes the standard error: `KURTOSES` of them. A lognormal's
 * tail is longer than its kurtosis tells; there it is 1/q draws, such that values rarer than q make up a fifth of E x⁴:
 *
 *   q = Φ(−4s − 0.84)        e^{s²} = 1 + v/c²
 *
 * since E[x⁴; z > ζ] = E x⁴ · Φ(4s − ζ) for ln x = μ + s·z. docs/METHOD.md has the coverage that this leads to.
 */
export function inputDraws(scenario: Scenario): number {
  const draws = KURTOSES * inputKurtosis(scenario);
  if (scenario.activation !== "lognormal") return draws;
  const spread = Math.sqrt(ln1p(scenario.variance / (scenario.mean * scenario.mean)));
  return Math.max(draws, 1 / normalCdf(-4 * spread - HIDDEN));
}

import { SINGLE } from "../../forward/noise.ts";
import type { MaskPlan } from "../../noises/noise-kind.ts";
import { propertiesOf } from "../../noises/noises.ts";
import type { Scenario } from "../../scenario/scenario.ts";
import { inputKurtosis } from "./input-law.ts";
import { phaseBytes } from "./memory.ts";
import { ratioVarianceOf, samplesNeeded } from "./ratio-variance.ts";
import { activationWork } from "./work.ts";

/** More masks than this gain little. Together they take no more than so many bytes. */
export const MOST_MASKS = 10;
const MOST_BYTES = 2 ** 25;

/**
 * Kurtosis of the input past which masks are not balanced: in all, and for each sample of a mini-batch. Where few activations
 * make the variance, what balanced masks leave of the error comes from fewer still. Without a layer and at p = ½ a channel's
 * train − 2·test is what two of them, kept by different masks, add up to; a run that has seen no such pair knows nothing
 * of its error, however narrow the interval (docs/METHOD.md has the coverage).
 */
const HEAVY_TAIL = 100;
const HEAVY_TAIL_OF_SAMPLE = 4;

const MIRRORED: MaskPlan = { masks: 2, isMirrored: true };
/** A mirror image whose output is worked out: it follows from that without noise only where both are linear in the same input. */
const OPPOSED: MaskPlan = { masks: 2, isMirrored: false };

/**
 * The masks of a scenario: one, also where rare activations make the variance, or balanced ones. Noise that is as likely to
 * add as to take away gets a mirror image, which costs next to nothing; so does dropout at p = ½, where it is the mask's
 * complement. Dropout of weights has no other, since each mask of it is most of the work. Dropout of units or channels at
 * other p gets n masks that partition a circle (see `noises/dropout.ts`), n ≤ 10 the one that measures the
 * scenario in the least time: whose variance times work is least, and where a target precision is reached by the fewest
 * mini-batches that may be stopped at, whose work is.
 *
 * The units' own distribution and their correlation would change the choice little, and never what is estimated.
 */
export function maskPlan(scenario: Scenario): MaskPlan {
  const { noise, keep, masks, relativeVariance: strength, testActivation, nonlinearity } = scenario;
  if (masks === "independent" || strength === 0 || hasHeavyTail(scenario)) return SINGLE;
  const kind = propertiesOf(noise);
  const isSymmetric = kind.isSymmetric || keep === 0.5;
  if (isSymmetric && testActivation === null && nonlinearity === null) return MIRRORED;
  if (kind.shares === "weight") return SINGLE;
  if (isSymmetric) return OPPOSED;
  const most = Math.max(1, Math.min(MOST_MASKS, Math.floor(MOST_BYTES / phaseBytes(scenario))));
  const variance = ratioVarianceOf(scenario);
  const costOf = (plan: MaskPlan) => relativeSamples(scenario, variance(plan)) * activationWork(scenario, plan);
  let best = { plan: SINGLE, cost: costOf(SINGLE) };
  for (let masks = 2; masks <= most; masks++) {
    const plan: MaskPlan = { masks, isMirrored: false };
    const cost = costOf(plan);
    if (cost < best.cost) best = { plan, cost };
  }
  return best.plan;
}

/** Below this many mini-batches the spread of their variances is itself too uncertain to stop by. */
export const FEWEST_TO_STOP = 32;

/** Samples that are needed with a plan's variance; of a given number, up to a factor that all plans have in common. */
function relativeSamples(scenario: Scenario, variance: number): number {
  if (scenario.samples !== null) return variance;
  return Math.max(FEWEST_TO_STOP * scenario.batchSize, samplesNeeded(scenario, variance));
}

function hasHeavyTail(scenario: Scenario): boolean {
  return inputKurtosis(scenario) > Math.min(HEAVY_TAIL, HEAVY_TAIL_OF_SAMPLE * scenario.batchSize);
}

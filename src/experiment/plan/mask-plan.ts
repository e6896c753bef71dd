import { SINGLE } from "../../forward/noise.ts";
import { MOST_MASKS } from "../../kernel/kernel.ts";
import { lawOf } from "../../laws/laws.ts";
import type { MaskPlan } from "../../noises/noise-kind.ts";
import { propertiesOf } from "../../noises/noises.ts";
import { isArrayName } from "../../scenario/arrays.ts";
import type { Scenario } from "../../scenario/scenario.ts";
import { errorFloors, fewestBatches } from "../error-floors.ts";
import { inputKurtosis } from "./input-law.ts";
import { phaseBytes } from "./memory.ts";
import { ratioVarianceOf, samplesNeeded } from "./ratio-variance.ts";
import { activationWork } from "./work.ts";

/** Sums of all masks together take no more than so many bytes. */
const MOST_BYTES = 2 ** 25;

/**
 * Kurtosis of the input past which masks are not balanced: in all, and for each sample of a mini-batch. Where few activations
 * make the variance, what balanced masks leave of the error comes from fewer still. Without a layer and at p = ½ a channel's
 * train − 2·test is what two of them, kept by different masks, add up to; a run that has seen no such pair knows nothing
 * of its error, however narrow the interval (docs/METHOD.md has the coverage).
 */
const HEAVY_TAIL = 100;
const HEAVY_TAIL_OF_SAMPLE = 4;

/** A second mask that is worked out from the first. */
const MIRRORED = { masks: 2, isMirrored: true } as const;
/** A mirror image whose output is worked out: it follows from that without noise only where both are linear in the same input. */
const OPPOSED: MaskPlan = { masks: 2, isMirrored: false, hasMirroredInput: false };

/**
 * The masks of a scenario: one, also where rare activations make the variance, or balanced ones. Noise that is as likely to
 * add as to take away gets a mirror image, which costs next to nothing; so does dropout at p = ½, where it is the mask's
 * complement. Dropout of weights has no other, since each mask of it is most of the work. Dropout of units or channels at
 * other p gets n masks that partition a circle (see `noises/dropout.ts`), n ≤ 32 the one that measures the
 * scenario in the least time: whose variance times work is least, and where a target precision is reached by the fewest
 * mini-batches that may be stopped at, whose work is. Without a layer dropout of an input that is as likely to lie above its mean
 * as below is measured on the input's mirror image, too, which follows from the same sums.
 *
 * The units' own distribution and their correlation would change the choice little, and never what is estimated.
 */
export function maskPlan(scenario: Scenario): MaskPlan {
  const { noise, keep, masks, relativeVariance: strength, testActivation, nonlinearity } = scenario;
  if (masks === "independent" || strength === 0 || hasHeavyTail(scenario)) return SINGLE;
  const kind = propertiesOf(noise);
  const isSymmetric = kind.isSymmetric || keep === 0.5;
  const hasMirroredInput = canMirrorInput(scenario);
  if (isSymmetric && testActivation === null && nonlinearity === null) return { ...MIRRORED, hasMirroredInput };
  if (kind.shares === "weight") return SINGLE;
  if (isSymmetric) return OPPOSED;
  const most = Math.max(1, Math.min(MOST_MASKS, Math.floor(MOST_BYTES / phaseBytes(scenario))));
  const counts = Array.from({ length: most }, (_, index) => ({
    masks: index + 1,
    isMirrored: false,
    hasMirroredInput,
  }));
  const variance = ratioVarianceOf(scenario);
  const cost = (plan: MaskPlan) => relativeSamples(scenario, variance(plan)) * activationWork(scenario, plan);
  return counts.reduce((best, plan) => (cost(plan) < cost(best) ? plan : best));
}

/** Where masks alone say what is kept (`UnitMasks`), and −x about the mean is as likely as x, for all units together. */
function canMirrorInput({ noise, neurons, activation }: Scenario): boolean {
  const isMasked = !propertiesOf(noise).isSymmetric;
  return isMasked && neurons === null && !isArrayName(activation) && lawOf(activation).isSymmetric;
}

/**
 * Below this many mini-batches the spread of their variances is itself too uncertain to stop by: of variances that are near normal
 * (coverage 94 to 95 %, docs/METHOD.md), and of others.
 */
const FEWEST_NORMAL = 16;
export const FEWEST_TO_STOP = 32;
/** Near normal is what has seen its rare events in so few mini-batches. */
const FEW_TO_SEE_TAILS = 4;

/** Mini-batches before which a scenario is not stopped. */
export function fewestToStop(scenario: Scenario): number {
  return fewestBatches(errorFloors(scenario)) <= FEW_TO_SEE_TAILS ? FEWEST_NORMAL : FEWEST_TO_STOP;
}

/** Samples that are needed with a plan's variance; of a given number, up to a factor that all plans have in common. */
function relativeSamples(scenario: Scenario, variance: number): number {
  if (scenario.samples !== null) return variance;
  return Math.max(fewestToStop(scenario) * scenario.batchSize, samplesNeeded(scenario, variance));
}

function hasHeavyTail(scenario: Scenario): boolean {
  return inputKurtosis(scenario) > Math.min(HEAVY_TAIL, HEAVY_TAIL_OF_SAMPLE * scenario.batchSize);
}

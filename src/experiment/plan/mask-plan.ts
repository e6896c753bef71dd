import { SINGLE } from "../../forward/noise.ts";
import { MOST_MASKS } from "../../kernel/kernel.ts";
import { lawOf } from "../../laws/laws.ts";
import type { MaskPlan } from "../../noises/noise-kind.ts";
import { propertiesOf } from "../../noises/noises.ts";
import { isArrayName } from "../../scenario/arrays.ts";
import type { Scenario } from "../../scenario/scenario.ts";
import { errorFloors, fewestBatches } from "../error-floors.ts";
import type { ErrorFloor } from "../estimate.ts";
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
export function maskPlan(scenario: Scenario, floors: readonly ErrorFloor[] = errorFloors(scenario)): MaskPlan {
  const { noise, keep, masks, relativeVariance: strength, testActivation, nonlinearity } = scenario;
  if (masks === "independent" || strength === 0 || hasHeavyTail(scenario)) return SINGLE;
  const kind = propertiesOf(noise);
  const isSymmetric = kind.isSymmetric || keep === 0.5;
  const hasMirroredInput = canMirrorInput(scenario);
  if (isSymmetric && testActivation === null && nonlinearity === null) return { ...MIRRORED, hasMirroredInput };
  if (kind.shares === "weight") return SINGLE;
  if (isSymmetric) return OPPOSED;
  const most = Math.max(1, Math.min(MOST_MASKS, Math.floor(MOST_BYTES / phaseBytes(scenario))));
  const variance = ratioVarianceOf(scenario);
  const fewest = fewestToStop(floors) * scenario.batchSize;
  // Samples that are needed; of a given number, up to a factor that all plans have in common.
  const samples = (plan: MaskPlan) =>
    scenario.samples === null ? Math.max(fewest, samplesNeeded(scenario, variance(plan))) : variance(plan);
  const costOf = (plan: MaskPlan) => samples(plan) * activationWork(scenario, plan);
  const one: MaskPlan = { ...SINGLE, hasMirroredInput };
  let best = { plan: one, cost: costOf(one) };
  for (let masks = 2; masks <= most; masks++) {
    const plan: MaskPlan = { masks, isMirrored: false, hasMirroredInput };
    const cost = costOf(plan);
    if (cost < best.cost) best = { plan, cost };
  }
  return best.plan;
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

/** Mini-batches before which a scenario of these floors is not stopped. */
export function fewestToStop(floors: readonly ErrorFloor[]): number {
  return fewestBatches(floors) <= FEW_TO_SEE_TAILS ? FEWEST_NORMAL : FEWEST_TO_STOP;
}

function hasHeavyTail(scenario: Scenario): boolean {
  return inputKurtosis(scenario) > Math.min(HEAVY_TAIL, HEAVY_TAIL_OF_SAMPLE * scenario.batchSize);
}

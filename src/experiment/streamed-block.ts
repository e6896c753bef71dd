import { activationOf } from "../activations/activations.ts";
import { type BatchNormRules, createBatchNorm, type InputScale } from "../forward/batch-norm.ts";
import { drawWeights } from "../forward/draw-weights.ts";
import { fixedPoint } from "../forward/fixed-point.ts";
import { inputKey, noiseKey } from "../forward/key.ts";
import { createLinearProbe } from "../forward/linear.ts";
import { createMasks } from "../forward/noise.ts";
import { noiseForm, pivotCentre } from "../forward/noise-form.ts";
import { createDirectProbe, createPhaseSums, type Probe } from "../forward/probe.ts";
import { createTestSampler } from "../forward/row-sampler.ts";
import { createSampler, type Sampler } from "../forward/sampler.ts";
import type { Segment } from "../forward/schedule.ts";
import { createForward } from "../forward/streamed.ts";
import { type Weights, weightSums } from "../forward/weights.ts";
import { createKernel as createFastestKernel } from "../kernel/fastest.ts";
import type { Kernel } from "../kernel/kernel.ts";
import { referenceKernel } from "../kernel/reference.ts";
import type { MaskPlan, NoiseLayer } from "../noises/noise-kind.ts";
import { type Arrays, NO_ARRAYS } from "../scenario/arrays.ts";
import type { BlockRunner, KernelFactory } from "./block.ts";
import { segmentBytes } from "./plan/memory.ts";
import { addSums, NO_SUMS, sumsOf } from "./sums.ts";

interface StreamedRun {
  readonly segment: Segment;
  readonly masks: MaskPlan;
  readonly rules: BatchNormRules;
}

/** Draws blocks of a segment, both phases in one pass. */
export function createStreamedRunner(
  createKernel: KernelFactory,
  { segment, masks, rules }: StreamedRun,
  arrays: Arrays,
): BlockRunner {
  const { seed, input, noise: noiseFields, linear } = segment;
  const { width } = input;
  const kernel = createKernel(
    segmentBytes({ width, neurons: linear?.neurons ?? null, noise: noiseFields.noise }, masks.masks),
  );
  const sampler = createSampler(kernel, input, arrays);
  const testSampler = createTestSampler(kernel, input, arrays);
  const noise = createMasks(kernel, noiseFields, masks);
  const weights = linear === null ? undefined : drawWeights(kernel, { seed, layer: linear }, { arrays });
  const form = noiseForm(noiseFields);
  const { probe, scale } = probeOf(kernel, { segment, weights, noise, sampler });
  const forward = createForward({
    ...{ kernel, width, sampler, testSampler, noise, probe },
    batchSize: rules.batchSize,
    centre: pivotCentre(form, sampler),
    keys: { input: inputKey(seed, input), noise: noiseKey(seed, noiseFields) },
  });
  const batchNorm = createBatchNorm(kernel, rules, scale);
  const phases = createPhaseSums(kernel, { channels: probe.channels, masks: noise.masks });
  return ({ block, first, batches }, spare) => {
    let sums = NO_SUMS;
    for (let batch = first; batch < first + batches; batch++) {
      for (const phase of [phases.test, ...phases.train]) phase.fill(0);
      forward(batch, phases);
      sums = addSums(sums, sumsOf(batchNorm.take(phases)));
    }
    return { block, batches, sums, batchNorm: batchNorm.finish(spare), rows: undefined };
  };
}

interface Layers {
  readonly segment: Segment;
  readonly weights: Weights | undefined;
  readonly noise: NoiseLayer;
  readonly sampler: Sampler;
}

/** What adds up the outputs before the norm, and what a number in its sums stands for. */
function probeOf(
  kernel: Kernel,
  { segment, weights, noise, sampler }: Layers,
): { readonly probe: Probe; readonly scale: InputScale } {
  const { unit, centre } = sampler;
  const { gains } = noiseForm(segment.noise);
  // What a constant 1 at the input becomes in each channel.
  const ofOne =
    weights === undefined ? new Array<number>(segment.input.width).fill(1) : weightSums(weights).map(({ sum }) => sum);
  const offsets = Float64Array.from(ofOne, (gain) => gain * centre * unit);
  if (weights === undefined) {
    const probe = createDirectProbe(kernel, segment.input.width);
    return { probe, scale: { units: { train: unit, test: unit }, offsets, gains } };
  }
  const fixed = fixedPoint(segment, weights);
  const units = fixed?.units ?? { train: 1, test: 1 };
  const scale: InputScale = { units: { train: unit * units.train, test: unit * units.test }, offsets, gains };
  if (segment.activation === null) return { probe: createLinearProbe(kernel, { weights, fixed, noise }), scale };
  const { apply } = activationOf(segment.activation);
  const activation = { apply: (x: Float32Array) => apply(kernel, x), scale };
  return {
    probe: createLinearProbe(kernel, { weights, fixed, noise, activation }),
    scale: { units: { train: 1, test: 1 }, offsets: offsets.map(() => 0) },
  };
}

/** The weights that a network's linear layer has in every block; undefined without one. */
export function weightsOf({ seed, linear }: Pick<Segment, "seed" | "linear">, arrays: Arrays = NO_ARRAYS) {
  if (linear === null) return undefined;
  const { width, neurons } = linear;
  const isDrawn = linear.weightsDigest === null;
  const bytes = segmentBytes({ width, neurons }, 1);
  const kernel = isDrawn && width * neurons > MANY_WEIGHTS ? createFastestKernel(bytes) : referenceKernel;
  return drawWeights(kernel, { seed, layer: linear }, { arrays });
}

/** Weights that take longer to draw by the reference kernel than another takes to compile. */
const MANY_WEIGHTS = 2 ** 12;

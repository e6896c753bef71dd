import { activationOf } from "../activations/activations.ts";
import {
  type BatchNormLayer,
  type BatchNormRules,
  type BatchNormRun,
  createBatchNorm,
  type InputScale,
} from "../forward/batch-norm.ts";
import { drawWeights } from "../forward/draw-weights.ts";
import { fixedPoint, type Phases } from "../forward/fixed-point.ts";
import { inputKey, noiseKey } from "../forward/key.ts";
import { createLinearProbe } from "../forward/linear.ts";
import { createMasks } from "../forward/noise.ts";
import { noiseForm, pivotCentre } from "../forward/noise-form.ts";
import { createDirectProbe, createMaskedProbe, createPhaseSums, type Probe } from "../forward/probe.ts";
import { createTestSampler } from "../forward/row-sampler.ts";
import { createSampler, type Sampler } from "../forward/sampler.ts";
import { channelBytes, channelsOf, createScatterLayer } from "../forward/scatter.ts";
import { prefersScatter, type ScatterForm, scatterForm, scatterSetting } from "../forward/scatter-form.ts";
import type { Segment } from "../forward/schedule.ts";
import { createForward } from "../forward/streamed.ts";
import { type Weights, weightSums } from "../forward/weights.ts";
import { createKernel as createFastestKernel } from "../kernel/fastest.ts";
import type { Kernel } from "../kernel/kernel.ts";
import { referenceKernel } from "../kernel/reference.ts";
import { lawOf } from "../laws/laws.ts";
import type { MaskPlan, NoiseLayer } from "../noises/noise-kind.ts";
import { type Arrays, isArrayName, NO_ARRAYS } from "../scenario/arrays.ts";
import type { BlockRunner, KernelFactory } from "./block.ts";
import { segmentBytes, weightBytes } from "./plan/memory.ts";
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
  const { batchSize } = rules;
  const kernel = createKernel(segmentBytes(scatterSetting(segment, { batchSize, masks })));
  const sampler = createSampler(kernel, input, arrays);
  const testSampler = createTestSampler(kernel, input, arrays);
  const noise = createMasks(kernel, noiseFields, masks);
  const weights = linear === null ? undefined : drawWeights(kernel, { seed, layer: linear }, { arrays });
  const centre = pivotCentre(noiseForm(noiseFields), sampler);
  const hasTestInput = testSampler !== undefined;
  const { probe, batchNorm } = layersOf(kernel, {
    ...{ segment, masks, rules, weights, noise, sampler, centre, hasTestInput },
  });
  const forward = createForward({
    ...{ kernel, width, sampler, testSampler, noise, probe },
    batchSize,
    keys: { input: inputKey(seed, input), noise: noiseKey(seed, noiseFields) },
  });
  const phases = createPhaseSums(kernel, probe);
  return ({ block, first, batches }, spare) => {
    let sums = NO_SUMS;
    for (let batch = first; batch < first + batches; batch++) {
      for (const { sums } of [phases.test, ...phases.train]) sums.fill(0);
      forward(batch, phases);
      sums = addSums(sums, sumsOf(batchNorm.take(phases)));
    }
    return { block, batches, sums, batchNorm: batchNorm.finish(spare), rows: undefined };
  };
}

interface Layers extends StreamedRun {
  readonly weights: Weights | undefined;
  readonly noise: NoiseLayer;
  readonly sampler: Sampler;
  /** Of what the noise multiplies. */
  readonly centre: number;
  readonly hasTestInput: boolean;
}

/** What adds up the inputs of the norm, and the norm. */
function layersOf(kernel: Kernel, layers: Layers): { readonly probe: Probe; readonly batchNorm: BatchNormLayer } {
  const { segment, masks, rules, weights, noise, sampler, centre, hasTestInput } = layers;
  const normal = ({ probe, scale }: { readonly probe: Probe; readonly scale: InputScale }) => ({
    probe,
    batchNorm: createBatchNorm(kernel, rules, scale),
  });
  if (weights === undefined) {
    const { width } = segment.input;
    const { ofUnits } = noise;
    const probe =
      ofUnits === undefined
        ? createDirectProbe(kernel, width, { noise, centre })
        : createMaskedProbe(kernel, width, { noise, centre, masks: ofUnits, hasTestInput });
    // What a mask keeps is not scaled by 1/keep.
    const units = { train: sampler.unit / (ofUnits?.keep ?? 1), test: sampler.unit };
    return normal({ probe, scale: { units, ...constants(layers, new Array<number>(width).fill(1)) } });
  }
  const neurons = weightSums(weights);
  const form = scatterForm(segment, neurons, { batchSize: rules.batchSize, masks });
  if (form !== undefined && noise.ofUnits !== undefined) {
    const units = scatterUnits(segment, form);
    return createScatterLayer(kernel, { form, weights, noise, masks: noise.ofUnits, rules, units });
  }
  const ofOne = constants(
    layers,
    neurons.map(({ sum }) => sum),
  );
  const fixed = fixedPoint(segment, weights, neurons);
  const { train, test } = fixed?.units ?? { train: 1, test: 1 };
  const scale: InputScale = { units: { train: sampler.unit * train, test: sampler.unit * test }, ...ofOne };
  const linear = { weights, noise, centre, fixed };
  if (segment.activation === null) return normal({ probe: createLinearProbe(kernel, linear), scale });
  const { apply } = activationOf(segment.activation);
  const activation = { apply: (x: Float32Array) => apply(kernel, x), scale };
  const offsets = ofOne.offsets.map(() => 0);
  return normal({
    probe: createLinearProbe(kernel, { ...linear, activation }),
    scale: { units: { train: 1, test: 1 }, offsets },
  });
}

/** What a channel's input is where the sampler's x is 0, from what a constant 1 at the input becomes in each channel. */
function constants(
  { segment, sampler: { unit, centre } }: Pick<Layers, "segment" | "sampler">,
  ofOne: readonly number[],
) {
  const { gains } = noiseForm(segment.noise);
  return { offsets: Float64Array.from(ofOne, (gain) => gain * centre * unit), gains };
}

/** What 1 in an integer of a scatter's units stands for, with the gains. */
function scatterUnits({ input, noise }: Segment, { scales }: ScatterForm): Phases {
  const { unit } = lawFormOf(input);
  const { gains } = noiseForm(noise);
  return { train: (gains.train * unit) / (scales.train * noise.keep), test: (gains.test * unit) / scales.test };
}

/**
 * A segment's run as the channels of its Batch Normalization saw it. (Where their variances follow from a scatter matrix, so do their
 * statistics.)
 */
export function channelsSeen(run: StreamedRun, arrays: Arrays, seen: BatchNormRun): BatchNormRun {
  const { segment, masks, rules } = run;
  const sampled = { batchSize: rules.batchSize, masks };
  // Weights are drawn once more, for this alone.
  const weights = prefersScatter(scatterSetting(segment, sampled)) ? weightsOf(segment, arrays) : undefined;
  if (weights === undefined) return seen;
  const neurons = weightSums(weights);
  const form = scatterForm(segment, neurons, sampled);
  if (form === undefined) return seen;
  const { input, noise } = segment;
  const sampler = lawFormOf(input);
  const { gains } = noiseForm(noise);
  const units = scatterUnits(segment, form);
  // During training the input is unit·(m·(x + c) + centre − c), and an integer is scale·(k·(x + c)) + dropped, m = k/keep.
  const inTraining =
    gains.train * sampler.unit * (sampler.centre - pivotCentre(noiseForm(noise), sampler)) - units.train * form.dropped;
  const inTest = gains.test * sampler.unit * sampler.centre;
  const offsets = {
    train: Float64Array.from(neurons, ({ sum }) => sum * inTraining),
    test: Float64Array.from(neurons, ({ sum }) => sum * inTest),
  };
  return channelsOf(createFastestKernel(channelBytes(weights)), seen, { weights, rules, units, offsets });
}

function lawFormOf({ activation, mean, variance }: Segment["input"]) {
  if (isArrayName(activation)) throw new RangeError(`${activation} is not a law`);
  return lawOf(activation).form({ mean, variance });
}

/** The weights that a network's linear layer has in every block; undefined without one. */
export function weightsOf({ seed, linear }: Pick<Segment, "seed" | "linear">, arrays: Arrays = NO_ARRAYS) {
  if (linear === null) return undefined;
  const { width, neurons } = linear;
  const isDrawn = linear.weightsDigest === null;
  const bytes = weightBytes({ width, neurons });
  const kernel = isDrawn && width * neurons > MANY_WEIGHTS ? createFastestKernel(bytes) : referenceKernel;
  return drawWeights(kernel, { seed, layer: linear }, { arrays });
}

/** Weights that take longer to draw by the reference kernel than another takes to compile. */
const MANY_WEIGHTS = 2 ** 12;

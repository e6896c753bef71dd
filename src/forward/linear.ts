import { type Kernel, STAGE_FLOATS, TILE_NEURONS, TILE_SAMPLES } from "../kernel/kernel.ts";
import type { WeightNoise } from "../noises/noise-kind.ts";
import type { InputScale } from "./batch-norm.ts";
import type { FixedPoint } from "./fixed-point.ts";
import { type MatrixForm, pairForm, rowForm } from "./packed-weights.ts";
import { createDeviations, type Probe, type ProbeSetting } from "./probe.ts";
import type { Stage } from "./stage.ts";
import type { Weights } from "./weights.ts";

/**
 * A linear layer between noise and Batch Normalization: y = W·x for the clean input, and for the noisy one with each mask.
 * Memory holds the outputs of one tile, and never its whole input. A multiply-add for each weight, sample and product.
 *
 * The output for a mirrored mask needs no product: the input is x ± r(x + c), and so the outputs add up to 2·W·x.
 */
export function createLinearProbe(kernel: Kernel, { weights, fixed, noise, centre, activation }: LinearSetting): Probe {
  const { neurons } = weights;
  const [cleanForm, noisyForm] = forms(kernel, weights, fixed);
  const units = fixed === undefined ? { train: 1, test: 1 } : fixed.units;
  const functionOf = activation && outputFunction(kernel, neurons, activation);
  const clean = createProduct(kernel, neurons, cleanForm);
  const products = noise.isMirrored ? 1 : noise.masks;
  const { ofWeights } = noise;
  const noisyInput = createNoisyInput(kernel);
  const eachDeviation = createDeviations(kernel, noise);
  const noisy = Array.from({ length: products }, () =>
    ofWeights === undefined
      ? createNoisyProduct(createProduct(kernel, neurons, noisyForm), noisyInput)
      : createNoisyWeightProduct(kernel, weights, ofWeights),
  );
  return {
    channels: neurons,
    others: Array.from({ length: noise.masks - 1 }, () => 1),
    startTile(stride) {
      clean.start(stride);
      for (const product of noisy) product.start(stride);
    },
    takeClean(_stage, x) {
      clean.add(x);
    },
    takeNoisy(stage, x) {
      eachDeviation(stage, x.length, (deviation, mask) => noisy[mask]?.add({ x, deviation, centre }, stage));
    },
    endTile({ samples, stride }, { train, test }) {
      const rows = { stride, samples, first: 0 };
      const x = clean.finish();
      functionOf?.(x, stride, "test");
      kernel.addMoments({ ...rows, x, sums: test.sums });
      for (const [mask, product] of noisy.entries()) {
        const y = product.finish();
        functionOf?.(y, stride, "train");
        kernel.addMoments({ ...rows, x: y, sums: train[mask].sums });
        if (!noise.isMirrored) continue;
        const factor = (2 * units.test) / units.train;
        kernel.addMirroredMoments({ ...rows, x, y, factor, sums: train[1].sums });
      }
    },
  };
}

interface LinearSetting extends ProbeSetting {
  readonly weights: Weights;
  /** How products are taken in integers; undefined where they are taken in single precision. */
  readonly fixed: FixedPoint | undefined;
  /** A function of the outputs before Batch Normalization; without mirrored masks. */
  readonly activation?: OutputFunction | undefined;
}

interface OutputFunction {
  apply(outputs: Float32Array): void;
  /** From a sum of products to the output itself. */
  readonly scale: InputScale;
}

/** Makes f(gain·(unit·y + offset)) of the products y of a phase, in place: a row for each neuron. */
function outputFunction(kernel: Kernel, neurons: number, { apply, scale }: OutputFunction) {
  const { units, offsets, gains = { train: 1, test: 1 } } = scale;
  const rows = (phase: "train" | "test") => {
    const of = { scale: kernel.floats(neurons), offset: kernel.floats(neurons) };
    of.scale.fill(gains[phase] * units[phase]);
    for (const [neuron, offset] of offsets.entries()) of.offset[neuron] = gains[phase] * offset;
    return of;
  };
  const phases = { train: rows("train"), test: rows("test") };
  return (x: Float32Array, stride: number, phase: "train" | "test") => {
    kernel.normalise({ x, stride, ...phases[phase] });
    apply(x);
  };
}

/** The weights as the products of the clean and of the noisy input take them. */
function forms(kernel: Kernel, weights: Weights, fixed: FixedPoint | undefined): readonly [MatrixForm, MatrixForm] {
  if (fixed !== undefined) return pairForm(kernel, weights, fixed);
  const form = rowForm(kernel, weights);
  return [form, form];
}

/** W of the noisy input, or of noise on the weights themselves, for one mask of one tile. */
interface NoisyProduct {
  start(stride: number): void;
  add(input: NoisyInput, stage: Stage): void;
  finish(): Float32Array;
}

/** A stage's input, and the noise on it. */
interface NoisyInput {
  readonly x: Float32Array;
  readonly deviation: Float32Array;
  readonly centre: number;
}

/** What makes the noisy input of a stage, in one array for all. */
function createNoisyInput(kernel: Kernel): (input: NoisyInput) => Float32Array {
  const inputs = kernel.floats(STAGE_FLOATS);
  let noisy = inputs;
  return ({ x, deviation, centre }) => {
    if (noisy.length !== x.length) noisy = inputs.subarray(0, x.length);
    kernel.applyNoise({ x, deviation, centre, noisy });
    return noisy;
  };
}

function createNoisyProduct(
  product: ReturnType<typeof createProduct>,
  noisyInput: (input: NoisyInput) => Float32Array,
): NoisyProduct {
  return { ...product, add: (input) => product.add(noisyInput(input)) };
}

/** Σᵢ wⱼᵢ(xᵢ + rⱼᵢ(xᵢ + c)), neuron by neuron, since each has draws of its own; in single precision, row after row. */
function createNoisyWeightProduct(
  kernel: Kernel,
  { values, neurons, width }: Weights,
  { draw, threshold, kept, dropped }: WeightNoise,
): NoisyProduct {
  const outputs = kernel.floats(neurons * TILE_SAMPLES);
  const room = kernel.words(STAGE_FLOATS);
  const rows = Array.from({ length: neurons }, (_, neuron) => values.subarray(neuron * width, (neuron + 1) * width));
  let words = room;
  let sums: readonly Float32Array[] = [];
  let y = outputs;
  return {
    start(stride) {
      if (y.length !== neurons * stride) y = outputs.subarray(0, neurons * stride);
      if (sums[0]?.length !== stride)
        sums = rows.map((_, neuron) => y.subarray(neuron * stride, (neuron + 1) * stride));
      y.fill(0);
    },
    add({ x, centre }, { first, stride }) {
      if (words.length !== x.length) words = room.subarray(0, x.length);
      for (let neuron = 0; neuron < neurons; neuron++) {
        draw(words, neuron);
        const weights = rows[neuron];
        kernel.addMaskedProducts({
          x,
          stride,
          words,
          threshold,
          kept,
          dropped,
          centre,
          weights,
          first,
          y: sums[neuron],
        });
      }
    },
    finish: () => y,
  };
}

/** W·x of one tile, from its rows in their order. Rows are gathered to a panel before they count. */
function createProduct(kernel: Kernel, neurons: number, form: MatrixForm) {
  const outputs = kernel.floats(Math.ceil(neurons / TILE_NEURONS) * TILE_NEURONS * TILE_SAMPLES);
  const panel = form.createPanel();
  let y = outputs;
  let stride = TILE_SAMPLES;
  let gathered = 0;
  let panels = 0;

  function multiply(): void {
    if (gathered > 0) panel.multiply({ panel: panels++, rows: gathered, y, stride });
    gathered = 0;
  }

  return {
    start(tileStride: number): void {
      stride = tileStride;
      panels = 0;
      y = outputs.subarray(0, (outputs.length / TILE_SAMPLES) * stride).fill(0);
    },
    add(x: Float32Array): void {
      for (let done = 0; done < x.length; ) {
        const rows = Math.min((x.length - done) / stride, form.panelRows - gathered);
        panel.pack({ x: x.subarray(done, done + rows * stride), stride, row: gathered });
        done += rows * stride;
        gathered += rows;
        if (gathered === form.panelRows) multiply();
      }
    },
    finish(): Float32Array {
      multiply();
      return y.subarray(0, neurons * stride);
    },
  };
}

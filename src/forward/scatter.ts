import { type Kernel, TILE_SAMPLES } from "../kernel/kernel.ts";
import type { NoiseLayer, UnitMasks } from "../noises/noise-kind.ts";
import { sharedDoubles, sharedFloats } from "../numeric/shared-memory.ts";
import { weightOfNew } from "../scenario/presets.ts";
import {
  type BatchNormLayer,
  type BatchNormRules,
  type BatchNormRun,
  type Floats,
  storedVariance,
} from "./batch-norm.ts";
import type { Phases } from "./fixed-point.ts";
import type { Probe } from "./probe.ts";
import type { ScatterForm, ScatterSetting } from "./scatter-form.ts";
import {
  columnProductBytes,
  copyTriangle,
  gramOf,
  quadraticForms,
  ROWS,
  triangleStart,
  unitsOf,
} from "./scatter-matrices.ts";
import type { DrawnWeights, Weights } from "./weights.ts";

/** Bytes that all arrays of a scatter layer take, at most. */
export function scatterBytes({
  width,
  batchSize,
  masks,
}: Pick<ScatterSetting, "width" | "batchSize" | "masks">): number {
  const units = unitsOf(width);
  const matrix = 4 * units * units;
  const panels = (1 + masks.masks) * 2 * units * TILE_SAMPLES;
  const scatters = batchSize > TILE_SAMPLES ? 1 + masks.masks : 1;
  const gram = columnProductBytes({ rows: width, terms: TILE_SAMPLES });
  return (3 + scatters) * matrix + panels + gram + 8 * units * (2 + masks.masks) + 64 * (8 + 3 * masks.masks);
}

interface ScatterLayer {
  readonly form: ScatterForm;
  readonly weights: Weights;
  readonly noise: NoiseLayer;
  readonly masks: UnitMasks;
  readonly rules: BatchNormRules;
  /** What 1 in an integer stands for at the input of Batch Normalization. */
  readonly units: Phases;
}

/** One of the inputs of a mini-batch whose scatter is taken. */
interface Phase {
  readonly panel: Uint32Array;
  readonly sums: Float64Array;
  /** Where the batch goes by in several tiles, of its own. */
  readonly scatter: Float32Array;
}

/** What adds up scatter matrices of a mini-batch, and a Batch Normalization that reads them. */
export function createScatterLayer(
  kernel: Kernel,
  { form, weights, noise, masks, rules, units: scale }: ScatterLayer,
): { readonly probe: Probe; readonly batchNorm: BatchNormLayer } {
  const { width, neurons } = weights;
  const units = unitsOf(width);
  const { batchSize } = rules;
  const isOneTile = batchSize <= TILE_SAMPLES;
  const shared = isOneTile ? kernel.floats(units * units) : undefined;
  const phase = (): Phase => ({
    panel: kernel.words((units * TILE_SAMPLES) / 2),
    sums: kernel.doubles(units),
    scatter: shared ?? kernel.floats(units * units),
  });
  const clean = phase();
  const noisy = Array.from({ length: noise.masks }, phase);
  const phases = [clean, ...noisy];
  const gram = gramOf(kernel, weights);
  const room = kernel.floats(2 * units);
  const weight = weightOfNew(rules);
  const running = { mean: new Float64Array(units), matrix: kernel.floats(units * units) };
  const tested = { mean: new Float64Array(units), matrix: kernel.floats(units * units) };
  let isFirstTile = true;
  let stride = TILE_SAMPLES;
  let retained = 1;
  let batches = 0;

  function addTile({ panel, scatter }: Phase): void {
    kernel.addScatter({ panel, units, stride, scatter, isFirst: isFirstTile });
  }

  /** The average variance of the neurons in a phase, whose statistics go into running ones if there are such. */
  function varianceOf({ scatter, sums }: Phase, unit: number, statistics?: Statistics): number {
    const { matrix = scatter, kept = 0, weight: share = 1 } = statistics ?? {};
    const call = { scatter, units, sums, samples: batchSize, gram, room };
    const total = kernel.trackScatter({ ...call, kept, weight: share, running: matrix });
    if (statistics !== undefined) {
      const { mean } = statistics;
      for (let at = 0; at < units; at++) mean[at] = kept * mean[at] + (share * sums[at]) / batchSize;
    }
    return ((Math.max(0, total) / (batchSize - 1)) * unit * unit) / neurons;
  }

  return {
    probe: {
      channels: 0,
      others: [],
      startTile(tileStride) {
        stride = tileStride;
      },
      takeClean({ first, samples }, x) {
        const { panel, sums } = clean;
        kernel.packUnits({ first, x, stride, samples, scale: form.scales.test, panel, sums });
      },
      takeNoisy(stage, x) {
        const { first, samples } = stage;
        const { threshold, isKept } = masks;
        const words = masks.draw(stage, x.length);
        const { kept, dropped, scales } = form;
        for (let mask = 0; mask < noise.masks; mask++) {
          const { panel, sums } = noisy[mask];
          // One literal: to gather it from others would take longer than the call.
          kernel.packMaskedUnits({
            first,
            x,
            stride,
            samples,
            words,
            mask,
            masks: noise.masks,
            threshold,
            isKept,
            scale: scales.train,
            kept,
            dropped,
            panel,
            sums,
          });
        }
      },
      endTile() {
        if (isOneTile) return;
        for (const each of phases) addTile(each);
        isFirstTile = false;
      },
    },
    batchNorm: {
      take() {
        let train = 0;
        for (const [mask, each] of noisy.entries()) {
          if (isOneTile) addTile(each);
          train += varianceOf(each, scale.train, mask === 0 ? { ...running, kept: 1 - weight, weight } : undefined);
        }
        if (isOneTile) addTile(clean);
        const test = varianceOf(clean, scale.test, { ...tested, kept: 1, weight: 1 });
        for (const { sums } of phases) sums.fill(0);
        isFirstTile = true;
        retained *= 1 - weight;
        batches++;
        return { train: train / noise.masks, test };
      },
      finish(spare) {
        const run = spare ?? emptyScatterRun(units);
        run.runningMean.set(running.mean);
        run.testMean.set(tested.mean);
        copyTriangle(running.matrix, units, run.runningVariance);
        copyTriangle(tested.matrix, units, run.testVariance);
        const finished = { ...run, batches, retained };
        for (const statistic of [running.mean, running.matrix, tested.mean, tested.matrix]) statistic.fill(0);
        retained = 1;
        batches = 0;
        return finished;
      },
    },
  };
}

/** A run of no mini-batches, its statistics in memory that threads share. */
function emptyScatterRun(units: number): BatchNormRun {
  const matrix = () => sharedFloats(triangleStart(units / ROWS));
  return {
    ...{ batches: 0, retained: 1, runningMean: sharedDoubles(units), testMean: sharedDoubles(units) },
    ...{ runningVariance: matrix(), testVariance: matrix() },
  };
}

/** Means and variances of such a run. */
export function scatterLengths({ width }: Pick<DrawnWeights, "width">) {
  const units = unitsOf(width);
  return { means: units, variances: triangleStart(units / ROWS) };
}

interface Statistics {
  readonly mean: Float64Array;
  readonly matrix: Float32Array;
  readonly kept: number;
  readonly weight: number;
}

/** What channels' statistics need besides those of their inputs. */
export interface ChannelSetting {
  readonly weights: DrawnWeights;
  readonly rules: BatchNormRules;
  readonly units: Phases;
  /** What a channel's input is where all integers are 0. */
  readonly offsets: { readonly train: Float64Array; readonly test: Float64Array };
}

/** The statistics of the neurons, from those of their inputs: of weights w, wᵀm + offset, and wᵀAw/(n − 1). */
export function channelsOf(
  kernel: Kernel,
  run: BatchNormRun,
  { weights, rules, units, offsets }: ChannelSetting,
): BatchNormRun {
  const { batchSize } = rules;
  const perVariance = (unit: number) => (unit * unit) / (batchSize - 1);
  const [running, tested] = quadraticForms(kernel, weights, [run.runningVariance, run.testVariance]);
  const { retained, batches } = run;
  return {
    batches,
    retained,
    runningMean: meansOf(weights, run.runningMean).map(
      (mean, at) => units.train * mean + (1 - retained) * offsets.train[at],
    ),
    runningVariance: running.map((form) => storedVariance(rules) * perVariance(units.train) * form),
    testMean: meansOf(weights, run.testMean).map((mean, at) => units.test * mean + batches * offsets.test[at]),
    testVariance: tested.map((form) => perVariance(units.test) * form),
  };
}

function meansOf({ values, neurons, width }: DrawnWeights, means: Floats): Float64Array {
  return Float64Array.from({ length: neurons }, (_, neuron) => {
    let sum = 0;
    for (let unit = 0; unit < width; unit++) sum += values[neuron * width + unit] * means[unit];
    return sum;
  });
}

/** Bytes of what `channelsOf` takes of a kernel's memory, at most. */
export function channelBytes({ width }: Pick<DrawnWeights, "width">): number {
  const columns = 2 * 4 * width * (width + TILE_SAMPLES) + 64 * (2 + width / TILE_SAMPLES);
  return columnProductBytes({ rows: TILE_SAMPLES, terms: width }) + columns;
}

import { GROUP, inScatter, type Kernel, PANEL_SLOTS, TILE_NEURONS, TILE_SAMPLES } from "../kernel/kernel.ts";
import { lawOf } from "../laws/laws.ts";
import type { MaskPlan, NoiseLayer, UnitMasks } from "../noises/noise-kind.ts";
import { propertiesOf } from "../noises/noises.ts";
import { sharedDoubles, sharedFloats } from "../numeric/shared-memory.ts";
import { isArrayName } from "../scenario/arrays.ts";
import { weightOfNew } from "../scenario/presets.ts";
import type { Scenario } from "../scenario/scenario.ts";
import type { WeightSums } from "../theory/alignment.ts";
import {
  type BatchNormLayer,
  type BatchNormRules,
  type BatchNormRun,
  type Floats,
  storedVariance,
} from "./batch-norm.ts";
import { LARGEST_ERROR, outputVariances, type Phases, roundingErrors, scaleFor } from "./fixed-point.ts";
import { noiseForm, pivotCentre } from "./noise-form.ts";
import { packInto, panelLength, roomForRows } from "./packed-weights.ts";
import type { Probe } from "./probe.ts";
import type { Segment } from "./schedule.ts";
import { outputRows } from "./tile-product.ts";
import type { DrawnWeights, Weights } from "./weights.ts";

/**
 * Variances of many neurons from the scatter matrix of their inputs. Of a mini-batch with scatter S about its mean the neurons' sums of
 * squares add up to
 *
 *   Σⱼ wⱼᵀS wⱼ = ⟨WᵀW, S⟩
 *
 * so that S serves them all: half of width² multiply-adds a sample, however many there are. S is of integers of 16 bits, and exact.
 * What each neuron's Batch Normalization sees follows from matrices, too, at the end of a run (`channelsOf`).
 */
export interface ScatterForm {
  /** Integers for a unit of the sampler. */
  readonly scales: Phases;
  /** Most that rounding adds to the variance in each phase, relative to it. */
  readonly errors: Phases;
  /** What stands for a unit of input 0 that is kept, and for one that is dropped; their mean is about 0. */
  readonly kept: number;
  readonly dropped: number;
}

/** Matrices of more units take too much memory, and cache. */
const WIDEST = 1024;
/** What a matrix costs in addition to its products, in samples: reading, weighing and storing each entry. */
const ENTRY = 16;

/** What says whether a scatter matrix is taken. */
export interface ScatterSetting
  extends Pick<
    Scenario,
    | "width"
    | "neurons"
    | "nonlinearity"
    | "noise"
    | "relativeVariance"
    | "activation"
    | "mean"
    | "variance"
    | "batchSize"
  > {
  readonly masks: MaskPlan;
}

/** Multiply-adds of a sample's unit in one phase. */
export function scatterWork({ width, batchSize }: Pick<ScatterSetting, "width" | "batchSize">): number {
  return (width / 2) * (1 + ENTRY / Math.min(TILE_SAMPLES, batchSize));
}

/**
 * Whether a network may be, and had better be, measured by scatter matrices: one for each mask and one without, where products take
 * one for each but a mirrored mask's.
 */
export function prefersScatter(setting: ScatterSetting): boolean {
  const { width, neurons, nonlinearity, noise, relativeVariance, activation, masks } = setting;
  if (neurons === null || nonlinearity !== null || isArrayName(activation) || relativeVariance === 0) return false;
  const { isSymmetric, shares, pivot } = propertiesOf(noise);
  if (isSymmetric || shares === "weight" || width > WIDEST) return false;
  const law = lawOf(activation);
  if (law.form(setting).mostSquares === null || (pivot !== 0 && law.hasAtom)) return false;
  return (1 + masks.masks) * scatterWork(setting) < (1 + (masks.isMirrored ? 1 : masks.masks)) * neurons;
}

interface Sampled {
  readonly batchSize: number;
  readonly masks: MaskPlan;
}

/** The setting of a segment. */
export function scatterSetting({ input, noise, linear, activation }: Segment, sampled: Sampled): ScatterSetting {
  return {
    ...{ width: input.width, neurons: linear?.neurons ?? null, nonlinearity: activation },
    ...{ noise: noise.noise, relativeVariance: noise.relativeVariance },
    ...{ activation: input.activation, mean: input.mean, variance: input.variance },
    ...sampled,
  };
}

/** Sums of products stay below 2³¹, and so does the square of this with an integer more or less in each of a tile's samples. */
const LARGEST_ROOT = Math.sqrt(2 ** 31) - 2 * Math.sqrt(TILE_SAMPLES);

/** Where weights and correlation take away more of the variance than this, sums in single precision are no longer exact enough. */
const LEAST_LEFT = 0.1;

/**
 * The scatter form of a segment that prefers it; undefined where rounding the input could change a variance by too much.
 *
 * Integers y of a unit over a tile have Σy² < 2³¹, and so by Cauchy and Schwarz has every sum of products. What a mask makes of x is
 * k·(x + c) less about keep·c, at most |x| + |c|·max(keep, drop); docs/METHOD.md has the bounds of each law.
 */
export function scatterForm(
  segment: Segment,
  neurons: readonly WeightSums[],
  sampled: Sampled,
): ScatterForm | undefined {
  const { input, noise } = segment;
  if (isArrayName(input.activation) || !prefersScatter(scatterSetting(segment, sampled))) return undefined;
  const form = lawOf(input.activation).form(input);
  if (form.mostSquares === null) return undefined;
  const { keep, drop } = noise;
  const centre = pivotCentre(noiseForm(noise), form);
  const reach = Math.sqrt(form.mostSquares);
  const noisyReach = reach + Math.abs(centre) * Math.max(keep, drop) * Math.sqrt(TILE_SAMPLES);
  const scales = {
    train: scaleFor(LARGEST_ROOT / noisyReach, centre),
    test: scaleFor(LARGEST_ROOT / reach, form.centre),
  };
  const { variance, testVariance, squares } = outputVariances(segment, neurons);
  const errors = roundingErrors(segment, neurons, { unit: form.unit, scales, rounded: 1 / keep });
  if (Math.max(errors.train, errors.test) > LARGEST_ERROR || testVariance < LEAST_LEFT * variance * squares)
    return undefined;
  const dropped = -Math.round(keep * centre * scales.train);
  return { scales, errors, kept: Math.round(centre * scales.train) + dropped, dropped };
}

/** Units in whole groups. */
function unitsOf(width: number): number {
  return Math.ceil(width / GROUP) * GROUP;
}

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

/** Rows of a tile of a scatter matrix. */
const ROWS = 4;

/** Where a row of tiles begins among those that reach the diagonal, stored one row after another. */
function triangleStart(row: number): number {
  const half = Math.floor(row / 2);
  return ROWS * GROUP * (half * (half + 1) + (row % 2) * (half + 1));
}

/** Copies the tiles of a matrix that reach the diagonal. */
function copyTriangle(matrix: Float32Array, units: number, triangle: Floats): void {
  for (let row = 0; row < units / ROWS; row++) {
    const [start, end] = [triangleStart(row), triangleStart(row + 1)];
    triangle.set(matrix.subarray(ROWS * row * units, ROWS * row * units + end - start), start);
  }
}

/** An entry of a triangle, column ≤ row. */
function inTriangle(row: number, column: number): number {
  const tile = triangleStart(row >> 2) + ROWS * GROUP * (column >> 3);
  return tile + GROUP * (row & 3) + (column & 7);
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

/**
 * G = WᵀW as `trackScatter` takes it: the entries off the diagonal doubled, those above it 0. By the kernel, in single precision.
 */
function gramOf(kernel: Kernel, { values, neurons, width }: DrawnWeights): Float32Array {
  const units = unitsOf(width);
  const gram = kernel.floats(units * units);
  const { y, packed, part, multiply } = columnProduct(kernel, { rows: width, terms: TILE_SAMPLES });
  const length = panelLength(width);
  for (let first = 0; first < width; first += TILE_SAMPLES) {
    const columns = Math.min(TILE_SAMPLES, width - first);
    y.fill(0);
    for (let start = 0; start < neurons; start += PANEL_SLOTS) {
      const slots = Math.min(PANEL_SLOTS, neurons - start);
      for (let slot = 0; slot < slots; slot++) {
        const row = values.subarray((start + slot) * width, (start + slot + 1) * width);
        packTerm(packed, slot, row);
        part.set(row.subarray(first, first + columns), slot * TILE_SAMPLES);
      }
      const x = part.subarray(0, slots * TILE_SAMPLES);
      multiply({ weights: packed.subarray(first * PANEL_SLOTS, length), x, y: y.subarray(first * TILE_SAMPLES) });
    }
    for (let row = first; row < width; row++) {
      const last = Math.min(row + 1, first + columns);
      for (let column = first; column < last; column++) {
        const product = y[row * TILE_SAMPLES + column - first];
        gram[inScatter(row, column, units)] = row === column ? product : 2 * product;
      }
    }
  }
  return gram;
}

/** Puts the weights that a term has in each row into a slot of a panel of packed weights. */
function packTerm(packed: Float32Array, slot: number, row: Float32Array): void {
  for (let at = 0; at < row.length; at++) {
    packed[(at - (at % TILE_NEURONS)) * PANEL_SLOTS + slot * TILE_NEURONS + (at % TILE_NEURONS)] = row[at];
  }
}

/**
 * wᵀAw = Σⱼ wⱼ(Aⱼⱼwⱼ + 2Σᵢ₍ᵢ﹥ⱼ₎ Aᵢⱼwᵢ) of each neuron, of each of some symmetric matrices by their triangles: the inner sums by the kernel,
 * in single precision, the outer ones in double.
 */
function quadraticForms<T extends readonly Floats[]>(
  kernel: Kernel,
  { values, neurons, width }: DrawnWeights,
  triangles: T,
): { [Index in keyof T]: Float64Array } {
  const { y, packed, multiply } = columnProduct(kernel, { rows: TILE_SAMPLES, terms: width });
  const matrices = triangles.map((triangle) => ({
    columns: columnsOf(kernel, triangle, width),
    forms: new Float64Array(neurons),
  }));
  const length = panelLength(TILE_SAMPLES);
  for (let start = 0; start < neurons; start += TILE_SAMPLES) {
    const count = Math.min(TILE_SAMPLES, neurons - start);
    // Whole tiles of neurons: those that are missing have no weights.
    const rows = new Float32Array(TILE_SAMPLES * width);
    rows.set(values.subarray(start * width, (start + count) * width));
    packInto(packed, { values: rows, width, neurons: TILE_SAMPLES });
    for (const { columns, forms } of matrices) {
      for (const [tile, part] of columns.entries()) {
        const first = tile * TILE_SAMPLES;
        y.fill(0);
        for (let term = first; term < width; term += PANEL_SLOTS) {
          const x = part.subarray(term * TILE_SAMPLES, Math.min(width, term + PANEL_SLOTS) * TILE_SAMPLES);
          multiply({ weights: packed.subarray((term / PANEL_SLOTS) * length), x, y });
        }
        const last = Math.min(TILE_SAMPLES, width - first);
        for (let row = 0; row < count; row++) {
          let sum = 0;
          for (let column = 0; column < last; column++) {
            sum += rows[row * width + first + column] * y[row * TILE_SAMPLES + column];
          }
          forms[start + row] += sum;
        }
      }
    }
  }
  const results = matrices.map(({ forms }) => forms.map((form) => Math.max(0, form)));
  return results as { [Index in keyof T]: Float64Array };
}

/** A lower triangle with its entries off the diagonal doubled, `TILE_SAMPLES` columns after others, row after row. */
function columnsOf(kernel: Kernel, triangle: Floats, width: number): readonly Float32Array[] {
  return Array.from({ length: Math.ceil(width / TILE_SAMPLES) }, (_, tile) => {
    const first = tile * TILE_SAMPLES;
    const part = kernel.floats(width * TILE_SAMPLES);
    for (let row = first; row < width; row++) {
      const last = Math.min(row, first + TILE_SAMPLES - 1);
      for (let column = first; column <= last; column++) {
        const entry = triangle[inTriangle(row, column)];
        part[row * TILE_SAMPLES + column - first] = row === column ? entry : 2 * entry;
      }
    }
    return part;
  });
}

/** y ← y + A·B by panels, for matrices of so many rows and terms, and `TILE_SAMPLES` columns. */
function columnProduct(kernel: Kernel, { rows, terms }: ColumnProductSize) {
  const panel = kernel.floats(PANEL_SLOTS * TILE_SAMPLES);
  return {
    y: kernel.floats(outputRows(rows) * TILE_SAMPLES),
    /** Room for A. */
    packed: roomForRows(kernel, { width: terms, neurons: rows }),
    /** Room for rows of B. */
    part: kernel.floats(PANEL_SLOTS * TILE_SAMPLES),
    multiply({
      weights,
      x,
      y,
    }: {
      readonly weights: Float32Array;
      readonly x: Float32Array;
      readonly y: Float32Array;
    }) {
      kernel.packRows({ x, stride: TILE_SAMPLES, first: 0, panel });
      kernel.multiplyRows({ weights, panel, slots: x.length / TILE_SAMPLES, y, stride: TILE_SAMPLES });
    },
  };
}

interface ColumnProductSize {
  readonly rows: number;
  readonly terms: number;
}

/** Bytes of a column product's arrays, at most. */
function columnProductBytes({ rows, terms }: ColumnProductSize): number {
  const packed = (terms + PANEL_SLOTS) * outputRows(rows);
  return 4 * (packed + TILE_SAMPLES * (2 * PANEL_SLOTS + outputRows(rows))) + 4 * 64;
}

/** Bytes of what `channelsOf` takes of a kernel's memory, at most. */
export function channelBytes({ width }: Pick<DrawnWeights, "width">): number {
  const columns = 2 * 4 * width * (width + TILE_SAMPLES) + 64 * (2 + width / TILE_SAMPLES);
  return columnProductBytes({ rows: TILE_SAMPLES, terms: width }) + columns;
}

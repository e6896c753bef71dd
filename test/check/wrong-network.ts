import type { MeasuredBatches } from "../../src/check/measured.ts";
import type { ScenarioInput } from "../../src/scenario/scenario.ts";
import type { WeightSums } from "../../src/theory/alignment.ts";
import type { MistakeKind } from "../../src/theory/mistakes.ts";

// Other people's networks, right and wrong: plain loops that share no formula with src/, only the definition of each mistake.

export interface ForeignNetwork {
  readonly noise: "bernoulli" | "gaussian";
  readonly keep: number;
  readonly mean: number;
  readonly rho: number;
  readonly width: number;
  /** 0 without a linear layer. */
  readonly neurons: number;
  readonly batchSize: number;
  readonly batches: number;
}

/** The scenario that describes a network. */
export function scenarioOf({ noise, keep, mean, rho, width, neurons, batchSize }: ForeignNetwork): ScenarioInput {
  const layer: ScenarioInput = neurons === 0 ? {} : { layer: "linear", neurons };
  return { noise, keep, mean, rho, width, batchSize, ...layer };
}

export interface ForeignRun {
  readonly measured: MeasuredBatches;
  /** Of the network's weights; undefined without a linear layer. */
  readonly weights: readonly WeightSums[] | undefined;
}

/** A source of uniforms in [0, 1): sfc32 of Doty-Humphrey's PractRand, started from a number. */
export function createUniforms(seed: number): () => number {
  let [a, b, c, counter] = [0x9e3779b9, 0x243f6a88, seed | 0, 1];
  const next = () => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + sum) | 0;
    return (sum >>> 0) / 2 ** 32;
  };
  for (let round = 0; round < 20; round++) next();
  return next;
}

/** Runs a network with a mistake, or rightly, and takes the variances of every mini-batch. */
export function runForeign(network: ForeignNetwork, kind: MistakeKind | "right", uniform: () => number): ForeignRun {
  const { width, neurons, batchSize, batches } = network;
  const normal = normals(uniform);
  const rows = Array.from({ length: neurons }, () =>
    // Weights that lean to one sign, so that S₁² is not S₂.
    Float64Array.from({ length: width }, () => (normal() + 0.3) / Math.sqrt(width)),
  );
  const phases = phasesOf(kind, network.keep);
  const measured: { trainVariances: number[]; testVariances: number[] } = { trainVariances: [], testVariances: [] };
  const x = new Float64Array(batchSize * width);
  for (let batch = 0; batch < batches; batch++) {
    fill(x, network, normal);
    for (const phase of ["train", "test"] as const) {
      const { noise, scale, isBiased, isDeviation } = phases[phase];
      const noisy = withNoise({ x, network, noise, uniform, normal });
      const channels = neurons === 0 ? width : neurons;
      const reached = neurons === 0 ? noisy : linear(noisy, rows, width);
      if (noise === "behind") multiply(reached, () => multiplier(network, { uniform, normal }));
      const variance = meanOver(reached, channels, isDeviation ? Math.sqrt : (own) => own) * scale * scale;
      measured[`${phase}Variances`].push(isBiased ? (variance * (batchSize - 1)) / batchSize : variance);
    }
  }
  const weights = rows.map((row) => ({
    sum: row.reduce((sum, weight) => sum + weight, 0),
    sumOfSquares: row.reduce((sum, weight) => sum + weight * weight, 0),
  }));
  return exchanged(kind, { measured, weights: neurons === 0 ? undefined : weights });
}

function exchanged(kind: MistakeKind | "right", run: ForeignRun): ForeignRun {
  if (kind !== "phases-exchanged") return run;
  const { trainVariances: testVariances, testVariances: trainVariances } = run.measured;
  return { ...run, measured: { trainVariances, testVariances } };
}

type PhaseNoise = "none" | "right" | "unscaled" | "swapped" | "deviation" | "alpha" | "shared" | "behind";

interface Phase {
  readonly noise: PhaseNoise;
  /** Factor of what reaches Batch Normalization. */
  readonly scale: number;
  readonly isBiased: boolean;
  /** Whether the root of each channel's variance is taken. */
  readonly isDeviation: boolean;
}

function phasesOf(kind: MistakeKind | "right", keep: number): { readonly train: Phase; readonly test: Phase } {
  const train: Phase = { noise: "right", scale: 1, isBiased: false, isDeviation: false };
  const test: Phase = { noise: "none", scale: 1, isBiased: false, isDeviation: false };
  const trainWith = (noise: PhaseNoise) => ({ train: { ...train, noise }, test });
  switch (kind) {
    case "right":
    case "phases-exchanged":
      return { train, test };
    case "not-scaled":
      return trainWith("unscaled");
    case "scaled-twice":
      return { train, test: { ...test, scale: keep } };
    case "scaled-in-test":
      return { train: { ...train, noise: "unscaled" }, test: { ...test, scale: keep } };
    case "keep-drop-swapped":
      return trainWith("swapped");
    case "variance-as-deviation":
      return trainWith("deviation");
    case "noise-on-in-test":
      return { train, test: { ...test, noise: "right" } };
    case "noise-off-in-training":
      return trainWith("none");
    case "alpha-dropout":
      return trainWith("alpha");
    case "mask-shared-by-batch":
      return trainWith("shared");
    case "noise-behind-layer":
      return trainWith("behind");
    case "biased-in-both":
      return { train: { ...train, isBiased: true }, test: { ...test, isBiased: true } };
    case "biased-in-training":
      return { train: { ...train, isBiased: true }, test };
    case "biased-in-test":
      return { train, test: { ...test, isBiased: true } };
    case "deviations-as-variances":
      return { train: { ...train, isDeviation: true }, test: { ...test, isDeviation: true } };
  }
}

interface Draws {
  readonly uniform: () => number;
  readonly normal: () => number;
}

/** Normals of correlation rho within a sample, [batchSize][width]. */
function fill(x: Float64Array, { mean, rho, width }: ForeignNetwork, normal: () => number): void {
  const [common, own] = [Math.sqrt(rho), Math.sqrt(1 - rho)];
  for (let start = 0; start < x.length; start += width) {
    const shared = rho === 0 ? 0 : common * normal();
    for (let at = start; at < start + width; at++) x[at] = mean + shared + own * normal();
  }
}

function withNoise({
  x,
  network,
  noise,
  ...draws
}: Draws & { x: Float64Array; network: ForeignNetwork; noise: PhaseNoise }): Float64Array {
  const { keep, width } = network;
  const { uniform, normal } = draws;
  switch (noise) {
    case "none":
    case "behind":
      return x.slice();
    case "right":
      return multiplied(x, () => multiplier(network, draws));
    case "unscaled":
      return multiplied(x, () => (uniform() < keep ? 1 : 0));
    case "swapped":
      return multiplied(x, () => multiplier({ ...network, keep: 1 - keep }, draws));
    case "deviation":
      return multiplied(x, () => 1 + ((1 - keep) / keep) * normal());
    case "shared": {
      const mask = Float64Array.from({ length: width }, () => multiplier(network, draws));
      return x.map((value, at) => value * mask[at % width]);
    }
    case "alpha": {
      const dropped = -1.7580993408473766;
      const a = 1 / Math.sqrt(keep + dropped * dropped * keep * (1 - keep));
      const b = -a * dropped * (1 - keep);
      return x.map((value) => a * (uniform() < keep ? value : dropped) + b);
    }
  }
}

function multiplier({ noise, keep }: Pick<ForeignNetwork, "noise" | "keep">, { uniform, normal }: Draws): number {
  if (noise === "gaussian") return 1 + Math.sqrt((1 - keep) / keep) * normal();
  return uniform() < keep ? 1 / keep : 0;
}

function multiplied(x: Float64Array, factor: () => number): Float64Array {
  const copy = x.slice();
  multiply(copy, factor);
  return copy;
}

function multiply(x: Float64Array, factor: () => number): void {
  for (let at = 0; at < x.length; at++) x[at] *= factor();
}

function linear(x: Float64Array, rows: readonly Float64Array[], width: number): Float64Array {
  const samples = x.length / width;
  const y = new Float64Array(samples * rows.length);
  for (let sample = 0; sample < samples; sample++) {
    for (let neuron = 0; neuron < rows.length; neuron++) {
      const row = rows[neuron];
      let sum = 0;
      for (let at = 0; at < width; at++) sum += row[at] * x[sample * width + at];
      y[sample * rows.length + neuron] = sum;
    }
  }
  return y;
}

/** Of the unbiased variance of each channel over the samples, [samples][channels], averaged over the channels. */
function meanOver(y: Float64Array, channels: number, of: (variance: number) => number): number {
  const samples = y.length / channels;
  let total = 0;
  for (let channel = 0; channel < channels; channel++) {
    let mean = 0;
    for (let at = channel; at < y.length; at += channels) mean += y[at] / samples;
    let squares = 0;
    for (let at = channel; at < y.length; at += channels) squares += (y[at] - mean) * (y[at] - mean);
    total += of(squares / (samples - 1));
  }
  return total / channels;
}

/** Box and Muller, the second of each pair kept for the next call. */
function normals(uniform: () => number): () => number {
  let spare: number | undefined;
  return () => {
    if (spare !== undefined) {
      const value = spare;
      spare = undefined;
      return value;
    }
    const radius = Math.sqrt(-2 * Math.log(1 - uniform()));
    const angle = 2 * Math.PI * uniform();
    spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  };
}

import seedrandom from "seedrandom";
import { mean, sampleStandardDeviation } from "simple-statistics";
import { expect, test } from "vitest";
import { type BlockNoise, NO_NOISE } from "../../../src/theory/stack/block-noise.ts";
import { layerNormMeanField } from "../../../src/theory/stack/layer-norm.ts";
import { meanField } from "../../../src/theory/stack/mean-field.ts";
import { inForm } from "../../form.ts";

const [WIDTH, SAMPLES, BLOCKS] = [96, 192, 3];
const NETWORKS = inForm({ short: 24, long: 96 });
const KEEP = 0.5;

/** A row a sample. */
type Matrix = readonly Float64Array[];

interface Kind {
  readonly norm: "batch" | "layer";
  readonly residual: boolean;
}

/** A network of its own, written down as its definition reads: x′ = x + W·dropout(relu(norm(x))), or without the "x +". */
function simulated(seed: string, { norm, residual }: Kind): number {
  const random = seedrandom(seed);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const matrix = (rows: number, draw: () => number): Matrix =>
    Array.from({ length: rows }, () => Float64Array.from({ length: WIDTH }, draw));
  let train = matrix(SAMPLES, normal);
  let test = train;
  for (let block = 0; block < BLOCKS; block++) {
    const weights = matrix(WIDTH, () => normal() / Math.sqrt(WIDTH));
    const channels = columns(train).map(standardiserOf);
    const branch = (x: Matrix, noise: () => number) =>
      x.map((row) => {
        const own = standardiserOf(row);
        const hidden = row.map((value, i) => {
          const standardised = norm === "layer" ? own(value) : channels[i]?.(value);
          return Math.max(0, standardised ?? 0) * noise();
        });
        return row.map((value, i) => (residual ? value : 0) + dot(weights[i] as Float64Array, hidden));
      });
    test = branch(test, () => 1);
    train = branch(train, () => (random() < KEEP ? 1 / KEEP : 0));
  }
  return mean(columns(test).map(varianceOf)) / mean(columns(train).map(varianceOf));
}

function dot(w: Float64Array, x: Float64Array): number {
  let sum = 0;
  for (let j = 0; j < x.length; j++) sum += (w[j] as number) * (x[j] as number);
  return sum;
}

function standardiserOf(values: Float64Array): (value: number) => number {
  const centre = meanOf(values);
  const deviation = Math.sqrt(varianceOf(values));
  return (value) => (value - centre) / deviation;
}

function meanOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function varianceOf(values: Float64Array): number {
  const centre = meanOf(values);
  return values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (values.length - 1);
}

function columns(x: Matrix): Matrix {
  return Array.from({ length: WIDTH }, (_, i) => Float64Array.from(x, (row) => row[i] ?? 0));
}

function limitOf({ norm, residual }: Kind): number {
  const setting = {
    activation: "relu",
    noises: new Array<BlockNoise>(BLOCKS).fill({ ...NO_NOISE, relativeVariance: (1 - KEEP) / KEEP }),
    residual,
  } as const;
  const places = norm === "layer" ? layerNormMeanField(setting) : meanField(setting);
  return places[BLOCKS]?.shift ?? Number.NaN;
}

const KINDS: readonly Kind[] = (["batch", "layer"] as const).flatMap((norm) => [
  { norm, residual: false },
  { norm, residual: true },
]);

test.each(KINDS)(`networks of width ${WIDTH} have the shift of the limit: %j`, (kind) => {
  const shifts = Array.from({ length: NETWORKS }, (_, index) => simulated(`network ${index}`, kind));
  const error = sampleStandardDeviation(shifts) / Math.sqrt(NETWORKS);
  // Student's t of 23 degrees of freedom, two-sided: once in 4·10⁶ for a kind (scipy.stats.t.isf(1.25e-7, 23)), in 10⁶ for all
  // four; 95 degrees are less. And 1/width for what the limit leaves out. Seeds are fixed.
  const tolerance = 7.2 * error + 1 / WIDTH;
  expect(Math.abs(mean(shifts) - limitOf(kind))).toBeLessThan(tolerance);
  // Negative control: each other kind of network is rejected. The nearest lies 2.2 tolerances off, 15 standard errors beyond one.
  for (const other of KINDS.filter((one) => one !== kind)) {
    expect(Math.abs(mean(shifts) - limitOf(other))).toBeGreaterThan(tolerance);
  }
});

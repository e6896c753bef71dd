import seedrandom from "seedrandom";
import { mean, sampleStandardDeviation, sampleVariance } from "simple-statistics";
import { expect, test } from "vitest";
import { layerNormMeanField } from "../../../src/theory/stack/layer-norm.ts";
import { meanField } from "../../../src/theory/stack/mean-field.ts";

const [WIDTH, SAMPLES, BLOCKS, NETWORKS] = [192, 384, 3, 8];
const KEEP = 0.5;

type Matrix = readonly (readonly number[])[];

interface Kind {
  readonly norm: "batch" | "layer";
  readonly residual: boolean;
}

/** A network of its own, written down as its definition reads: x′ = x + W·dropout(relu(norm(x))), or without the "x +". */
function simulated(seed: string, { norm, residual }: Kind): number {
  const random = seedrandom(seed);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const matrix = (rows: number, draw: () => number): Matrix =>
    Array.from({ length: rows }, () => Array.from({ length: WIDTH }, draw));
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
        return weights.map((w, i) => {
          let sum = residual ? (row[i] ?? 0) : 0;
          for (let j = 0; j < WIDTH; j++) sum += (w[j] ?? 0) * (hidden[j] ?? 0);
          return sum;
        });
      });
    test = branch(test, () => 1);
    train = branch(train, () => (random() < KEEP ? 1 / KEEP : 0));
  }
  return mean(columns(test).map(sampleVariance)) / mean(columns(train).map(sampleVariance));
}

function standardiserOf(values: readonly number[]): (value: number) => number {
  const centre = mean(values);
  const deviation = sampleStandardDeviation(values);
  return (value) => (value - centre) / deviation;
}

function columns(x: Matrix): Matrix {
  return Array.from({ length: WIDTH }, (_, i) => x.map((row) => row[i] ?? 0));
}

function limitOf({ norm, residual }: Kind): number {
  const setting = {
    activation: "relu",
    relativeVariances: new Array<number>(BLOCKS).fill((1 - KEEP) / KEEP),
    residual,
  } as const;
  const places = norm === "layer" ? layerNormMeanField(setting) : meanField(setting);
  return places[BLOCKS]?.shift ?? Number.NaN;
}

const KINDS: readonly Kind[] = (["batch", "layer"] as const).flatMap((norm) => [
  { norm, residual: false },
  { norm, residual: true },
]);

test.each(KINDS)("networks of width 192 have the shift of the limit: %j", (kind) => {
  const shifts = Array.from({ length: NETWORKS }, (_, index) => simulated(`network ${index}`, kind));
  const error = sampleStandardDeviation(shifts) / Math.sqrt(NETWORKS);
  // t = 7.9 of 7 degrees of freedom, two-sided: one false alarm in 10⁴; and 1/width for what the limit leaves out. Fixed seeds.
  const tolerance = 7.9 * error + 1 / WIDTH;
  expect(Math.abs(mean(shifts) - limitOf(kind))).toBeLessThan(tolerance);
  // Negative control: each other kind of network is rejected.
  for (const other of KINDS.filter((one) => one !== kind)) {
    expect(Math.abs(mean(shifts) - limitOf(other))).toBeGreaterThan(2 * tolerance);
  }
});

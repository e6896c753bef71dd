// A dropout layer of our own, and whether the variances of its outputs are those of theory.
import { checkMeasured, describeCheck, type MeasuredBatches, type ScenarioInput } from "vshift";

const keep = 0.8;
const width = 16;
const batchSize = 256;
const scenario: ScenarioInput = { keep, width, batchSize };

const random = mulberry32(1);
const measured: MeasuredBatches = {
  trainVariances: batches((unit) => (random() < keep ? unit / keep : 0)),
  testVariances: batches((unit) => unit),
};
const check = checkMeasured(scenario, measured, { tolerance: 0.05 });
console.log(describeCheck(check));
if (check.agreement.verdict !== "agrees") throw new Error("our dropout is wrong");

/** The variance of each of 200 mini-batches behind a layer, averaged over the units. */
function batches(layer: (unit: number) => number): number[] {
  return Array.from({ length: 200 }, () => {
    const ofUnits = Array.from({ length: width }, () =>
      variance(Array.from({ length: batchSize }, () => layer(normal()))),
    );
    return mean(ofUnits);
  });
}

function variance(values: readonly number[]): number {
  const center = mean(values);
  return values.reduce((sum, value) => sum + (value - center) ** 2, 0) / (values.length - 1);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** A normal number: Box and Muller's transform. */
function normal(): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** Numbers from 0 to 1 from a seed. */
function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

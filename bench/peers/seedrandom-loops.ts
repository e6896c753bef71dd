/** The loops that a first draft would be: seedrandom for every uniform, arrays of numbers, simple-statistics for the rest. */
import seedrandom from "seedrandom";
import { mean, sampleVariance } from "simple-statistics";
import { BATCH_SIZE, compete, KEEP, MEAN, MOMENTUM, type Share, taskOfArguments } from "./contestant.ts";

const task = taskOfArguments();
const random = seedrandom("vshift");

function normal(): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

const weights = Array.from({ length: task.neurons }, () => Array.from({ length: task.width }, normal));

/** One row a channel, of the mini-batch's samples. */
type Rows = readonly (readonly number[])[];

function layer(x: Rows): Rows {
  if (weights.length === 0) return x;
  return weights.map((row) => {
    const y = new Array<number>(BATCH_SIZE).fill(0);
    for (let input = 0; input < row.length; input++) {
      for (let sample = 0; sample < BATCH_SIZE; sample++) y[sample] += row[input] * x[input][sample];
    }
    return y;
  });
}

function draw(batches: number): Share {
  const train: number[] = [];
  const test: number[] = [];
  const channels = task.neurons === 0 ? task.width : task.neurons;
  let runningMean = new Array<number>(channels).fill(0);
  let runningVariance = new Array<number>(channels).fill(0);
  for (let batch = 0; batch < batches; batch++) {
    const x = Array.from({ length: task.width }, () => Array.from({ length: BATCH_SIZE }, () => MEAN + normal()));
    const noisy = layer(x.map((row) => row.map((value) => (random() < KEEP ? value / KEEP : 0))));
    const trainVariances = noisy.map((row) => sampleVariance([...row]));
    const testVariances = layer(x).map((row) => sampleVariance([...row]));
    train.push(mean(trainVariances));
    test.push(mean(testVariances));
    runningMean = runningMean.map((value, channel) => (1 - MOMENTUM) * value + MOMENTUM * mean([...noisy[channel]]));
    runningVariance = runningVariance.map(
      (value, channel) => (1 - MOMENTUM) * value + MOMENTUM * trainVariances[channel],
    );
  }
  return { train, test, runningMean, runningVariance };
}

await compete(task, draw);

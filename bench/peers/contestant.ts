import { parseArgs } from "node:util";

/** What contestants in JavaScript have in common, as `contestant.py` is for those in Python. */

export const KEEP = 0.5;
export const MEAN = 0.5;
export const BATCH_SIZE = 256;
export const MOMENTUM = 0.1;

/** Two-sided 95 % of a normal distribution. Student's quantile is larger: this lets the peers stop a little sooner. */
const Z = 1.96;
const FEWEST_BATCHES = 16;
const BATCHES_BETWEEN_LOOKS = 8;

export interface Task {
  readonly width: number;
  /** 0 without a linear layer. */
  readonly neurons: number;
  /** 0 when `precision` says when to stop. */
  readonly samples: number;
  readonly precision: number;
}

/** What a run of mini-batches measured: variances batch by batch, and what it adds to the running statistics. */
export interface Share {
  readonly train: readonly number[];
  readonly test: readonly number[];
  readonly runningMean: readonly number[];
  readonly runningVariance: readonly number[];
}

export function taskOfArguments(): Task {
  const number = { type: "string", default: "0" } as const;
  const { values } = parseArgs({
    options: { width: number, neurons: number, samples: number, precision: number },
  });
  return {
    width: Number(values.width),
    neurons: Number(values.neurons),
    samples: Number(values.samples),
    precision: Number(values.precision),
  };
}

/** Draws what the task asks for, by calls of `draw` that each draw new mini-batches, and prints the result. */
export async function compete(task: Task, draw: (batches: number) => Share | Promise<Share>): Promise<void> {
  const started = performance.now();
  const train: number[] = [];
  const test: number[] = [];
  let runningMean: readonly number[] = [];
  let runningVariance: readonly number[] = [];

  async function take(batches: number): Promise<void> {
    const share = await draw(batches);
    train.push(...share.train);
    test.push(...share.test);
    const kept = (1 - MOMENTUM) ** batches;
    runningMean = share.runningMean.map((value, channel) => value + kept * (runningMean[channel] ?? 0));
    runningVariance = share.runningVariance.map((value, channel) => value + kept * (runningVariance[channel] ?? 1));
  }

  if (task.precision === 0) {
    await take(Math.ceil(task.samples / BATCH_SIZE));
  } else {
    await take(FEWEST_BATCHES);
    while (halfWidth(train, test) > task.precision) await take(BATCHES_BETWEEN_LOOKS);
  }
  const seconds = (performance.now() - started) / 1000;
  const result = {
    shift: mean(test) / mean(train),
    samples: train.length * BATCH_SIZE,
    trainVariance: mean(train),
    testVariance: mean(test),
    runningVariance: mean(runningVariance),
    runningMean: mean(runningMean),
    seconds,
  };
  process.stdout.write(`${JSON.stringify(result)}\n`);
}

/** Of the 95 % interval of the ratio of means, as a part of the ratio: paired delta method over mini-batches. */
function halfWidth(train: readonly number[], test: readonly number[]): number {
  const n = train.length;
  const trainMean = mean(train);
  const testMean = mean(test);
  let squares = 0;
  for (let batch = 0; batch < n; batch++) squares += (test[batch] / testMean - train[batch] / trainMean) ** 2;
  return Z * Math.sqrt(squares / (n * (n - 1)));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Plain JavaScript as one who cares for speed writes it: typed arrays, Box and Muller with Math.*, two worker threads. */
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { BATCH_SIZE, compete, KEEP, MEAN, MOMENTUM, type Share, type Task, taskOfArguments } from "./contestant.ts";

const THREADS = 2;

if (isMainThread) {
  const task = taskOfArguments();
  const worker = new Worker(new URL(import.meta.url), { workerData: { task, seed: 2 } });
  const drawHere = createDraw(task, 1);
  await compete(task, async (batches) => {
    const there = Math.floor(batches / THREADS);
    worker.postMessage(there);
    const answer = new Promise<Share>((resolve) => worker.once("message", resolve));
    const here = drawHere(batches - there);
    return followedBy({ first: here, second: await answer, batches: there });
  });
  await worker.terminate();
} else {
  const draw = createDraw(workerData.task, workerData.seed);
  parentPort?.on("message", (batches: number) => parentPort?.postMessage(draw(batches)));
}

/** Two runs of mini-batches as one; the second is so many batches long. */
function followedBy({ first, second, batches }: { first: Share; second: Share; batches: number }): Share {
  const kept = (1 - MOMENTUM) ** batches;
  const running = (before: readonly number[], added: readonly number[]) =>
    added.map((value, channel) => value + kept * before[channel]);
  return {
    train: [...first.train, ...second.train],
    test: [...first.test, ...second.test],
    runningMean: running(first.runningMean, second.runningMean),
    runningVariance: running(first.runningVariance, second.runningVariance),
  };
}

function createDraw({ width, neurons }: Task, seed: number): (batches: number) => Share {
  // The weights are the same in all threads.
  const weights = new Float32Array(neurons * width);
  fillNormals(weights, { words: sfc32(0)(new Uint32Array(weights.length)), mean: 0 });
  const random = sfc32(seed);
  const words = new Uint32Array(width * BATCH_SIZE);
  const threshold = KEEP * 2 ** 32;
  // Looked up, not branched to: a processor guesses half of the masks wrong.
  const factors = new Float32Array([0, 1 / KEEP]);
  const channels = neurons === 0 ? width : neurons;
  const x = new Float32Array(width * BATCH_SIZE);
  const noisy = new Float32Array(width * BATCH_SIZE);
  const outputs = new Float32Array(neurons * BATCH_SIZE);

  function reached(input: Float32Array): Float32Array {
    return neurons === 0 ? input : multiply({ weights, x: input, y: outputs, width });
  }

  return (batches) => {
    const train: number[] = [];
    const test: number[] = [];
    const runningMean = new Array<number>(channels).fill(0);
    const runningVariance = new Array<number>(channels).fill(0);
    for (let batch = 0; batch < batches; batch++) {
      fillNormals(x, { words: random(words), mean: MEAN });
      random(words);
      for (let at = 0; at < x.length; at++) noisy[at] = x[at] * factors[Number(words[at] < threshold)];
      test.push(takeMoments(reached(x), () => {}));
      train.push(
        takeMoments(reached(noisy), (channel, mean, variance) => {
          runningMean[channel] += MOMENTUM * (mean - runningMean[channel]);
          runningVariance[channel] += MOMENTUM * (variance - runningVariance[channel]);
        }),
      );
    }
    return { train, test, runningMean, runningVariance };
  };
}

/** Mean over channels of the unbiased variance; each channel's mean and variance go to `take`. */
function takeMoments(rows: Float32Array, take: (channel: number, mean: number, variance: number) => void): number {
  const channels = rows.length / BATCH_SIZE;
  let total = 0;
  for (let channel = 0; channel < channels; channel++) {
    let sum = 0;
    let squares = 0;
    for (let at = channel * BATCH_SIZE; at < (channel + 1) * BATCH_SIZE; at++) {
      sum += rows[at];
      squares += rows[at] * rows[at];
    }
    const variance = (squares - (sum * sum) / BATCH_SIZE) / (BATCH_SIZE - 1);
    take(channel, sum / BATCH_SIZE, variance);
    total += variance;
  }
  return total / channels;
}

interface Product {
  readonly weights: Float32Array;
  readonly x: Float32Array;
  readonly y: Float32Array;
  readonly width: number;
}

/** y = W·x, four inputs at a time so that y is read and written a quarter as often. The width is a multiple of 4. */
function multiply({ weights, x, y, width }: Product): Float32Array {
  y.fill(0);
  for (let row = 0; row < y.length; row += BATCH_SIZE) {
    const firstWeight = (row / BATCH_SIZE) * width;
    for (let input = 0; input < width; input += 4) {
      const w0 = weights[firstWeight + input];
      const w1 = weights[firstWeight + input + 1];
      const w2 = weights[firstWeight + input + 2];
      const w3 = weights[firstWeight + input + 3];
      const x0 = input * BATCH_SIZE;
      for (let sample = 0; sample < BATCH_SIZE; sample++) {
        const at = x0 + sample;
        y[row + sample] +=
          w0 * x[at] + w1 * x[at + BATCH_SIZE] + w2 * x[at + 2 * BATCH_SIZE] + w3 * x[at + 3 * BATCH_SIZE];
      }
    }
  }
  return y;
}

/** Two uniform words a pair of normals. */
function fillNormals(out: Float32Array, { words, mean }: { words: Uint32Array; mean: number }): void {
  for (let at = 0; at < out.length; at += 2) {
    const radius = Math.sqrt(-2 * Math.log((words[at] + 1) * 2 ** -32));
    const angle = 2 * Math.PI * 2 ** -32 * words[at + 1];
    out[at] = mean + radius * Math.cos(angle);
    out[at + 1] = mean + radius * Math.sin(angle);
  }
}

/**
 * Fills arrays with random words: Chris Doty-Humphrey's sfc32 (PractRand), 15 rounds after seeding. An array at a time, with
 * its state in local variables meanwhile.
 */
function sfc32(seed: number): (out: Uint32Array) => Uint32Array {
  const state = new Int32Array([0, seed, 0x76736866, 1]);
  function fill(out: Uint32Array): Uint32Array {
    let [a, b, c, counter] = state;
    for (let at = 0; at < out.length; at++) {
      const sum = (a + b + counter) | 0;
      counter = (counter + 1) | 0;
      a = b ^ (b >>> 9);
      b = (c + (c << 3)) | 0;
      c = (((c << 21) | (c >>> 11)) + sum) | 0;
      out[at] = sum;
    }
    state.set([a, b, c, counter]);
    return out;
  }
  fill(new Uint32Array(15));
  return fill;
}

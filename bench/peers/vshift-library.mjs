/**
 * vshift as a library, with the flags and the line of the other contestants, so that its seconds of computing stand beside
 * theirs: in a process that has just started, without the time that starting took.
 */
import { parseArgs } from "node:util";
import { simulate } from "../../dist/index.mjs";

const text = { type: "string" };
const { values } = parseArgs({
  options: { width: text, neurons: text, samples: text, precision: text, masks: text, threads: text },
});
const { width, neurons, samples, precision, masks, threads = "2" } = values;

const started = performance.now();
const { measured } = await simulate(
  {
    mean: 0.5,
    keep: 0.5,
    width: Number(width),
    ...(neurons !== undefined && { layer: "linear", neurons: Number(neurons) }),
    ...(samples !== undefined && { samples: Number(samples) }),
    ...(precision !== undefined && { precision: Number(precision), tolerance: 0.05, maxSamples: 1e8 }),
    ...(masks !== undefined && { masks }),
  },
  { threads: Number(threads) },
);
const seconds = (performance.now() - started) / 1000;
process.stdout.write(`${JSON.stringify({ ...measured, seconds })}\n`);

import type { Workload } from "./simulate.ts";

/** What a contestant of `simulate` printed. */
export interface Measurement {
  readonly shift: number;
  readonly samples: number;
  readonly trainVariance: number;
  readonly testVariance: number;
  readonly runningVariance: number;
  /** Of computing, without the start of the process; undefined where the contestant does not tell. */
  readonly seconds?: number;
}

/** Var_test / Var_train of every workload: v/(v + σ²(v + c²)) with c = 0.5, v = 1, σ² = 1. */
const TRUE_SHIFT = 4 / 9;
/** Standard errors that a right answer may be off: one in 5·10⁸ is further. */
const FARTHEST = 6;
/** The running variance remembers some 19 mini-batches; averaged over 64 channels it is within 1 %. */
const RUNNING_TOLERANCE = 0.05;
const BATCH_SIZE = 256;

/** The measurement in a line of JSON: a contestant's, or a record of vshift. Throws unless it has every number. */
export function measurementOf(stdout: string): Measurement {
  const parsed = JSON.parse(stdout);
  const answer = parsed.measured ?? parsed;
  for (const field of ["shift", "samples", "trainVariance", "testVariance", "runningVariance"]) {
    if (!Number.isFinite(answer[field])) throw new Error(`no number ${field} in ${stdout.slice(0, 400)}`);
  }
  return answer;
}

/** Throws when an answer is wrong. */
export function checkAnswer(
  { shift, samples, trainVariance, testVariance, runningVariance }: Measurement,
  { amount, samplesForPermille }: Pick<Workload, "amount" | "samplesForPermille">,
): void {
  // 1.96 standard errors are 0.1 % at samplesForPermille; shorter runs than 2,000 samples have no six standard errors.
  const limit = (FARTHEST / 1.96) * 0.001 * Math.sqrt(samplesForPermille / samples);
  require(Math.abs(shift / TRUE_SHIFT - 1) <= limit, `a shift of ${shift}, not within ${limit} of 4/9`);
  require(Math.abs(testVariance / trainVariance / shift - 1) < 1e-9, "a shift that is not the ratio of its variances");
  const left = (1 - 0.1) ** (samples / BATCH_SIZE);
  const expected = (1 - left) * trainVariance + left;
  require(Math.abs(runningVariance / expected - 1) <
    RUNNING_TOLERANCE, `a running variance of ${runningVariance}, not about ${expected}`);
  if ("samples" in amount) {
    const whole = Math.ceil(amount.samples / BATCH_SIZE) * BATCH_SIZE;
    require(samples === whole, `${samples} samples instead of ${whole}`);
  }
}

function require(holds: boolean, otherwise: string): void {
  if (!holds) throw new Error(`a contestant gave ${otherwise}`);
}

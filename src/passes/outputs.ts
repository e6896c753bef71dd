import { exp } from "../numeric/exp.ts";
import { ln } from "../numeric/ln.ts";

// What outputs of a network say: one row of numbers for each input.

export interface Rows {
  readonly values: Float32Array | Float64Array;
  /** Numbers of a row. */
  readonly width: number;
}

export interface Quality {
  readonly loss: number;
  /** Share of rows whose largest logit is another class; for values, 1 − R², null where the targets are all the same. */
  readonly error: number | null;
}

/** Cross-entropy of logits, and the share of wrong classes. Labels are classes from 0. */
export function ofClasses({ values, width }: Rows, labels: Float64Array): Quality {
  let loss = 0;
  let wrong = 0;
  for (const [row, label] of labels.entries()) {
    const start = row * width;
    loss += logSumExp(values, { start, width, beta: 1 }) - (values[start + label] as number);
    let best = 0;
    for (let at = 1; at < width; at++) if ((values[start + at] as number) > (values[start + best] as number)) best = at;
    if (best !== label) wrong++;
  }
  return { loss: loss / labels.length, error: wrong / labels.length };
}

/** Binary cross-entropy of one logit a row, labels 0 and 1. */
export function ofTwoClasses({ values }: Rows, labels: Float64Array): Quality {
  let loss = 0;
  let wrong = 0;
  for (const [row, label] of labels.entries()) {
    const z = values[row] as number;
    loss += Math.max(z, 0) - z * label + ln(1 + exp(-Math.abs(z)));
    if (z > 0 !== (label === 1)) wrong++;
  }
  return { loss: loss / labels.length, error: wrong / labels.length };
}

/** Mean squared error, and its share of the targets' variance. */
export function ofValues({ values }: Rows, targets: Float64Array): Quality {
  let squares = 0;
  let sum = 0;
  for (const [at, target] of targets.entries()) {
    squares += ((values[at] as number) - target) * ((values[at] as number) - target);
    sum += target;
  }
  const mean = sum / targets.length;
  const spread = targets.reduce((total, target) => total + (target - mean) * (target - mean), 0);
  return { loss: squares / targets.length, error: spread > 0 ? squares / spread : null };
}

/**
 * How far a classifier is, at any temperature, from the mean of its logits under noise: min over T of the mean KL(G ‖ softmax(f/T)),
 * G = softmax(Z), in nats.
 *
 * Z   mean logits with noise, by which it was trained; f   its logits without
 *
 * In 1/T it is convex; it is sought between 1/100 and 100, to 10⁻⁶ of it.
 */
export function shapeScore(logits: Rows, meanLogits: Rows): number {
  const { width } = logits;
  const rows = logits.values.length / width;
  const shares = new Float64Array(meanLogits.values.length);
  let entropy = 0;
  let energy = 0;
  for (let start = 0; start < shares.length; start += width) {
    const total = logSumExp(meanLogits.values, { start, width, beta: 1 });
    for (let at = start; at < start + width; at++) {
      const logarithm = (meanLogits.values[at] as number) - total;
      const share = exp(logarithm);
      shares[at] = share;
      entropy += share * logarithm;
      energy += share * (logits.values[at] as number);
    }
  }
  const scoreAt = (beta: number) => {
    let total = entropy - beta * energy;
    for (let start = 0; start < shares.length; start += width) {
      total += logSumExp(logits.values, { start, width, beta });
    }
    return total / rows;
  };
  return Math.max(0, scoreAt(exp(minimumOf((x) => scoreAt(exp(x)), ln(0.01), ln(100)))));
}

/** Where a function with one minimum has it, by golden sections. */
function minimumOf(f: (x: number) => number, low: number, high: number): number {
  let [from, to] = [low, high];
  let [left, right] = [to - GOLDEN * (to - from), from + GOLDEN * (to - from)];
  let [atLeft, atRight] = [f(left), f(right)];
  while (to - from > 1e-6) {
    if (atLeft <= atRight) {
      [to, right, atRight] = [right, left, atLeft];
      left = to - GOLDEN * (to - from);
      atLeft = f(left);
    } else {
      [from, left, atLeft] = [left, right, atRight];
      right = from + GOLDEN * (to - from);
      atRight = f(right);
    }
  }
  return (from + to) / 2;
}

/** (√5 − 1)/2. */
const GOLDEN = (Math.sqrt(5) - 1) / 2;

function logSumExp(
  values: Rows["values"],
  { start, width, beta }: { readonly start: number; readonly width: number; readonly beta: number },
): number {
  let most = Number.NEGATIVE_INFINITY;
  for (let at = start; at < start + width; at++) most = Math.max(most, beta * (values[at] as number));
  let sum = 0;
  for (let at = start; at < start + width; at++) sum += exp(beta * (values[at] as number) - most);
  return most + ln(sum);
}

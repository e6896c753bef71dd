import { VshiftError } from "../errors.ts";
import { meanOf } from "../numeric/mean.ts";
import { type NoiseCovariance, rescaled } from "./covariance.ts";
import type { NormDiagnosis, Prediction } from "./diagnosis.ts";
import type { BatchNormOfModel, ModelGraph, ModelNode } from "./graph.ts";
import { acrossOf, cleanSignal, isBoundOnly, lengthsOf, noiseOf, type Signal, unknownFor } from "./signal.ts";
import {
  throughActivation,
  throughAdd,
  throughConcat,
  throughFlatten,
  throughNoise,
  throughPool,
  throughScale,
} from "./through-layers.ts";
import { throughConvolution, throughLinear } from "./through-weights.ts";

/**
 * Δ = Var_test / Var_train at each Batch Normalization of a trained network, of its file alone: the stored running variance is
 * Var_train, so only what noise adds to it has to be known.
 *
 *   straight before the norm    Var_test = V − σ²(V + M²)/(1 + σ²), exact for any law of the data
 *   through other layers        Var_test = V − N
 *
 * V, M   running variance and running mean
 * σ²     relative variance of the noise, drop/(1 − drop) for dropout
 * N      variance that earlier noise adds, from its covariance carried along: σ²·E x² where a mask multiplies x, W·N·Wᵀ behind
 *        weights W, E f′·E f′·N behind a function f of a normal (its diagonal from exact moments), γ²N/(V + ε) behind a norm
 *
 * A norm's output has mean β and variance γ²V/(V + ε) during training, in each channel, and is taken to be normal. Where that is not
 * enough the answer is a bound for any data, or that it needs data, with a reason (docs/AUDIT.md). The cost of a layer is that of a
 * product of matrices of its channels; up to 256 channels their covariances are kept, beyond only variances.
 */
export function diagnose({ nodes }: ModelGraph): readonly NormDiagnosis[] {
  const signals: (Signal | undefined)[] = [];
  const found: NormDiagnosis[] = [];
  const lastReader = lastReaders(nodes);
  let kept = 0;
  for (const [index, node] of nodes.entries()) {
    requireFew(node.shape[1] ?? 0);
    const from = node.from.map((at) => signals[at] as Signal);
    let signal = through(node, from, index);
    if (node.layer.kind === "batch-norm") {
      const { output, prediction } = throughNorm(signal, node.layer);
      found.push({ norm: node.layer, node, noise: signal.noise.map((at) => nodes[at] as ModelNode), prediction });
      signal = output;
    }
    signals.push(signal);
    kept += sizeOf(signal);
    requireFew(kept);
    for (const at of new Set([...node.from, index])) {
      if (lastReader[at] !== index) continue;
      kept -= sizeOf(signals[at] as Signal);
      signals[at] = undefined;
    }
  }
  return found;
}

/** For each node the last that reads it; itself where none does. */
function lastReaders(nodes: readonly ModelNode[]): readonly number[] {
  const last = nodes.map((_, index) => index);
  for (const [index, { from }] of nodes.entries()) {
    for (const at of from) last[at] = index;
  }
  return last;
}

/** Numbers that a signal holds, at most. */
function sizeOf({ channels, added }: Signal): number {
  return ARRAYS * channels + (added?.full?.length ?? 0);
}

/** Of moments, bounds, shifts and variances. */
const ARRAYS = 10;

/** A `VshiftError` for a network whose channels take more memory than any real one's. */
function requireFew(numbers: number): void {
  if (numbers <= MOST_NUMBERS) return;
  throw new VshiftError({
    code: "invalid-file",
    field: "model",
    problem: `has so many channels that more than ${MOST_NUMBERS} numbers would be kept at a time`,
    hint: "export a part of the model",
  });
}

/** 1 GiB of doubles. */
const MOST_NUMBERS = 2 ** 27;

/** The output of any layer but a norm; where what noise adds is not known any more, the reason names the layer. */
function through(node: ModelNode, from: readonly Signal[], index: number): Signal {
  const unknown = from.find((one) => one.unknown !== null)?.unknown ?? null;
  if (unknown === null) {
    const signal = throughLayer(node, from, index);
    return signal.unknown === null ? signal : { ...signal, unknown: `${signal.unknown}${placeOf(node)}` };
  }
  const noise = node.layer.kind === "noise" ? [...noiseOf(from), index] : noiseOf(from);
  return unknownFor({ ...unread(node), noise }, unknown);
}

/** " (features.3, net.py:12)". */
function placeOf({ module, source }: ModelNode): string {
  const parts = [module, source ?? ""].filter((part) => part !== "");
  return parts.length === 0 ? "" : ` (${parts.join(", ")})`;
}

function unread({ shape }: ModelNode): Signal {
  return cleanSignal(shape[1] ?? 0, lengthsOf(shape.slice(2)));
}

function throughLayer(node: ModelNode, from: readonly Signal[], index: number): Signal {
  const { layer } = node;
  const [signal = unread(node)] = from;
  switch (layer.kind) {
    case "input":
    case "constant":
      return unread(node);
    case "noise":
      return throughNoise(layer.variance === null ? { ...unread(node), noise: noiseOf(from) } : signal, layer, index);
    case "activation":
      return throughActivation(signal, layer);
    case "linear":
      return throughLinear(signal, layer);
    case "convolution":
      return throughConvolution(signal, layer, node);
    case "pool":
      return throughPool(signal, layer, node);
    case "add":
      return throughAdd(from, { positions: lengthsOf(node.shape.slice(2)) });
    case "concat":
      return throughConcat(from, node);
    case "flatten":
      return throughFlatten(signal, layer);
    case "reshape":
      return { ...signal, positions: lengthsOf(node.shape.slice(2)) };
    case "scale":
      return throughScale(signal, layer.factor);
    case "multiply":
      return unknownFor({ ...unread(node), noise: noiseOf(from) }, "noise before a product of two values");
    case "opaque": {
      const reason = `noise before ${layer.operation}, which vshift does not know`;
      return unknownFor({ ...unread(node), noise: noiseOf(from) }, reason);
    }
    case "batch-norm": {
      const isFitting = signal.channels === layer.variance.length;
      return isFitting
        ? signal
        : unknownFor({ ...signal, channels: layer.variance.length }, "noise before a norm of another shape");
    }
  }
}

interface AtNorm {
  readonly prediction: Prediction;
  readonly output: Signal;
}

function throughNorm(signal: Signal, norm: BatchNormOfModel): AtNorm {
  const { variance, epsilon, gain, bias } = norm;
  const channels = variance.length;
  const gains = variance.map((v, channel) => (gain?.[channel] ?? 1) / Math.sqrt(v + epsilon));
  const outputMean = bias ?? new Float64Array(channels);
  const outputVariance = variance.map((v, channel) => squared(gains[channel] as number) * v);
  const square = outputVariance.map((v, channel) => v + squared(outputMean[channel] as number));
  const output = {
    ...cleanSignal(channels, signal.positions),
    noise: signal.noise,
    moments: { mean: outputMean, variance: outputVariance, isNormal: true },
    square: { low: square, high: square },
  };
  if (signal.noise.length === 0) return { prediction: unchanged(channels), output };
  if (signal.unknown !== null) return needsData(output, signal.unknown);
  const own = ownNoise(signal, norm);
  const meanShift = signal.meanShift.map(
    (shift, channel) => shift / Math.sqrt((variance[channel] as number) + epsilon),
  );
  const atLeast = (less: Float64Array) =>
    variance.map((v, channel) =>
      v === 0 ? 1 : Math.max(0, 1 - ((own[channel] as number) + (less[channel] as number)) / v),
    );
  const { addedBounds } = signal;
  const low = addedBounds && meanOf(atLeast(addedBounds.high));
  const high = addedBounds && meanOf(atLeast(addedBounds.low));
  const shifts = { meanShift: Math.sqrt(meanOf(meanShift.map((shift) => shift * shift))), reason: null };
  if (isBoundOnly(signal)) {
    return {
      prediction: { method: "bound", ratio: null, low, high, ...shifts, channels: null },
      output: unknownFor(output, "noise that is known within bounds only"),
    };
  }
  const removed = signal.added?.variances ?? new Float64Array(channels);
  const ratio = atLeast(removed);
  const few = ratio.filter((value) => value < LEAST_RATIO).length;
  if (few > 0) {
    const many = channels === 1 ? "the channel" : `${few} of ${channels} channels`;
    return needsData(
      output,
      `less than ${LEAST_RATIO * 100} % of the running variance would be left in ${many} of ${norm.name}`,
    );
  }
  const isExact = signal.added === null;
  const method = isExact ? "exact" : "transport";
  const whole = meanOf(ratio);
  const interval = isExact ? { low: whole, high: whole } : { low, high };
  const lost = ratio.map((value, channel) => (1 - value) * (outputVariance[channel] as number));
  const added: NoiseCovariance =
    signal.added === null ? { variances: lost, full: null } : rescaled(signal.added, gains, lost);
  return {
    prediction: { method, ratio: whole, ...interval, ...shifts, channels: { ratio, meanShift: signal.meanShift } },
    output: {
      ...output,
      meanShift: signal.meanShift.map((shift, channel) => shift * (gains[channel] as number)),
      added,
      across: acrossOf(signal),
    },
  };
}

/** What noise straight before the norm adds, σ²(V + M²)/(1 + σ²): both moments are those of the noisy value. */
function ownNoise({ fresh, channels }: Signal, { mean, variance }: BatchNormOfModel): Float64Array {
  if (fresh === null) return new Float64Array(channels);
  return fresh.relativeVariance.map((relative, channel) => {
    const square = (variance[channel] as number) + squared(mean[channel] as number);
    return (relative * square) / (1 + relative);
  });
}

function squared(value: number): number {
  return value * value;
}

/** Below it the running variance says little: what is left is a small difference of large numbers. */
const LEAST_RATIO = 0.02;

function unchanged(channels: number): Prediction {
  return {
    method: "exact",
    ratio: 1,
    low: 1,
    high: 1,
    meanShift: 0,
    channels: { ratio: new Float64Array(channels).fill(1), meanShift: new Float64Array(channels) },
    reason: null,
  };
}

function needsData(output: Signal, reason: string): AtNorm {
  return {
    prediction: { method: "needs-data", ratio: null, low: null, high: null, meanShift: null, channels: null, reason },
    output: unknownFor(output, reason),
  };
}

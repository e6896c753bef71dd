/**
 * Covariance of what noise adds to the channels of a value: all of it, or the variances alone where the channels are too many. What is
 * left out is taken to be 0.
 */
export interface NoiseCovariance {
  readonly variances: Float64Array;
  /** Channels × channels, row by row, its diagonal the variances; null where only they are kept. */
  readonly full: Float64Array | null;
}

/** Channels up to which covariances are kept: the cost of a layer grows with their cube. */
const MOST_CHANNELS = 256;

/** Noise that is independent from channel to channel. */
export function independent(variances: Float64Array): NoiseCovariance {
  return { variances, full: null };
}

export function sumOf(one: NoiseCovariance, other: NoiseCovariance): NoiseCovariance {
  const variances = one.variances.map((value, at) => value + (other.variances[at] as number));
  if (one.full === null && other.full === null) return { variances, full: null };
  const left = expanded(one);
  const right = expanded(other);
  return { variances, full: left.map((value, at) => value + (right[at] as number)) };
}

/** Channel by channel multiplied by a factor, and given these variances. */
export function rescaled({ full }: NoiseCovariance, factors: Float64Array, variances: Float64Array): NoiseCovariance {
  if (full === null) return { variances, full: null };
  const size = variances.length;
  const result = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < size; j++) {
      result[i * size + j] = (factors[i] as number) * (factors[j] as number) * (full[i * size + j] as number);
    }
    result[i * size + i] = variances[i] as number;
  }
  return { variances, full: result };
}

/** The channels of one behind those of the other, without covariance between them. */
export function concatenated(parts: readonly NoiseCovariance[]): NoiseCovariance {
  const size = parts.reduce((sum, { variances }) => sum + variances.length, 0);
  const variances = new Float64Array(size);
  const full = size <= MOST_CHANNELS && parts.some((part) => part.full !== null) ? new Float64Array(size * size) : null;
  let start = 0;
  for (const part of parts) {
    const own = part.variances.length;
    variances.set(part.variances, start);
    if (full !== null) {
      const block = expanded(part);
      for (let i = 0; i < own; i++) full.set(block.subarray(i * own, (i + 1) * own), (start + i) * size + start);
    }
    start += own;
  }
  return { variances, full };
}

/** Each channel's positions as channels of their own, without covariance between positions. */
export function flattened(
  { variances, full }: NoiseCovariance,
  positions: number,
  fastest: "positions" | "channels",
): NoiseCovariance {
  const channels = variances.length;
  const size = channels * positions;
  const isTogether = fastest === "positions";
  const place = (channel: number, position: number) =>
    isTogether ? channel * positions + position : position * channels + channel;
  const repeated = Float64Array.from(
    { length: size },
    (_, at) => variances[isTogether ? Math.floor(at / positions) : at % channels] as number,
  );
  if (full === null || size > MOST_CHANNELS) return { variances: repeated, full: null };
  const result = new Float64Array(size * size);
  for (let i = 0; i < channels; i++) {
    for (let j = 0; j < channels; j++) {
      for (let q = 0; q < positions; q++) {
        result[place(i, q) * size + place(j, q)] = full[i * channels + j] as number;
      }
    }
  }
  return { variances: repeated, full: result };
}

/** Weights of one tap: neurons × channels, row by row, and the share of positions at which the tap is inside the map. */
export interface Tap {
  readonly weights: Float64Array;
  readonly share: number;
}

/** What neurons make of it, N ← Σ share·W·N·Wᵀ over the taps: the noise at different positions is taken to be independent. */
export function mixed(noise: NoiseCovariance, taps: Iterable<Tap>, neurons: number): NoiseCovariance {
  const full = neurons <= MOST_CHANNELS ? new Float64Array(neurons * neurons) : null;
  const variances = new Float64Array(neurons);
  const channels = noise.variances.length;
  const row = new Float64Array(channels);
  for (const { weights, share } of taps) {
    for (let i = 0; i < neurons; i++) {
      carry(weights, i * channels, noise, row);
      variances[i] = (variances[i] as number) + share * dot(row, weights, i * channels);
      if (full === null) continue;
      for (let j = 0; j <= i; j++) {
        full[i * neurons + j] = (full[i * neurons + j] as number) + share * dot(row, weights, j * channels);
      }
    }
  }
  if (full !== null) mirror(full, neurons);
  return { variances, full };
}

/** Above the diagonal what is below it. */
function mirror(full: Float64Array, size: number): void {
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < i; j++) full[j * size + i] = full[i * size + j] as number;
  }
}

/** row ← wᵀN for the weights of the neuron that start there. */
function carry(weights: Float64Array, start: number, { variances, full }: NoiseCovariance, row: Float64Array): void {
  const size = row.length;
  if (full === null) {
    for (let k = 0; k < size; k++) row[k] = (weights[start + k] as number) * (variances[k] as number);
    return;
  }
  row.fill(0);
  for (let k = 0; k < size; k++) {
    const weight = weights[start + k] as number;
    if (weight === 0) continue;
    for (let j = 0; j < size; j++) row[j] = (row[j] as number) + weight * (full[k * size + j] as number);
  }
}

function expanded({ variances, full }: NoiseCovariance): Float64Array {
  if (full !== null) return full;
  const size = variances.length;
  const result = new Float64Array(size * size);
  for (let i = 0; i < size; i++) result[i * size + i] = variances[i] as number;
  return result;
}

function dot(row: Float64Array, weights: Float64Array, start: number): number {
  let sum = 0;
  for (let k = 0; k < row.length; k++) sum += (row[k] as number) * (weights[start + k] as number);
  return sum;
}

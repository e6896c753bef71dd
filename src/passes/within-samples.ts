import type { Affine } from "../model/computation.ts";
import { exp } from "../numeric/exp.ts";
import { ln } from "../numeric/ln.ts";
import type { Loaded } from "./loaded.ts";
import { NotRunnable, type Operand, type Operation, sizeOf } from "./operation.ts";

// Operations that mix the numbers of a sample, by sums in double precision.

/** The softmax of an axis, or its logarithm. */
export function softmax(
  { shape }: Operand,
  { axis, isLogarithm }: { readonly axis: number; readonly isLogarithm: boolean },
): Operation {
  const length = shape[axis] ?? 0;
  const inner = sizeOf(shape.slice(axis + 1));
  const lines = sizeOf(shape) / length;
  return {
    shape,
    isInPlace: true,
    run(inputs, out, samples) {
      const x = inputs[0] as Float32Array;
      for (let line = 0; line < samples * lines; line++) {
        const start = Math.floor(line / inner) * inner * length + (line % inner);
        softmaxOf(x, out, { start, step: inner, length, isLogarithm });
      }
    },
  };
}

interface Line {
  readonly start: number;
  readonly step: number;
  readonly length: number;
  readonly isLogarithm: boolean;
}

function softmaxOf(x: Float32Array, out: Float32Array, { start, step, length, isLogarithm }: Line): void {
  let most = Number.NEGATIVE_INFINITY;
  for (let at = 0; at < length; at++) most = Math.max(most, x[start + at * step] as number);
  let sum = 0;
  for (let at = 0; at < length; at++) sum += exp((x[start + at * step] as number) - most);
  const logarithm = ln(sum) + most;
  for (let at = 0; at < length; at++) {
    const place = start + at * step;
    const value = x[place] as number;
    out[place] = isLogarithm ? value - logarithm : exp(value - most) / sum;
  }
}

/** (x − mean)/√(variance + ε)·gain + bias over the last axes. */
export function layerNorm(
  { shape }: Operand,
  { axes, affine }: { readonly axes: number; readonly affine: Loaded<Affine> },
): Operation {
  const size = sizeOf(shape.slice(-axes));
  return normOf(shape, { size, affine, channelAt: (at) => at % size });
}

/** The same over the positions and the channels of a group; gain and bias are a channel's. */
export function groupNorm(
  { shape }: Operand,
  { groups, affine }: { readonly groups: number; readonly affine: Loaded<Affine> },
): Operation {
  const [channels = 0, ...positions] = shape;
  const inner = sizeOf(positions);
  return normOf(shape, {
    size: (channels / groups) * inner,
    affine,
    channelAt: (at) => Math.floor(at / inner) % channels,
  });
}

interface NormOfGroups {
  readonly size: number;
  readonly affine: Loaded<Affine>;
  /** Which gain belongs to an element, counted from the first of all samples. */
  readonly channelAt: (at: number) => number;
}

function normOf(shape: readonly number[], { size, affine, channelAt }: NormOfGroups): Operation {
  const { gain, bias, epsilon } = affine;
  const groups = sizeOf(shape) / size;
  return {
    shape,
    isInPlace: true,
    run(inputs, out, samples) {
      const x = inputs[0] as Float32Array;
      for (let start = 0; start < samples * groups * size; start += size) {
        let sum = 0;
        for (let at = start; at < start + size; at++) sum += x[at] as number;
        const mean = sum / size;
        let squares = 0;
        for (let at = start; at < start + size; at++)
          squares += ((x[at] as number) - mean) * ((x[at] as number) - mean);
        const scale = 1 / Math.sqrt(squares / size + epsilon);
        for (let at = start; at < start + size; at++) {
          const channel = channelAt(at);
          const y = ((x[at] as number) - mean) * scale * (gain?.values[channel] ?? 1);
          out[at] = y + (bias?.values[channel] ?? 0);
        }
      }
    },
  };
}

/** The mean over axes, which then have a length of 1 or are left out. */
export function meanOver(
  { shape }: Operand,
  { axes, rank }: { readonly axes: readonly number[]; readonly rank: number },
): Operation {
  const kept = shape.map((length, axis) => (axes.includes(axis) ? 1 : length));
  const after = rank === shape.length ? kept : shape.filter((_, axis) => !axes.includes(axis));
  const inner = kept.map((_, axis) => sizeOf(kept.slice(axis + 1)));
  const outer = shape.map((_, axis) => sizeOf(shape.slice(axis + 1)));
  const places = Int32Array.from({ length: sizeOf(shape) }, (_, at) =>
    kept.reduce(
      (place, length, axis) =>
        place + (length === 1 ? 0 : Math.floor(at / (outer[axis] as number)) % length) * (inner[axis] as number),
      0,
    ),
  );
  const [size, own] = [sizeOf(after), places.length];
  const sums = new Float64Array(size);
  return {
    shape: after,
    isInPlace: false,
    run(inputs, out, samples) {
      const x = inputs[0] as Float32Array;
      for (let sample = 0; sample < samples; sample++) {
        sums.fill(0);
        for (let at = 0; at < own; at++) {
          const place = places[at] as number;
          sums[place] = (sums[place] as number) + (x[sample * own + at] as number);
        }
        for (let at = 0; at < size; at++) out[sample * size + at] = ((sums[at] as number) * size) / own;
      }
    },
  };
}

/** The product of the last two axes, for each index of those before. */
export function matrixProduct(one: Operand, other: Operand): Operation {
  const [rows = 0, inner = 0] = one.shape.slice(-2);
  const [innerToo = 0, columns = 0] = other.shape.slice(-2);
  const batch = one.shape.slice(0, -2);
  if (inner !== innerToo || batch.join() !== other.shape.slice(0, -2).join()) {
    throw new NotRunnable(`a product of [${one.shape.join(", ")}] and [${other.shape.join(", ")}]`);
  }
  const matrices = sizeOf(batch);
  return {
    shape: [...batch, rows, columns],
    isInPlace: false,
    work: matrices * rows * inner * columns,
    run(inputs, out, samples) {
      const [a, b] = inputs as [Float32Array, Float32Array];
      for (let at = 0; at < samples * matrices; at++) {
        const [first, second] = [matrixOf(one, at, matrices), matrixOf(other, at, matrices)];
        const x = a.subarray(first * rows * inner, (first + 1) * rows * inner);
        const y = b.subarray(second * inner * columns, (second + 1) * inner * columns);
        multiply(x, y, { out: out.subarray(at * rows * columns, (at + 1) * rows * columns), rows, inner, columns });
      }
    },
  };
}

/** Which matrix of an operand belongs to one of all samples; a constant has those of one sample. */
function matrixOf({ isConstant }: Operand, at: number, matrices: number): number {
  return isConstant ? at % matrices : at;
}

interface Sizes {
  readonly out: Float32Array;
  readonly rows: number;
  readonly inner: number;
  readonly columns: number;
}

function multiply(x: Float32Array, y: Float32Array, { out, rows, inner, columns }: Sizes): void {
  const sums = new Float64Array(columns);
  for (let row = 0; row < rows; row++) {
    sums.fill(0);
    for (let k = 0; k < inner; k++) {
      const factor = x[row * inner + k] as number;
      const from = k * columns;
      for (let column = 0; column < columns; column++) {
        sums[column] = (sums[column] as number) + factor * (y[from + column] as number);
      }
    }
    out.set(sums, row * columns);
  }
}

/** softmax(Q·Kᵀ·scale)·V; where it is causal, a row sees the columns up to its own. */
export function attention(
  [query, key, value]: readonly Operand[],
  { scale, isCausal }: { readonly scale: number | null; readonly isCausal: boolean },
): Operation {
  if (query === undefined || key === undefined || value === undefined) throw new NotRunnable("three values");
  const [rows = 0, width = 0] = query.shape.slice(-2);
  const [places = 0, widthOfKey = 0] = key.shape.slice(-2);
  const [placesOfValue = 0, columns = 0] = value.shape.slice(-2);
  const batch = query.shape.slice(0, -2);
  const isFitting =
    width === widthOfKey &&
    places === placesOfValue &&
    [key, value].every(({ shape }) => shape.slice(0, -2).join() === batch.join());
  if (!isFitting) throw new NotRunnable("queries, keys and values of fitting shapes");
  const matrices = sizeOf(batch);
  const factor = scale ?? 1 / Math.sqrt(width);
  const scores = new Float32Array(places);
  const sums = new Float64Array(columns);
  return {
    shape: [...batch, rows, columns],
    isInPlace: false,
    work: matrices * rows * places * (width + columns),
    run(inputs, out, samples) {
      const [q, k, v] = inputs as [Float32Array, Float32Array, Float32Array];
      for (let at = 0; at < samples * matrices; at++) {
        const [ofQuery, ofKey, ofValue] = [query, key, value].map((one) => matrixOf(one, at, matrices)) as [
          number,
          number,
          number,
        ];
        for (let row = 0; row < rows; row++) {
          const from = (ofQuery * rows + row) * width;
          const seen = isCausal ? Math.min(places, row + 1) : places;
          for (let place = 0; place < seen; place++) {
            let sum = 0;
            const other = (ofKey * places + place) * width;
            for (let index = 0; index < width; index++) {
              sum += (q[from + index] as number) * (k[other + index] as number);
            }
            scores[place] = sum * factor;
          }
          softmaxOf(scores, scores, { start: 0, step: 1, length: seen, isLogarithm: false });
          sums.fill(0);
          for (let place = 0; place < seen; place++) {
            const share = scores[place] as number;
            const other = (ofValue * places + place) * columns;
            for (let column = 0; column < columns; column++) {
              sums[column] = (sums[column] as number) + share * (v[other + column] as number);
            }
          }
          out.set(sums, (at * rows + row) * columns);
        }
      }
    },
  };
}

// Operations of networks as PyTorch's documentation defines them, element by element over indices; all axes, the samples first. Slow,
// and in double precision.

export interface Nd {
  readonly shape: readonly number[];
  readonly values: Float64Array;
}

type Index = readonly number[];

export function nd(shape: readonly number[], at: (index: Index) => number): Nd {
  const size = shape.reduce((product, length) => product * length, 1);
  return { shape, values: Float64Array.from({ length: size }, (_, place) => at(indexOf(place, shape))) };
}

function indexOf(place: number, shape: readonly number[]): Index {
  const index: number[] = [];
  let rest = place;
  for (const length of shape.toReversed()) {
    index.unshift(rest % length);
    rest = Math.floor(rest / length);
  }
  return index;
}

/** The element at an index; `outside` where there is none, an error if that is not given. */
export function at({ shape, values }: Nd, index: Index, outside?: number): number {
  const isInside = index.length === shape.length && index.every((one, axis) => one >= 0 && one < (shape[axis] ?? 0));
  if (!isInside && outside === undefined) throw new Error(`no [${index}] in [${shape}]`);
  const place = index.reduce((sum, one, axis) => sum * (shape[axis] ?? 0) + one, 0);
  return isInside ? (values[place] ?? Number.NaN) : (outside ?? Number.NaN);
}

/** All indices of a shape. */
function indices(shape: readonly number[]): readonly Index[] {
  const size = shape.reduce((product, length) => product * length, 1);
  return Array.from({ length: size }, (_, place) => indexOf(place, shape));
}

export interface Sides {
  readonly before: number;
  readonly after: number;
}

interface Windows {
  readonly size: readonly number[];
  readonly stride: readonly number[];
  readonly padding: readonly Sides[];
  readonly dilation: readonly number[];
}

const of = (numbers: readonly number[], axis: number) => numbers[axis] ?? Number.NaN;

/** torch.nn.Conv2d, "Shape": ⌊(L + padding − dilation·(kernel − 1) − 1)/stride + 1⌋. */
function lengthsAfter(lengths: readonly number[], { size, stride, padding, dilation }: Windows, isCeil = false) {
  return lengths.map((length, axis) => {
    const { before, after } = padding[axis] ?? { before: 0, after: 0 };
    const exact = (length + before + after - of(dilation, axis) * (of(size, axis) - 1) - 1) / of(stride, axis) + 1;
    if (!isCeil) return Math.floor(exact);
    // torch.nn.MaxPool2d, "ceil_mode": sliding windows that would start in the right padded region are ignored.
    const rounded = Math.ceil(exact);
    return (rounded - 1) * of(stride, axis) >= length + before ? rounded - 1 : rounded;
  });
}

export function convolution(
  x: Nd,
  weight: Nd,
  bias: Nd | null,
  { groups, ...windows }: Omit<Windows, "size"> & { readonly groups: number },
): Nd {
  const [samples = 0, , ...lengths] = x.shape;
  const [outputs = 0, ofGroup = 0, ...size] = weight.shape;
  const shape = [samples, outputs, ...lengthsAfter(lengths, { ...windows, size })];
  return nd(shape, ([sample = 0, output = 0, ...position]) => {
    const group = Math.floor(output / (outputs / groups));
    let sum = bias === null ? 0 : at(bias, [output]);
    for (let channel = 0; channel < ofGroup; channel++) {
      for (const tap of indices(size)) {
        const place = position.map(
          (p, axis) => p * of(windows.stride, axis) + of(tap, axis) * of(windows.dilation, axis),
        );
        const read = place.map((p, axis) => p - (windows.padding[axis]?.before ?? 0));
        sum += at(weight, [output, channel, ...tap]) * at(x, [sample, group * ofGroup + channel, ...read], 0);
      }
    }
    return sum;
  });
}

export function linear(x: Nd, weight: Nd, bias: Nd | null): Nd {
  const [outputs = 0, inputs = 0] = weight.shape;
  return nd([...x.shape.slice(0, -1), outputs], (index) => {
    const output = index.at(-1) ?? 0;
    let sum = bias === null ? 0 : at(bias, [output]);
    for (let input = 0; input < inputs; input++)
      sum += at(x, [...index.slice(0, -1), input]) * at(weight, [output, input]);
    return sum;
  });
}

interface Sliding extends Windows {
  readonly roundsUp: boolean;
  readonly divisor: "padded" | "inside" | number;
}

/** torch.nn.MaxPool2d and AvgPool2d: `divisor` is divisor_override, or count_include_pad as "padded". */
export function slidingPool(x: Nd, kind: "max" | "average", { roundsUp, divisor, ...windows }: Sliding): Nd {
  const [samples = 0, channels = 0, ...lengths] = x.shape;
  const after = lengthsAfter(lengths, windows, roundsUp);
  return nd([samples, channels, ...after], ([sample = 0, channel = 0, ...position]) => {
    let [most, sum, inside, padded] = [Number.NEGATIVE_INFINITY, 0, 0, 0];
    for (const tap of indices(windows.size)) {
      const read = position.map(
        (p, axis) =>
          p * of(windows.stride, axis) +
          of(tap, axis) * of(windows.dilation, axis) -
          (windows.padding[axis]?.before ?? 0),
      );
      const value = at(x, [sample, channel, ...read], Number.NaN);
      // What is beyond the padding, where rounding up lets a window go, is no element of it.
      if (read.every((p, axis) => p < of(lengths, axis) + (windows.padding[axis]?.after ?? 0))) padded++;
      if (Number.isNaN(value)) continue;
      most = Math.max(most, value);
      sum += value;
      inside++;
    }
    if (kind === "max") return most;
    return sum / (typeof divisor === "number" ? divisor : divisor === "padded" ? padded : inside);
  });
}

/** torch.nn.AdaptiveAvgPool2d: from ⌊i·L/n⌋ up to ⌈(i + 1)·L/n⌉. */
export function adaptivePool(x: Nd, kind: "max" | "average", to: readonly number[]): Nd {
  const [samples = 0, channels = 0, ...lengths] = x.shape;
  return nd([samples, channels, ...to], ([sample = 0, channel = 0, ...position]) => {
    const read = indices(lengths).filter((index) =>
      index.every((p, axis) => {
        const [length, windows, own] = [of(lengths, axis), of(to, axis), of(position, axis)];
        return p >= Math.floor((own * length) / windows) && p < Math.ceil(((own + 1) * length) / windows);
      }),
    );
    const values = read.map((index) => at(x, [sample, channel, ...index]));
    return kind === "max" ? Math.max(...values) : values.reduce((a, b) => a + b, 0) / values.length;
  });
}

/** NumPy's rule: from the last axis back, a length of 1 stands for any. */
export function broadcast(values: readonly Nd[], combine: (one: number, other: number) => number): Nd {
  const rank = Math.max(...values.map(({ shape }) => shape.length));
  const aligned = values.map(({ shape, values: own }) => ({
    shape: [...new Array<number>(rank - shape.length).fill(1), ...shape],
    values: own,
  }));
  const shape = Array.from({ length: rank }, (_, axis) => Math.max(...aligned.map((one) => of(one.shape, axis))));
  return nd(shape, (index) =>
    aligned
      .map((one) =>
        at(
          one,
          index.map((own, axis) => (of(one.shape, axis) === 1 ? 0 : own)),
        ),
      )
      .reduce(combine),
  );
}

export function softmax(x: Nd, axis: number, isLogarithm: boolean): Nd {
  return nd(x.shape, (index) => {
    let sum = 0;
    for (let other = 0; other < of(x.shape, axis); other++) sum += Math.exp(at(x, index.with(axis, other)));
    return isLogarithm ? at(x, index) - Math.log(sum) : Math.exp(at(x, index)) / sum;
  });
}

interface Affine {
  readonly gain: Nd | null;
  readonly bias: Nd | null;
  readonly epsilon: number;
}

/** Of all elements for which `isSame` holds: (x − E x)/√(Var x + ε), the variance divided by their number. */
function standardized(x: Nd, epsilon: number, isSame: (one: Index, other: Index) => boolean): Nd {
  const all = indices(x.shape);
  return nd(x.shape, (index) => {
    const values = all.filter((other) => isSame(index, other)).map((other) => at(x, other));
    const mean = values.reduce((a, b) => a + b, 0) / values.length;
    const variance = values.reduce((a, b) => a + (b - mean) * (b - mean), 0) / values.length;
    return (at(x, index) - mean) / Math.sqrt(variance + epsilon);
  });
}

export function layerNorm(x: Nd, axes: number, { gain, bias, epsilon }: Affine): Nd {
  const kept = x.shape.length - axes;
  const y = standardized(x, epsilon, (one, other) => one.slice(0, kept).join() === other.slice(0, kept).join());
  return nd(x.shape, (index) => {
    const own = index.slice(kept);
    return at(y, index) * (gain === null ? 1 : at(gain, own)) + (bias === null ? 0 : at(bias, own));
  });
}

export function groupNorm(x: Nd, groups: number, { gain, bias, epsilon }: Affine): Nd {
  const groupOf = ([, channel = 0]: Index) => Math.floor(channel / (of(x.shape, 1) / groups));
  const y = standardized(x, epsilon, (one, other) => one[0] === other[0] && groupOf(one) === groupOf(other));
  return nd(x.shape, (index) => {
    const own = [index[1] ?? 0];
    return at(y, index) * (gain === null ? 1 : at(gain, own)) + (bias === null ? 0 : at(bias, own));
  });
}

export function matrixProduct(a: Nd, b: Nd): Nd {
  return nd([...a.shape.slice(0, -1), b.shape.at(-1) ?? 0], (index) => {
    const batch = index.slice(0, -2);
    const [row = 0, column = 0] = index.slice(-2);
    let sum = 0;
    for (let k = 0; k < (a.shape.at(-1) ?? 0); k++) sum += at(a, [...batch, row, k]) * at(b, [...batch, k, column]);
    return sum;
  });
}

/** torch.nn.functional.scaled_dot_product_attention, whose mask is that of `tril`. */
export function attention([q, k, v]: readonly [Nd, Nd, Nd], scale: number, isCausal: boolean): Nd {
  const keysOf = k.shape.map((_, axis, { length }) =>
    axis === length - 1 ? length - 2 : axis === length - 2 ? length - 1 : axis,
  );
  const scores = matrixProduct(q, permuted(k, keysOf));
  const masked = nd(scores.shape, (index) => {
    const [row = 0, column = 0] = index.slice(-2);
    return isCausal && column > row ? Number.NEGATIVE_INFINITY : at(scores, index) * scale;
  });
  return matrixProduct(softmax(masked, masked.shape.length - 1, false), v);
}

export function permuted(x: Nd, axes: readonly number[]): Nd {
  return nd(
    axes.map((axis) => of(x.shape, axis)),
    (index) => {
      const own = new Array<number>(index.length).fill(0);
      for (const [to, from] of axes.entries()) own[from] = of(index, to);
      return at(x, own);
    },
  );
}

export function meanOver(x: Nd, axes: readonly number[], keepsAxes: boolean): Nd {
  const kept = x.shape.map((length, axis) => (axes.includes(axis) ? 1 : length));
  const means = nd(kept, (index) => {
    const values = indices(x.shape)
      .filter((other) => other.every((own, axis) => axes.includes(axis) || own === index[axis]))
      .map((other) => at(x, other));
    return values.reduce((a, b) => a + b, 0) / values.length;
  });
  return keepsAxes ? means : { shape: x.shape.filter((_, axis) => !axes.includes(axis)), values: means.values };
}

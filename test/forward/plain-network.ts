// Every layer and noise of the notation in plain loops and double precision, which share no code with src/: a mini-batch with noise, and
// the same at test time, by the statistics of training. Numbers of draws are those of a generator of its own.

/** Samples × channels × positions, in both phases. */
export interface Maps {
  readonly channels: number;
  readonly sizes: readonly number[];
  readonly train: Float64Array;
  readonly test: Float64Array;
}

export type PlainLayer = (maps: Maps) => Maps;

/** The variance that each norm has seen, in its order. */
export interface Seen {
  readonly train: number;
  readonly test: number;
}

const EPSILON = 1e-5;

export function plainLayers(seed: number, samples: number) {
  const uniform = generator(seed);
  const normal = () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  const seen: Seen[] = [];

  const both = (maps: Maps, f: (x: Float64Array) => Float64Array): Maps => ({
    ...maps,
    train: f(maps.train),
    test: f(maps.test),
  });

  const input = (channels: number, sizes: readonly number[], draw: () => number = normal): Maps => {
    const train = Float64Array.from({ length: samples * channels * count(sizes) }, draw);
    return { channels, sizes, train, test: train };
  };

  const pointwise =
    (f: (x: number) => number): PlainLayer =>
    (maps) =>
      both(maps, (x) => x.map((value) => f(value)));

  /** What noise makes of x during training; one draw for each unit, each map, or each sample. */
  const noise =
    (draw: () => (x: number) => number, sharedBy: "unit" | "map" | "sample" = "unit"): PlainLayer =>
    (maps) => {
      const positions = count(maps.sizes);
      const every = { unit: 1, map: positions, sample: positions * maps.channels }[sharedBy];
      let change = draw();
      const train = maps.train.map((x, at) => {
        if (at > 0 && at % every === 0) change = draw();
        return change(x);
      });
      return { ...maps, train };
    };

  const kept = (rate: number, scale: number) => () => {
    const factor = uniform() < rate ? 0 : scale;
    return (x: number) => factor * x;
  };
  const dropout = (rate: number, sharedBy: "unit" | "map" | "sample" = "unit") =>
    noise(kept(rate, 1 / (1 - rate)), sharedBy);
  const mask = (rate: number) => noise(kept(rate, 1));
  const gaussianDropout = (rate: number) =>
    noise(() => {
      const factor = 1 + Math.sqrt(rate / (1 - rate)) * normal();
      return (x) => factor * x;
    });
  const uout = (beta: number) =>
    noise(() => {
      const factor = 1 + beta * (2 * uniform() - 1);
      return (x) => factor * x;
    });
  const gaussianNoise = (deviation: number) =>
    noise(() => {
      const added = deviation * normal();
      return (x) => x + added;
    });
  const alphaDropout = (rate: number) => {
    const dropped = -1.0507009873554805 * 1.6732632423543772;
    const slope = 1 / Math.sqrt((1 - rate) * (1 + rate * dropped * dropped));
    const shift = -slope * rate * dropped;
    return noise(() => {
      const isDropped = uniform() < rate;
      return (x) => slope * (isDropped ? dropped : x) + shift;
    });
  };

  /** Squares of a map that are dropped: a seed for each first corner, before the map's first unit too. */
  const dropBlock =
    (rate: number, size: number): PlainLayer =>
    (maps) => {
      const corners = maps.sizes.map((length) => length + size - 1);
      const probability = 1 - (1 - rate) ** (1 / size ** corners.length);
      const positions = count(maps.sizes);
      const train = maps.train.slice();
      for (let start = 0; start < train.length; start += positions) {
        const seeds = Array.from({ length: count(corners) }, () => uniform() < probability);
        for (let position = 0; position < positions; position++) {
          const at = indices(position, maps.sizes);
          const isDropped = seeds.some(
            (isSeed, corner) =>
              isSeed &&
              indices(corner, corners).every((one, axis) => {
                const distance = (at[axis] ?? 0) - (one - size + 1);
                return distance >= 0 && distance < size;
              }),
          );
          train[start + position] = isDropped ? 0 : (train[start + position] ?? 0) / (1 - rate);
        }
      }
      return { ...maps, train };
    };

  const cutout =
    (size: number): PlainLayer =>
    (maps) => {
      const positions = count(maps.sizes);
      const train = maps.train.slice();
      for (let sample = 0; sample < samples; sample++) {
        const corner = maps.sizes.map((length) => Math.floor(uniform() * (length - size + 1)));
        for (let unit = 0; unit < maps.channels * positions; unit++) {
          const at = indices(unit % positions, maps.sizes);
          const isInside = at.every((one, axis) => one >= (corner[axis] ?? 0) && one < (corner[axis] ?? 0) + size);
          if (isInside) train[sample * maps.channels * positions + unit] = 0;
        }
      }
      return { ...maps, train };
    };

  const weightsOf = (length: number, inputs: number, law: Weights): Float64Array => {
    const deviation = Math.sqrt((law.kind === "he" ? 2 : 1) / inputs);
    const draw = law.kind === "uniform" ? () => Math.sqrt(3) * (2 * uniform() - 1) : normal;
    return Float64Array.from({ length }, () => deviation * (draw() + (law.mean ?? 0)));
  };

  /** A convolution; a linear layer is one of units without positions. With a drop rate of weights, of each sample on its own. */
  const conv =
    (
      channels: number,
      kernel: number,
      {
        stride = 1,
        padding = Math.floor((kernel - 1) / 2),
        groups = 1,
        drop = 0,
        law = { kind: "he" } as Weights,
      }: ConvolutionOptions = {},
    ): PlainLayer =>
    (maps) => {
      const taps = maps.sizes.map(() => kernel);
      const after = maps.sizes.map((length) => Math.floor((length + 2 * padding - kernel) / stride) + 1);
      const [positions, windows] = [count(maps.sizes), count(after)];
      const [inGroup, outOfGroup] = [maps.channels / groups, channels / groups];
      const width = inGroup * count(taps);
      const weights = weightsOf(channels * width, width, law);
      const isNoisy = drop > 0;
      const run = (x: Float64Array, isTraining: boolean) => {
        const y = new Float64Array(samples * channels * windows);
        for (let sample = 0; sample < samples; sample++) {
          const own = isNoisy && isTraining ? weights.map((w) => (uniform() < drop ? 0 : w / (1 - drop))) : weights;
          for (let window = 0; window < windows; window++) {
            const first = indices(window, after);
            for (let tap = 0; tap < count(taps); tap++) {
              const at = indices(tap, taps).map((one, axis) => (first[axis] ?? 0) * stride + one - padding);
              if (at.some((one, axis) => one < 0 || one >= (maps.sizes[axis] ?? 0))) continue;
              const place = at.reduce((sum, one, axis) => sum * (maps.sizes[axis] ?? 0) + one, 0);
              for (let out = 0; out < channels; out++) {
                const firstChannel = Math.floor(out / outOfGroup) * inGroup;
                const to = (sample * channels + out) * windows + window;
                for (let channel = 0; channel < inGroup; channel++) {
                  const w = own[out * width + channel * count(taps) + tap] ?? 0;
                  const from = (sample * maps.channels + firstChannel + channel) * positions + place;
                  y[to] = (y[to] ?? 0) + w * (x[from] ?? 0);
                }
              }
            }
          }
        }
        return y;
      };
      return { channels, sizes: after, train: run(maps.train, true), test: run(maps.test, false) };
    };

  const linear = (units: number, options: ConvolutionOptions = {}) => conv(units, 1, options);

  const bn: PlainLayer = (maps) => {
    const during = channelStatistics(maps, maps.train, samples);
    const at = channelStatistics(maps, maps.test, samples);
    seen.push({
      train: meanOf(during.map(({ variance }) => variance)),
      test: meanOf(at.map(({ variance }) => variance)),
    });
    const positions = count(maps.sizes);
    const n = samples * positions;
    return both(maps, (x) =>
      x.map((value, index) => {
        const { mean, variance } = during[Math.floor(index / positions) % maps.channels] ?? NONE;
        return (value - mean) / Math.sqrt((variance * (n - 1)) / n + EPSILON);
      }),
    );
  };

  /** Group Normalization; of one group, Layer Normalization. */
  const groupNorm =
    (groups: number): PlainLayer =>
    (maps) => {
      const size = (maps.channels / groups) * count(maps.sizes);
      const run = (x: Float64Array) => {
        const y = new Float64Array(x.length);
        let total = 0;
        for (let start = 0; start < x.length; start += size) {
          const part = [...x.subarray(start, start + size)];
          const mean = meanOf(part);
          const variance = meanOf(part.map((value) => (value - mean) ** 2));
          total += variance;
          for (const [at, value] of part.entries()) y[start + at] = (value - mean) / Math.sqrt(variance + EPSILON);
        }
        return { y, variance: total / (samples * groups) };
      };
      const [during, at] = [run(maps.train), run(maps.test)];
      seen.push({ train: during.variance, test: at.variance });
      return { ...maps, train: during.y, test: at.y };
    };

  const pool =
    (of: (values: readonly number[]) => number, size?: number, stride = size ?? 1): PlainLayer =>
    (maps) => {
      const window = maps.sizes.map((length) => size ?? length);
      const after = maps.sizes.map((length, axis) => Math.floor((length - (window[axis] ?? 0)) / stride) + 1);
      const positions = count(maps.sizes);
      const run = (x: Float64Array) =>
        Float64Array.from({ length: samples * maps.channels * count(after) }, (_, to) => {
          const first = indices(to % count(after), after);
          const map = Math.floor(to / count(after)) * positions;
          return of(
            Array.from({ length: count(window) }, (_, element) => {
              const at = indices(element, window).map((one, axis) => (first[axis] ?? 0) * stride + one);
              return x[map + at.reduce((sum, one, axis) => sum * (maps.sizes[axis] ?? 0) + one, 0)] ?? 0;
            }),
          );
        });
      return { ...both(maps, run), sizes: size === undefined ? [] : after };
    };
  const maxPool = (size: number, stride = size) => pool((values) => Math.max(...values), size, stride);
  const averagePool = (size?: number, stride?: number) => pool(meanOf, size, stride);

  const flatten: PlainLayer = (maps) => ({ ...maps, channels: maps.channels * count(maps.sizes), sizes: [] });

  const through = (maps: Maps, layers: readonly PlainLayer[]) => layers.reduce((made, layer) => layer(made), maps);

  const residual =
    (...layers: readonly PlainLayer[]): PlainLayer =>
    (maps) => {
      const made = through(maps, layers);
      const sum = (x: Float64Array, y: Float64Array) => x.map((value, at) => value + (y[at] ?? 0));
      return { ...maps, train: sum(maps.train, made.train), test: sum(maps.test, made.test) };
    };

  const concat =
    (...layers: readonly PlainLayer[]): PlainLayer =>
    (maps) => {
      const made = through(maps, layers);
      const [first, second] = [maps.channels * count(maps.sizes), made.channels * count(maps.sizes)];
      const join = (x: Float64Array, y: Float64Array) =>
        Float64Array.from({ length: x.length + y.length }, (_, at) => {
          const [sample, unit] = [Math.floor(at / (first + second)), at % (first + second)];
          return (unit < first ? x[sample * first + unit] : y[sample * second + unit - first]) ?? 0;
        });
      return {
        channels: maps.channels + made.channels,
        sizes: maps.sizes,
        train: join(maps.train, made.train),
        test: join(maps.test, made.test),
      };
    };

  return {
    ...{ seen, uniform, normal, through, input, pointwise, conv, linear, bn, groupNorm, flatten, residual, concat },
    ...{ dropout, mask, gaussianDropout, uout, gaussianNoise, alphaDropout, dropBlock, cutout, maxPool, averagePool },
  };
}

export type PlainLayers = ReturnType<typeof plainLayers>;

interface Weights {
  readonly kind: "he" | "normal" | "uniform";
  /** In standard deviations. */
  readonly mean?: number;
}

interface ConvolutionOptions {
  readonly stride?: number;
  readonly padding?: number;
  readonly groups?: number;
  readonly drop?: number;
  readonly law?: Weights;
}

const NONE = { mean: 0, variance: 1 };

/** Uniform numbers in [0, 1): mulberry32, by T. Ettinger. */
function generator(seed: number): () => number {
  let state = Math.imul(seed + 1, 0x9e3779b1);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function count(sizes: readonly number[]): number {
  return sizes.reduce((product, size) => product * size, 1);
}

/** The index along each axis of a place, the last axis first in memory. */
function indices(place: number, sizes: readonly number[]): number[] {
  const found: number[] = [];
  let left = place;
  for (let axis = sizes.length - 1; axis >= 0; axis--) {
    const size = sizes[axis] ?? 1;
    found[axis] = left % size;
    left = Math.floor(left / size);
  }
  return found;
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Means and unbiased variances of channels. */
function channelStatistics({ channels, sizes }: Maps, x: Float64Array, samples: number) {
  const positions = count(sizes);
  return Array.from({ length: channels }, (_, channel) => {
    const values: number[] = [];
    for (let sample = 0; sample < samples; sample++) {
      const start = (sample * channels + channel) * positions;
      values.push(...x.subarray(start, start + positions));
    }
    const mean = meanOf(values);
    return { mean, variance: values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1) };
  });
}

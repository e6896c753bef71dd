import seedrandom from "seedrandom";

/** Samples × channels × positions, in both phases. */
export interface Maps {
  readonly channels: number;
  readonly positions: number;
  readonly train: Float64Array;
  readonly test: Float64Array;
}

export const SAMPLES = 192;

/** Layers in plain loops, which share no code with src/. Each makes maps of maps. */
export function plainLayers(seed: string) {
  const uniform = seedrandom(seed);
  const normal = () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());

  type Layer = (maps: Maps) => Maps;

  const input = (channels: number, positions: number, of: (z: number) => number = (z) => z): Maps => {
    const train = Float64Array.from({ length: SAMPLES * channels * positions }, () => of(normal()));
    return { channels, positions, train, test: train };
  };

  const pointwise =
    (f: (x: number) => number): Layer =>
    (maps) => ({ ...maps, train: maps.train.map(f), test: maps.test.map(f) });

  /** x·multiplier during training, one for all that `sharing` says. */
  const noise =
    (multiplier: () => number, sharing: "unit" | "channel" | "sample"): Layer =>
    (maps) => {
      const every = sharing === "unit" ? 1 : sharing === "channel" ? maps.positions : maps.positions * maps.channels;
      let m = 1;
      const train = maps.train.map((x, at) => {
        if (at % every === 0) m = multiplier();
        return x * m;
      });
      return { ...maps, train };
    };

  const dropout = (drop: number, sharing: "unit" | "channel" | "sample" = "unit") =>
    noise(() => (uniform() < drop ? 0 : 1 / (1 - drop)), sharing);
  const mask = (drop: number) => noise(() => (uniform() < drop ? 0 : 1), "unit");

  /** Weights N(0, 1/inputs) of a kernel with zeros around. */
  const conv =
    (channels: number, kernel = 1): Layer =>
    (maps) => {
      const { positions } = maps;
      const weights = Float64Array.from(
        { length: channels * maps.channels * kernel },
        () => normal() / Math.sqrt(maps.channels * kernel),
      );
      const half = (kernel - 1) / 2;
      const run = (x: Float64Array) => {
        const y = new Float64Array(SAMPLES * channels * positions);
        for (let sample = 0; sample < SAMPLES; sample++) {
          for (let out = 0; out < channels; out++) {
            for (let position = 0; position < positions; position++) {
              let sum = 0;
              for (let tap = 0; tap < kernel; tap++) {
                const at = position + tap - half;
                if (at < 0 || at >= positions) continue;
                for (let channel = 0; channel < maps.channels; channel++) {
                  const w = weights[(out * maps.channels + channel) * kernel + tap] ?? 0;
                  sum += w * (x[(sample * maps.channels + channel) * positions + at] ?? 0);
                }
              }
              y[(sample * channels + out) * positions + position] = sum;
            }
          }
        }
        return y;
      };
      return { channels, positions, train: run(maps.train), test: run(maps.test) };
    };

  const norm: Layer = (maps) => {
    const statistics = channelStatistics(maps, maps.train);
    const run = (x: Float64Array) =>
      x.map((value, at) => {
        const { mean, variance } = statistics[Math.floor(at / maps.positions) % maps.channels] ?? NONE;
        return (value - mean) / Math.sqrt(variance);
      });
    return { ...maps, train: run(maps.train), test: run(maps.test) };
  };

  const average: Layer = (maps) => {
    const run = (x: Float64Array) =>
      Float64Array.from({ length: SAMPLES * maps.channels }, (_, at) => {
        let sum = 0;
        for (let position = 0; position < maps.positions; position++) sum += x[at * maps.positions + position] ?? 0;
        return sum / maps.positions;
      });
    return { channels: maps.channels, positions: 1, train: run(maps.train), test: run(maps.test) };
  };

  const residual =
    (...layers: readonly Layer[]): Layer =>
    (maps) => {
      const made = layers.reduce((x, layer) => layer(x), maps);
      const sum = (x: Float64Array, y: Float64Array) => x.map((value, at) => value + (y[at] ?? 0));
      return { ...maps, train: sum(maps.train, made.train), test: sum(maps.test, made.test) };
    };

  const concat =
    (...layers: readonly Layer[]): Layer =>
    (maps) => {
      const made = layers.reduce((x, layer) => layer(x), maps);
      const channels = maps.channels + made.channels;
      const [first, second] = [maps.channels * maps.positions, made.channels * maps.positions];
      const run = (x: Float64Array, y: Float64Array) => {
        const both = new Float64Array(x.length + y.length);
        for (let sample = 0; sample < SAMPLES; sample++) {
          both.set(x.subarray(sample * first, (sample + 1) * first), sample * (first + second));
          both.set(y.subarray(sample * second, (sample + 1) * second), sample * (first + second) + first);
        }
        return both;
      };
      return {
        channels,
        positions: maps.positions,
        train: run(maps.train, made.train),
        test: run(maps.test, made.test),
      };
    };

  const relu = pointwise((x) => Math.max(0, x));
  return { input, relu, dropout, mask, conv, norm, average, residual, concat };
}

export type PlainLayers = ReturnType<typeof plainLayers>;

const NONE = { mean: 0, variance: 1 };

function channelStatistics({ channels, positions }: Maps, x: Float64Array) {
  return Array.from({ length: channels }, (_, channel) => {
    let [sum, squares] = [0, 0];
    for (let sample = 0; sample < SAMPLES; sample++) {
      for (let position = 0; position < positions; position++) {
        const value = x[(sample * channels + channel) * positions + position] ?? 0;
        sum += value;
        squares += value * value;
      }
    }
    const count = SAMPLES * positions;
    const mean = sum / count;
    return { mean, variance: (squares - count * mean * mean) / (count - 1) };
  });
}

/** Δ and mean shift of these maps: sums over channels of both variances, and of the squared differences of the means. */
export function measuredShift(maps: Maps) {
  const [train, test] = [channelStatistics(maps, maps.train), channelStatistics(maps, maps.test)];
  let [during, at, moved] = [0, 0, 0];
  for (const [channel, { mean, variance }] of train.entries()) {
    during += variance;
    at += test[channel]?.variance ?? 0;
    moved += (mean - (test[channel]?.mean ?? 0)) ** 2;
  }
  return { shift: at / during, meanShift: moved / during };
}

import { describe, expect, it } from "vitest";
import { networkOfText, QUIET, runnerOf, TRAINING } from "./written-network.ts";

/** What a noise makes of units near 1, over what they were, sample by sample: units of each, channel by channel. */
function multipliers(shape: string, noise: string, { batchSize = 200, batches = 1, seed = "1" } = {}): number[][] {
  const network = networkOfText(`input(${shape}, mean=1, variance=1e-4) ${noise}`, { seed });
  const { channels, sizes } = network.nodes.at(-1)?.shape ?? { channels: 0, sizes: [] };
  const positions = sizes.reduce((product, size) => product * size, 1);
  const { run } = runnerOf(network, { batchSize });
  return Array.from({ length: batches }, (_, batch) => {
    const [noisy, quiet] = [run(TRAINING, batch).outputs, run(QUIET, batch).outputs];
    return Array.from({ length: batchSize }, (_, sample) =>
      Array.from({ length: channels * positions }, (_, unit) => {
        const at = (Math.floor(unit / positions) * batchSize + sample) * positions + (unit % positions);
        return (noisy[at] ?? Number.NaN) / (quiet[at] ?? Number.NaN);
      }),
    );
  }).flat();
}

const isDropped = (multiplier: number | undefined) => multiplier === 0;

function farthestFrom(expected: number, values: readonly number[]): number {
  return values.reduce((most, value) => Math.max(most, Math.abs(value - expected)), 0);
}

/** The deviation of a share of so many from a probability, in standard errors. */
function deviation(share: number, probability: number, count: number): number {
  return (share - probability) / Math.sqrt((probability * (1 - probability)) / count);
}

function shareOf<Value>(values: readonly Value[], has: (value: Value) => boolean): number {
  return values.filter(has).length / values.length;
}

/** z of two-sided odds of 10⁻⁸, for up to a hundred comparisons in a test: one false alarm in 10⁶. Seeds are fixed. */
const LIMIT = 5.74;

describe("dropout of maps", () => {
  const samples = multipliers("8x5x3", "dropout2d(0.3)", { batchSize: 500 });
  const maps = samples.map((sample) => Array.from({ length: 8 }, (_, map) => sample.slice(15 * map, 15 * map + 15)));

  it("gives all positions of a channel of a sample one multiplier, 0 or 1/keep", () => {
    for (const map of maps.flat()) {
      const expected = isDropped(map[0]) ? 0 : 1 / 0.7;
      expect(farthestFrom(expected, map)).toBeLessThan(1e-5);
    }
  });

  it("drops channels and samples on their own, with its rate", () => {
    const first = maps.map((sample) => sample.map(([multiplier]) => isDropped(multiplier)));
    expect(Math.abs(deviation(shareOf(first.flat(), Boolean), 0.3, 4000))).toBeLessThan(LIMIT);
    const both = first.flatMap((sample) => sample.slice(1).map((dropped, at) => dropped && sample[at] === true));
    expect(Math.abs(deviation(shareOf(both, Boolean), 0.09, 3500))).toBeLessThan(2 * LIMIT);
    const following = first.slice(1).flatMap((sample, at) => sample.map((dropped, map) => dropped && first[at]?.[map]));
    expect(Math.abs(deviation(shareOf(following, Boolean), 0.09, 3992))).toBeLessThan(2 * LIMIT);
    // Negative control: a rate of 0.35.
    expect(Math.abs(deviation(shareOf(first.flat(), Boolean), 0.35, 4000))).toBeGreaterThan(LIMIT);
  });
});

it("drop path gives all units of a sample one multiplier", () => {
  const samples = multipliers("8x5x3", "droppath(0.4)", { batchSize: 2000 });
  for (const [first = Number.NaN, ...others] of samples) {
    expect(first === 0 || Math.abs(first - 1 / 0.6) < 1e-5).toBe(true);
    expect(farthestFrom(first, others)).toBeLessThan(1e-5);
  }
  const share = shareOf(samples, ([first]) => isDropped(first));
  expect(Math.abs(deviation(share, 0.4, 2000))).toBeLessThan(LIMIT);
  expect(Math.abs(deviation(share, 0.5, 2000))).toBeGreaterThan(LIMIT);
});

describe.each([
  { shape: "2x7x6", sizes: [7, 6], size: 3, rate: 0.25 },
  { shape: "2x12", sizes: [12], size: 5, rate: 0.4 },
  { shape: "2x3x4x4", sizes: [3, 4, 4], size: 2, rate: 0.1 },
  { shape: "2x2x2", sizes: [2, 2], size: 2, rate: 0.6 },
])("DropBlock of $size in maps of $sizes at $rate", ({ shape, sizes, size, rate }) => {
  const positions = sizes.reduce((product, length) => product * length, 1);
  const samples = multipliers(shape, `dropblock(${rate}, ${size})`, { batchSize: 1500, batches: 2 });
  const maps = samples.flatMap((sample) => [sample.slice(0, positions), sample.slice(positions)]);
  const placeOf = (index: readonly number[]) => index.reduce((place, at, axis) => place * (sizes[axis] ?? 0) + at, 0);
  const indexOf = (place: number) => {
    let left = place;
    return sizes
      .toReversed()
      .map((length) => {
        const at = left % length;
        left = Math.floor(left / length);
        return at;
      })
      .toReversed();
  };
  /** Units of a square that lie in the map, by its first corner. */
  const square = (corner: readonly number[]) =>
    Array.from({ length: positions }, (_, place) => place).filter((place) =>
      indexOf(place).every((at, axis) => at >= (corner[axis] ?? 0) && at < (corner[axis] ?? 0) + size),
    );

  it("drops each unit with this rate, at the edges too", () => {
    for (let place = 0; place < positions; place++) {
      const share = shareOf(maps, (map) => isDropped(map[place]));
      expect(Math.abs(deviation(share, rate, maps.length)), `unit ${indexOf(place)}`).toBeLessThan(LIMIT);
    }
    // Negative control: with corners within the map alone, the first unit has one of size^directions.
    const covering = size ** sizes.length;
    const ofOne = 1 - (1 - rate) ** (1 / covering);
    const atFirst = shareOf(maps, (map) => isDropped(map[0]));
    expect(Math.abs(deviation(atFirst, ofOne, maps.length))).toBeGreaterThan(LIMIT);
  });

  it("keeps neighbours together with probability keep^(1 + 1/size)", () => {
    const [first, next] = [placeOf(sizes.map(() => 0)), placeOf(sizes.map((_, axis) => (axis === 0 ? 1 : 0)))];
    const share = shareOf(maps, (map) => !isDropped(map[first]) && !isDropped(map[next]));
    expect(Math.abs(deviation(share, (1 - rate) ** (1 + 1 / size), maps.length))).toBeLessThan(LIMIT);
    // Negative control: two units on their own.
    expect(Math.abs(deviation(share, (1 - rate) ** 2, maps.length))).toBeGreaterThan(LIMIT);
  });

  it("drops whole squares, which may reach over the edge, and scales the others by 1/keep", () => {
    for (const map of maps.slice(0, 100)) {
      const corners = Array.from({ length: (size + Math.max(...sizes)) ** sizes.length }, (_, index) =>
        sizes.map(
          (_, axis) =>
            (Math.floor(index / (size + Math.max(...sizes)) ** axis) % (size + Math.max(...sizes))) - size + 1,
        ),
      );
      const covered = new Set<number>();
      for (const corner of corners) {
        const units = square(corner);
        if (units.length > 0 && units.every((place) => isDropped(map[place])))
          for (const unit of units) covered.add(unit);
      }
      const dropped = map.flatMap((multiplier, place) => (isDropped(multiplier) ? [place] : []));
      expect([...covered].toSorted((one, other) => one - other)).toEqual(dropped);
      const others = map.filter((multiplier) => !isDropped(multiplier));
      expect(farthestFrom(1 / (1 - rate), others)).toBeLessThan(1e-4);
    }
  });

  it("drops channels and samples on their own", () => {
    const both = shareOf(samples, (sample) => isDropped(sample[0]) && isDropped(sample[positions]));
    expect(Math.abs(deviation(both, rate * rate, samples.length))).toBeLessThan(LIMIT);
    const following = samples.slice(1).filter((sample, at) => isDropped(sample[0]) && isDropped(samples[at]?.[0]));
    // Neighbouring pairs are correlated: twice their variance is a bound.
    expect(Math.abs(deviation(following.length / (samples.length - 1), rate * rate, samples.length))).toBeLessThan(
      2 * LIMIT,
    );
  });
});

describe("a cutout", () => {
  const samples = multipliers("3x6x5", "cutout(3)", { batchSize: 3000 });

  it("is one square within the map, the same in all channels, and scales nothing", () => {
    for (const sample of samples) {
      const dropped = sample.flatMap((multiplier, unit) => (isDropped(multiplier) ? [unit] : []));
      const [first = Number.NaN] = dropped;
      const expected = [0, 30, 60].flatMap((channel) =>
        [0, 5, 10].flatMap((row) => [0, 1, 2].map((column) => first + channel + row + column)),
      );
      expect(dropped).toEqual(expected);
      expect(first % 5).toBeLessThanOrEqual(2);
      // x(1 + r)·keep in single precision.
      expect(
        farthestFrom(
          1,
          sample.filter((multiplier) => !isDropped(multiplier)),
        ),
      ).toBeLessThan(2 ** -22);
    }
  });

  it("stands at all places alike", () => {
    const places = [0, 5, 10, 15].flatMap((row) => [0, 1, 2].map((column) => row + column));
    for (const place of places) {
      const share = shareOf(samples, (sample) => sample.findIndex(isDropped) === place);
      expect(Math.abs(deviation(share, 1 / 12, samples.length)), `place ${place}`).toBeLessThan(LIMIT);
    }
    // Negative control: squares that never stand in the last row of places.
    const inFirst = shareOf(samples, (sample) => sample.findIndex(isDropped) < 5);
    expect(Math.abs(deviation(inFirst, 1 / 3, samples.length))).toBeGreaterThan(LIMIT);
  });
});

it("an unscaled mask sets units to 0 with its rate, and leaves the others", () => {
  const units = multipliers("40", "mask(0.3, unscaled)").flat();
  const others = units.filter((multiplier) => !isDropped(multiplier));
  expect(farthestFrom(1, others)).toBeLessThan(2 ** -22);
  expect(Math.abs(deviation(shareOf(units, isDropped), 0.3, units.length))).toBeLessThan(LIMIT);
});

it("weights dropped before a convolution are the same at all positions of a sample, and others for each sample", () => {
  const network = networkOfText("input(4x9x9, mean=1, variance=1e-10) dropconnect(0.5) conv(3, 3, padding=0)");
  const { outputs } = runnerOf(network, { batchSize: 20 }).run(TRAINING);
  const rows = Array.from({ length: 60 }, (_, row) => [...outputs.subarray(row * 49, row * 49 + 49)]);
  for (const row of rows) expect(farthestFrom(row[0] ?? 0, row)).toBeLessThan(1e-3);
  expect(new Set(rows.map(([first = 0]) => first.toFixed(2))).size).toBeGreaterThan(50);
});

it("added noise is normal with its deviation, and new for each unit", () => {
  const network = networkOfText("input(4x5x5, uniform) gaussiannoise(0.5)");
  const { run } = runnerOf(network, { batchSize: 400 });
  const quiet = run(QUIET).outputs;
  const added = run(TRAINING).outputs.map((value, at) => (value - (quiet[at] ?? 0)) / 0.5);
  const mean = (of: (z: number, at: number) => number) =>
    added.reduce((sum, z, at) => sum + of(z, at), 0) / added.length;
  const root = Math.sqrt(added.length);
  // Variances of z, z², z⁴ and z·z′: 1, 2, 96 and 1.
  expect(Math.abs(mean((z) => z) * root)).toBeLessThan(LIMIT);
  expect(Math.abs(((mean((z) => z * z) - 1) / Math.sqrt(2)) * root)).toBeLessThan(LIMIT);
  expect(Math.abs(((mean((z) => z ** 4) - 3) / Math.sqrt(96)) * root)).toBeLessThan(LIMIT);
  for (const lag of [1, 25, 400]) {
    expect(Math.abs(mean((z, at) => z * (added[at + lag] ?? 0)) * root)).toBeLessThan(LIMIT);
  }
  // Negative control: a deviation of 0.55.
  expect(Math.abs(((mean((z) => z * z) - 1.21) / Math.sqrt(2)) * root)).toBeGreaterThan(LIMIT);
});

describe("draws that units share", () => {
  const NOISES = ["dropout2d(0.4)", "droppath(0.4)", "dropblock(0.4, 2)", "cutout(2)"];

  it.each(NOISES)("%s: a sample's are the same in a larger mini-batch", (noise) => {
    const [few, many] = [3, 130].map((batchSize) => multipliers("3x5x4", noise, { batchSize }).map(roundly));
    expect(many?.slice(0, 3)).toEqual(few);
  });

  it.each(NOISES)("%s differs between mini-batches, seeds and masks", (noise) => {
    const drawn = [multipliers("6x5x4", noise), multipliers("6x5x4", noise, { seed: "2" })];
    const [, second] = [0, 200].map((from) => multipliers("6x5x4", noise, { batches: 2 }).slice(from, from + 200));
    const { run } = runnerOf(networkOfText(`input(6x5x4) ${noise}`), { batchSize: 200 });
    const masks = [0, 1, 2].map((mask) => run({ kind: "train", mask }).outputs.join());
    const all = [...[...drawn, second].map((each) => each?.map(roundly).join()), ...masks];
    expect(new Set(all).size).toBe(all.length);
  });
});

function roundly(sample: readonly number[]): string {
  return sample.map((multiplier) => multiplier.toFixed(3)).join();
}

import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { type ChannelAxis, type Maps, unfold, unfoldedSize, type Window } from "../../src/tensor/unfold.ts";

function rowsOf(maps: Maps, window: Window): number[][] {
  const { rows, columns } = unfoldedSize(maps, window);
  const out = new Float32Array(rows * columns);
  unfold(maps, window, out);
  return Array.from({ length: rows }, (_, row) => [...out.subarray(row * columns, (row + 1) * columns)]);
}

const counting = (shape: readonly number[], channels: ChannelAxis = "first"): Maps => ({
  shape,
  values: Float32Array.from({ length: shape.reduce((product, length) => product * length, 1) }, (_, at) => at + 1),
  channels,
});

describe("windows of maps are rows", () => {
  // One sample, two channels of 2 × 3: 1 2 3 / 4 5 6 and 7 8 9 / 10 11 12.
  const maps = counting([1, 2, 2, 3]);

  it.each<[string, Window, number[][]]>([
    [
      "of size 1: the channels at each position",
      { size: [1, 1], stride: 1, padding: 0 },
      [1, 2, 3, 4, 5, 6].map((value) => [value, value + 6]),
    ],
    [
      "as large as the map: the map flattened",
      { size: [2, 3], stride: 1, padding: 0 },
      [[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]],
    ],
    [
      "of 2 × 2 positions",
      { size: [2, 2], stride: 1, padding: 0 },
      [
        [1, 2, 4, 5, 7, 8, 10, 11],
        [2, 3, 5, 6, 8, 9, 11, 12],
      ],
    ],
    [
      "with zeros where they leave the map, two positions apart",
      { size: [2, 2], stride: 2, padding: 1 },
      [
        [0, 0, 0, 1, 0, 0, 0, 7],
        [0, 0, 2, 3, 0, 0, 8, 9],
        [0, 4, 0, 0, 0, 10, 0, 0],
        [5, 6, 0, 0, 11, 12, 0, 0],
      ],
    ],
    ["larger than the map: none", { size: [3, 3], stride: 1, padding: 0 }, []],
  ])("%s", (_, window, expected) => {
    expect(rowsOf(maps, window)).toEqual(expected);
  });

  it("of a sequence, sample by sample", () => {
    expect(rowsOf(counting([2, 1, 3]), { size: [2], stride: 1, padding: 0 })).toEqual([
      [1, 2],
      [2, 3],
      [4, 5],
      [5, 6],
    ]);
  });

  it("of a matrix: its rows", () => {
    expect(rowsOf(counting([2, 3]), { size: [], stride: 1, padding: 0 })).toEqual([
      [1, 2, 3],
      [4, 5, 6],
    ]);
  });
});

const setting = fc.integer({ min: 1, max: 3 }).chain((rank) => {
  const lengths = (max: number) => fc.array(fc.integer({ min: 1, max }), { minLength: rank, maxLength: rank });
  return fc.record({
    samples: fc.integer({ min: 1, max: 3 }),
    channels: fc.integer({ min: 1, max: 3 }),
    positions: lengths(4),
    size: lengths(3),
    stride: fc.integer({ min: 1, max: 3 }),
    padding: fc.integer({ min: 0, max: 2 }),
  });
});

/** Every index below these lengths, the last one fastest. */
function indices(lengths: readonly number[]): readonly (readonly number[])[] {
  return lengths.reduce<readonly (readonly number[])[]>(
    (all, length) => all.flatMap((index) => Array.from({ length }, (_, at) => [...index, at])),
    [[]],
  );
}

test.prop([setting])("every number of a row is where its window says, wherever the channels are", (drawn) => {
  const { samples, channels, positions, size, stride, padding } = drawn;
  const window = { size, stride, padding };
  const first = counting([samples, channels, ...positions]);
  const places = indices([samples, channels, ...positions]);
  const valueAt = new Map(places.map((index, at) => [index.join(), first.values[at]]));
  const lastShape = [samples, ...positions, channels];
  const last: Maps = {
    shape: lastShape,
    values: Float32Array.from(indices(lastShape), ([sample, ...rest]) => {
      const channel = rest.pop();
      return valueAt.get([sample, channel, ...rest].join()) ?? Number.NaN;
    }),
    channels: "last",
  };
  const counts = positions.map((length, axis) => {
    // One window after another, until one would end beyond the padding.
    let count = 0;
    while (count * stride + (size[axis] ?? 0) <= length + 2 * padding) count++;
    return count;
  });
  const expected = indices([samples, ...counts]).map(([sample, ...output]) =>
    indices([channels, ...size]).map(([channel, ...tap]) => {
      const place = output.map((start, axis) => start * stride - padding + (tap[axis] ?? 0));
      return valueAt.get([sample, channel, ...place].join()) ?? 0;
    }),
  );
  expect(rowsOf(first, window)).toEqual(expected);
  expect(rowsOf(last, window)).toEqual(expected);
});

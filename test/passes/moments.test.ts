import { fc, test as property } from "@fast-check/vitest";
import { mean, variance } from "simple-statistics";
import { describe, expect, test } from "vitest";
import {
  addReceived,
  type ChannelSums,
  chunkOf,
  combinedSums,
  emptySums,
  measuredSums,
  momentsOf,
  pairedRatios,
} from "../../src/passes/moments.ts";
import { dropout, graphOf, INPUT, norm, tensor } from "../model/graphs.ts";
import { networkOf, numbers, ran } from "./networks.ts";

/** All numbers of a channel. */
function channelOf(
  x: ArrayLike<number>,
  channel: number,
  { channels, positions }: { channels: number; positions: number },
) {
  return Array.from(x).filter((_, at) => Math.floor(at / positions) % channels === channel);
}

/** The sums of data whose channels have these variances. */
function withVariances(variances: readonly number[]): ChannelSums {
  return { count: 1, sums: new Float64Array(variances.length), squares: Float64Array.from(variances) };
}

describe("moments of what a norm receives", () => {
  property.prop([
    fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 4 }),
    fc.integer({ min: 1, max: 3 }),
    fc.integer({ min: 1, max: 5 }),
    fc.nat(1000),
  ])(
    "are those of each channel over all samples and positions, however they came",
    (parts, channels, positions, seed) => {
      const samples = parts.reduce((a, b) => a + b);
      const x = numbers(samples * channels * positions, seed);
      const pivot = Float64Array.from({ length: channels }, (_, channel) => channel - 0.75);
      const sums = emptySums(channels);
      let from = 0;
      for (const part of parts) {
        const length = part * channels * positions;
        addReceived(sums, { norm: 0, x: x.subarray(from, from + length), samples: part, positions }, pivot);
        from += length;
      }
      const found = momentsOf(sums);
      expect(sums.count).toBe(samples * positions);
      for (let channel = 0; channel < channels; channel++) {
        const own = channelOf(x, channel, { channels, positions });
        // Sums in double precision of at most 80 numbers below 3.
        expect(found.mean[channel]).toBeCloseTo(mean(own) - (pivot[channel] as number), 12);
        expect(found.variance[channel]).toBeCloseTo(variance(own), 12);
      }
    },
  );

  test("are exact far from 0, since they are about the running mean", () => {
    const x = numbers(4000, 1).map((value) => 16384 + value);
    const sums = emptySums(1);
    addReceived(sums, { norm: 0, x, samples: 4000, positions: 1 }, Float64Array.of(16384));
    const { mean: shift, variance: spread } = momentsOf(sums);
    expect(shift[0]).toBeCloseTo(mean(Array.from(x, (value) => value - 16384)), 14);
    expect(spread[0]).toBeCloseTo(variance([...x]), 12);
  });

  test("have no variance below 0", () => {
    const sums = { count: 3, sums: Float64Array.of(0.3), squares: Float64Array.of((0.3 * 0.3) / 3 - 1e-17) };
    expect(momentsOf(sums).variance[0]).toBe(0);
  });

  test("of both, less one of them, are those of the other", () => {
    const [one, other] = [1, 2].map((seed) => {
      const sums = emptySums(2);
      addReceived(sums, { norm: 0, x: numbers(12, seed), samples: 3, positions: 2 }, Float64Array.of(0, 0));
      return sums;
    }) as [ChannelSums, ChannelSums];
    const left = combinedSums(combinedSums(one, other), one, -1);
    expect(left.count).toBe(other.count);
    for (const channel of [0, 1]) {
      expect(left.sums[channel]).toBeCloseTo(other.sums[channel] as number, 14);
      expect(left.squares[channel]).toBeCloseTo(other.squares[channel] as number, 14);
    }
  });
});

describe("the ratio of variances by paired inputs", () => {
  const sums = { on: withVariances([2, 4, 0]), off: withVariances([1, 3, 0]) };
  const running = Float64Array.of(2.5, 3, 7);

  test("is that of each channel with many inputs, and 1 where a channel has no variance at all", () => {
    const found = pairedRatios(sums, { running, inputs: 1e12 });
    expect(found[0]).toBeCloseTo(1 / 2, 10);
    expect(found[1]).toBeCloseTo(3 / 4, 10);
    const none = { on: withVariances([0]), off: withVariances([0]) };
    expect([...pairedRatios(none, { running: Float64Array.of(0), inputs: 16 })]).toEqual([1]);
  });

  test("is that of the layer, the ratio of summed variances, with next to no inputs, or for a channel that is never active", () => {
    for (const ratio of pairedRatios(sums, { running, inputs: 1e-12 })) expect(ratio).toBeCloseTo(4 / 6, 10);
    expect(pairedRatios(sums, { running, inputs: 1e6 })[2]).toBeCloseTo(4 / 6, 10);
  });

  test("counts a tenth of the running variance in between, with 16 inputs", () => {
    const found = pairedRatios(sums, { running, inputs: 16 });
    const pooled = 4 / 6;
    expect(found[0]).toBeCloseTo((1 + 0.1 * pooled * 2.5) / (2 + 0.1 * 2.5), 14);
    expect(found[1]).toBeCloseTo((3 + 0.1 * pooled * 3) / (4 + 0.1 * 3), 14);
  });
});

describe("sums over a network", () => {
  const graph = graphOf(
    { layer: INPUT, shape: [null, 3, 2] },
    { layer: norm({ mean: [0.5, 0, -0.5], variance: [1, 2, 3] }), shape: [null, 3, 2] },
    { layer: dropout(0.5), shape: [null, 3, 2] },
    { layer: norm({ mean: [0, 0.1, 0.2], variance: [1, 2, 3] }), shape: [null, 3, 2] },
  );
  const network = networkOf(graph, [3, 2]);
  const x = numbers(5 * 6, 1);

  test("have the noise on and off, by the stored statistics", () => {
    const sums = measuredSums(network, { x, from: 0, to: 5, masks: 4 });
    for (const [phase, masks] of [
      ["on", 4],
      ["off", null],
    ] as const) {
      const { received } = ran(network, { x, inputs: 5, firstInput: 0, masks });
      for (const [at, all] of received.entries()) {
        const { mean: shift, variance: spread } = momentsOf((sums[at] as (typeof sums)[number])[phase]);
        for (let channel = 0; channel < 3; channel++) {
          const own = channelOf(all, channel, { channels: 3, positions: 2 });
          const running = network.norms[at]?.mean[channel] as number;
          expect(shift[channel]).toBeCloseTo(mean(own) - running, 12);
          expect(spread[channel]).toBeCloseTo(variance(own), 12);
        }
      }
    }
    // What no noise reaches is the same in both.
    expect(sums[0]?.on).toEqual(sums[0]?.off);
  });

  test("of parts of the inputs add up to those of all", () => {
    const whole = measuredSums(network, { x, from: 0, to: 5, masks: 4 });
    const [one, other] = [
      [0, 2],
      [2, 5],
    ].map(([from = 0, to = 0]) => measuredSums(network, { x: x.subarray(6 * from, 6 * to), from, to, masks: 4 }));
    for (const [at, sums] of whole.entries()) {
      for (const phase of ["on", "off"] as const) {
        const both = combinedSums(one?.[at]?.[phase] as ChannelSums, other?.[at]?.[phase] as ChannelSums);
        expect(both.count).toBe(sums[phase].count);
        for (let channel = 0; channel < 3; channel++) {
          expect(both.sums[channel]).toBeCloseTo(sums[phase].sums[channel] as number, 12);
          expect(both.squares[channel]).toBeCloseTo(sums[phase].squares[channel] as number, 12);
        }
      }
    }
  });

  test("of large inputs are taken a few at a time, which changes nothing", () => {
    // 3 values of 600,000 numbers: two inputs at a time.
    const shape = [1, 600_000];
    const open = [null, ...shape];
    const large = graphOf(
      { layer: INPUT, shape: open },
      { layer: dropout(0.5), shape: open },
      { layer: norm({ mean: [0], variance: [1] }), shape: open },
    );
    const many = networkOf(large, shape);
    expect(chunkOf(many)).toBe(2);
    const values = numbers(1_800_000, 2);
    const [all] = measuredSums(many, { x: values, from: 10, to: 13, masks: 2 });
    const last = measuredSums(many, { x: values.subarray(1_200_000), from: 12, to: 13, masks: 2 })[0];
    const first = measuredSums(many, { x: values.subarray(0, 1_200_000), from: 10, to: 12, masks: 2 })[0];
    expect(all?.on).toEqual(combinedSums(first?.on as ChannelSums, last?.on as ChannelSums));
    expect(all?.off).toEqual(combinedSums(first?.off as ChannelSums, last?.off as ChannelSums));
  });

  test("are of one input at least", () => expect(chunkOf({ liveSize: 1e12 })).toBe(1));
});

test("a weight of the graph is read once, in single precision", () => {
  const weight = tensor([1, 1], [0.1]);
  let reads = 0;
  const counted = {
    ...weight,
    values() {
      reads++;
      return weight.values();
    },
  };
  const layer = { kind: "linear", weight: counted, bias: null } as const;
  const graph = graphOf({ layer: INPUT, shape: [null, 1] }, { layer, shape: [null, 1] }, { layer, shape: [null, 1] });
  const network = networkOf(graph, [1]);
  const x = Float32Array.of(1);
  const once = Math.fround(0.1);
  expect(network.run({ x, inputs: 1, firstInput: 0, masks: null })[0]).toBe(Math.fround(once * once));
  expect(reads).toBe(1);
});

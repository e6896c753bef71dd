import type { AdaptiveWindow, PoolOfModel, SlidingWindow } from "../model/graph.ts";
import { windowsAlong } from "../model/windows.ts";
import { indexAt, NotRunnable, type Operand, type Operation, sizeOf, stridesOf } from "./operation.ts";

/** What a window of one axis covers. */
interface Stretch {
  /** Positions of the map, in steps. */
  readonly from: number;
  readonly step: number;
  readonly count: number;
  /** Elements of the window, those in the padding too. */
  readonly places: number;
}

/** The largest, or the average, of windows over the positions of each channel. `rank` is that of the output, with its channels. */
export function pool({ shape }: Operand, { pool: kind, window }: PoolOfModel, rank: number): Operation {
  const [channels = 0, ...positions] = shape;
  const axes =
    window.kind === "sliding"
      ? positions.map((length, axis) => slidingStretches(length, axis, window))
      : positions.map((length, axis) => adaptiveStretches(length, axis, window));
  const after = axes.map(({ length }) => length);
  const divisor = window.kind === "sliding" ? window.divisor : "inside";
  const windows = allWindows(positions, axes, divisor);
  const size = sizeOf(positions);
  const of = kind === "max" ? largest : average;
  const full = [channels, ...after];
  if (full.slice(rank).some((length) => length !== 1)) throw new NotRunnable(`${rank} axes, but makes ${full.length}`);
  return {
    shape: full.slice(0, rank),
    isInPlace: false,
    run(inputs, out, samples) {
      const x = inputs[0] as Float32Array;
      let to = 0;
      for (let map = 0; map < samples * channels; map++) {
        for (const { places, divisor: by } of windows) out[to++] = of(x, map * size, places, by);
      }
    },
  };
}

interface WindowPlaces {
  readonly places: Int32Array;
  readonly divisor: number;
}

function largest(x: Float32Array, start: number, places: Int32Array): number {
  let most = Number.NEGATIVE_INFINITY;
  for (let at = 0; at < places.length; at++) most = Math.max(most, x[start + (places[at] as number)] as number);
  return most;
}

function average(x: Float32Array, start: number, places: Int32Array, divisor: number): number {
  let sum = 0;
  for (let at = 0; at < places.length; at++) sum += x[start + (places[at] as number)] as number;
  return sum / divisor;
}

function slidingStretches(length: number, axis: number, window: SlidingWindow): readonly Stretch[] {
  const { before, after } = window.padding[axis] as SlidingWindow["padding"][number];
  const [size, stride, step] = [window.size[axis], window.stride[axis], window.dilation[axis]] as [
    number,
    number,
    number,
  ];
  return Array.from({ length: windowsAlong(length, axis, window) }, (_, index) => {
    const start = index * stride - before;
    const skipped = Math.max(0, Math.ceil(-start / step));
    const inside = Math.ceil(Math.min(size * step, length - start) / step);
    // Of a window that reaches beyond the padding, as rounding up allows, the elements within count.
    const places = Math.min(size, Math.ceil((length + after - start) / step));
    return { from: start + skipped * step, step, count: Math.max(0, inside - skipped), places };
  });
}

/** From ⌊i·length/windows⌋ up to ⌈(i + 1)·length/windows⌉. */
function adaptiveStretches(length: number, axis: number, { to }: AdaptiveWindow): readonly Stretch[] {
  const windows = to[axis] ?? length;
  return Array.from({ length: windows }, (_, index) => {
    const from = Math.floor((index * length) / windows);
    const count = Math.ceil(((index + 1) * length) / windows) - from;
    return { from, step: 1, count, places: count };
  });
}

function allWindows(
  positions: readonly number[],
  axes: readonly (readonly Stretch[])[],
  divisor: SlidingWindow["divisor"],
): readonly WindowPlaces[] {
  const after = axes.map(({ length }) => length);
  const [ofOutput, ofInput] = [stridesOf(after), stridesOf(positions)];
  return Array.from({ length: sizeOf(after) }, (_, output) => {
    const stretches = axes.map((axis, at) => axis[indexAt(output, at, ofOutput, after)] as Stretch);
    let places = [0];
    for (const [axis, { from, step, count }] of stretches.entries()) {
      const along = Array.from({ length: count }, (_, index) => (from + index * step) * (ofInput[axis] as number));
      places = places.flatMap((place) => along.map((offset) => place + offset));
    }
    const padded = stretches.reduce((product, one) => product * one.places, 1);
    const by = typeof divisor === "number" ? divisor : divisor === "padded" ? padded : places.length;
    return { places: Int32Array.from(places), divisor: by };
  });
}

import type { PoolLayer } from "../../network/network.ts";
import { clearPadding, type Maps, readSample, stretchesOf, writeSample } from "../maps.ts";
import type { Step } from "./step.ts";

/** An axis of positions, and the windows along it. */
interface Axis {
  readonly length: number;
  readonly after: number;
  readonly window: number;
}

/** The largest or the mean of each window of a map; of the whole map, where there is no size. */
export function poolStep({ takes, size, stride }: PoolLayer, inputs: Maps, outputs: Maps): Step {
  const { channels, sizes } = inputs.shape;
  const single: Axis = { length: 1, after: 1, window: 1 };
  const own = sizes.map(
    (length, axis): Axis => ({ length, after: outputs.shape.sizes[axis] ?? 1, window: size ?? length }),
  );
  const [deep, high, wide] = [single, single, single, ...own].slice(-3) as [Axis, Axis, Axis];
  const share = 1 / (deep.window * high.window * wide.window);
  const from = stretchesOf(inputs);
  const to = stretchesOf(outputs);
  const values = new Float32Array(channels * inputs.positions);
  const made = new Float32Array(channels * outputs.positions);

  const starts = windowStarts();
  const places = windowPlaces();

  /** Where each window begins in a map. */
  function windowStarts(): Int32Array {
    const found: number[] = [];
    for (let z = 0; z < deep.after; z++) {
      for (let y = 0; y < high.after; y++) {
        for (let x = 0; x < wide.after; x++) {
          found.push((z * stride * high.length + y * stride) * wide.length + x * stride);
        }
      }
    }
    return Int32Array.from(found);
  }

  /** Where a window has its elements, from its beginning. */
  function windowPlaces(): Int32Array {
    const found: number[] = [];
    for (let z = 0; z < deep.window; z++) {
      for (let y = 0; y < high.window; y++) {
        for (let x = 0; x < wide.window; x++) found.push((z * high.length + y) * wide.length + x);
      }
    }
    return Int32Array.from(found);
  }

  function largest(start: number): number {
    let most = values[start];
    for (let at = 1; at < places.length; at++) most = Math.max(most, values[start + places[at]]);
    return most;
  }

  function mean(start: number): number {
    let sum = 0;
    for (let at = 0; at < places.length; at++) sum += values[start + places[at]];
    return sum * share;
  }

  const take = { largest, mean }[takes];
  return () => {
    for (const [sample, stretches] of from.entries()) {
      readSample(stretches, { channels, positions: inputs.positions, values });
      let at = 0;
      for (let map = 0; map < values.length; map += inputs.positions) {
        for (let window = 0; window < starts.length; window++) made[at++] = take(map + starts[window]);
      }
      writeSample(to[sample] ?? [], { channels, positions: outputs.positions, values: made });
    }
    clearPadding(outputs.tiles);
  };
}

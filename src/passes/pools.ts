import type { AdaptiveWindow, PoolOfModel, SlidingWindow } from "../model/graph.ts";
import { windowsAlong } from "../model/windows.ts";
import { NotRunnable, type Operand, type Operation, sizeOf } from "./operation.ts";

/** What a window of one axis covers. */
interface Stretch {
  /** Positions of the map, in steps. */
  readonly from: number;
  readonly step: number;
  readonly count: number;
  /** Elements of the window, those in the padding too. */
  readonly places: number;
}

/** What windows of an axis that is not there cover. */
const SINGLE: readonly Stretch[] = [{ from: 0, step: 1, count: 1, places: 1 }];

/**
 * The largest, or the average, of windows over the positions of each channel. `rank` is that of the output, with its channels. No table
 * of what each window reads is kept, since it could be as large as a file likes.
 */
export function pool({ shape }: Operand, { pool: kind, window }: PoolOfModel, rank: number): Operation {
  const [channels = 0, ...positions] = shape;
  if (positions.length > 3) throw new NotRunnable(`at most 3 axes of positions, but reads [${shape.join(", ")}]`);
  const axes =
    window.kind === "sliding"
      ? positions.map((length, axis) => slidingStretches(length, axis, window))
      : positions.map((length, axis) => adaptiveStretches(length, axis, window));
  const after = axes.map(({ length }) => length);
  const divisor = window.kind === "sliding" ? window.divisor : "inside";
  const size = sizeOf(positions);
  const [high = 1, wide = 1] = [1, 1, ...positions].slice(-2);
  const [ofDepth, ofHeight, ofWidth] = [SINGLE, SINGLE, SINGLE, ...axes].slice(-3) as [
    readonly Stretch[],
    readonly Stretch[],
    readonly Stretch[],
  ];
  const isMax = kind === "max";
  const full = [channels, ...after];
  if (full.slice(rank).some((length) => length !== 1)) throw new NotRunnable(`${rank} axes, but makes ${full.length}`);
  return {
    shape: full.slice(0, rank),
    isInPlace: false,
    work: channels * readsOf(ofDepth) * readsOf(ofHeight) * readsOf(ofWidth),
    run(inputs, out, samples) {
      const x = inputs[0] as Float32Array;
      let to = 0;
      for (let start = 0; start < samples * channels * size; start += size) {
        for (const d of ofDepth) {
          for (const h of ofHeight) {
            for (const w of ofWidth) {
              let value = isMax ? Number.NEGATIVE_INFINITY : 0;
              for (let i = 0; i < d.count; i++) {
                for (let j = 0; j < h.count; j++) {
                  const line = start + ((d.from + i * d.step) * high + h.from + j * h.step) * wide + w.from;
                  for (let k = 0; k < w.count; k++) {
                    const one = x[line + k * w.step] as number;
                    value = isMax ? Math.max(value, one) : value + one;
                  }
                }
              }
              out[to++] = isMax ? value : value / divisorOf(divisor, [d, h, w]);
            }
          }
        }
      }
    },
  };
}

/** Elements of all windows along an axis. */
function readsOf(windows: readonly Stretch[]): number {
  return windows.reduce((sum, { count }) => sum + count, 0);
}

function divisorOf(divisor: SlidingWindow["divisor"], [d, h, w]: readonly [Stretch, Stretch, Stretch]): number {
  if (typeof divisor === "number") return divisor;
  return divisor === "padded" ? d.places * h.places * w.places : d.count * h.count * w.count;
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
    // A window that rounding up has let stand out of the padding counts its elements within.
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

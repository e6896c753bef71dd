import { GROUP, type Kernel, STAGE_FLOATS } from "../../kernel/kernel.ts";
import type { NoiseOfNetwork, Sharing } from "../../network/network.ts";
import { positionsOf, type Shape } from "../../notation/graph.ts";
import { exp } from "../../numeric/exp.ts";
import { ln } from "../../numeric/ln.ts";
import { type Address, STATE_WORDS, startStream } from "../../random/streams.ts";
import { createMasks, SINGLE } from "../noise.ts";

/** Draws r that units of a sample have in common. */
export interface SharedDraws {
  startBatch(address: Address): void;
  /** Fills in r of all units of the next sample, channel by channel. */
  next(r: Float32Array): void;
}

interface SharedNoise {
  readonly fields: NoiseOfNetwork;
  readonly sharing: Sharing;
  readonly shape: Shape;
}

export function createSharedDraws(kernel: Kernel, { fields, sharing, shape }: SharedNoise): SharedDraws {
  const { channels } = shape;
  const positions = positionsOf(shape);
  switch (sharing.by) {
    case "unit":
      return runs(kernel, fields, { draws: channels * positions, length: 1 });
    case "map":
      return runs(kernel, fields, { draws: channels, length: positions });
    case "sample":
      return runs(kernel, fields, { draws: 1, length: channels * positions });
    case "region":
      return regions(kernel, fields, { shape, size: sharing.size });
    case "square":
      return oneSquare(kernel, fields, { shape, size: sharing.size });
  }
}

/** A draw for each run of so many units. */
function runs(
  kernel: Kernel,
  fields: NoiseOfNetwork,
  { draws, length }: { readonly draws: number; readonly length: number },
): SharedDraws {
  const noise = createMasks(kernel, fields, SINGLE);
  const room = kernel.floats(roomFor(draws));
  return {
    startBatch: noise.startBatch,
    next(r) {
      for (let first = 0; first < draws; first += STAGE_FLOATS) {
        const count = Math.min(STAGE_FLOATS, draws - first);
        noise.deviate(room.subarray(0, roomFor(count)), 0, { first, stride: GROUP });
        for (let draw = 0; draw < count; draw++) {
          r.fill(room[draw], (first + draw) * length, (first + draw + 1) * length);
        }
      }
    },
  };
}

/** Draws come in whole groups, and at most a stage at a time. */
function roomFor(draws: number): number {
  return Math.min(STAGE_FLOATS, Math.ceil(draws / GROUP) * GROUP);
}

interface Squares {
  readonly shape: Shape;
  /** Side of a square. */
  readonly size: number;
}

/**
 * DropBlock: a square stands at each corner with probability γ, in each channel on its own, and a unit is dropped where any square
 * covers it. Squares may begin before the map and end behind it, so that each unit has n = size^directions corners whose squares cover
 * it, those at the edges too, and is kept with probability (1 − γ)ⁿ:
 *
 *   γ = 1 − keep^(1/n)
 *
 * Ghiasi et al. 2018 divide by the share of corners within the map instead, which is right on average over the map, and to first order.
 */
function regions(kernel: Kernel, fields: NoiseOfNetwork, { shape, size }: Squares): SharedDraws {
  const { sizes } = shape;
  const positions = positionsOf(shape);
  const covering = sizes.reduce((product) => product * size, 1);
  const threshold = Math.round((1 - exp(ln(fields.keep) / covering)) * CIRCLE);
  const axes = axesOf(sizes, size);
  const [deep, high, wide] = axes.map(({ length, side }) => length + side - 1) as Triple;
  const corners = deep * high * wide;
  const stream = kernel.words(STATE_WORDS);
  const room = kernel.words(roomFor(corners));
  const kept = fields.drop / fields.keep;
  return {
    startBatch: (address) => startStream(address, "noise", stream),
    next(r) {
      r.fill(kept);
      for (let start = 0; start < r.length; start += positions) {
        const map = r.subarray(start, start + positions);
        for (let first = 0; first < corners; first += STAGE_FLOATS) {
          const count = Math.min(STAGE_FLOATS, corners - first);
          kernel.random({ stream, out: room.subarray(0, roomFor(count)) });
          for (let at = 0; at < count; at++) {
            if (room[at] >= threshold) continue;
            const line = Math.floor((first + at) / wide);
            dropSquare(map, axes, [Math.floor(line / high), line % high, first + at - line * wide]);
          }
        }
      }
    },
  };
}

const CIRCLE = 2 ** 32;

/** Cutout: one square within the map, in all channels, at a uniform point. DeVries & Taylor 2017, without squares over the edge. */
function oneSquare(kernel: Kernel, fields: NoiseOfNetwork, { shape, size }: Squares): SharedDraws {
  const positions = positionsOf(shape);
  const axes = axesOf(shape.sizes, size);
  const stream = kernel.words(STATE_WORDS);
  const words = kernel.words(GROUP);
  const kept = fields.drop / fields.keep;
  return {
    startBatch: (address) => startStream(address, "noise", stream),
    next(r) {
      kernel.random({ stream, out: words });
      // Corners are counted from the first whose square reaches the map.
      const corner = axes.map(({ length, side }, axis) => {
        const corners = length - side + 1;
        return side - 1 + Math.floor((words[axis] * corners) / CIRCLE);
      }) as Triple;
      r.fill(kept);
      for (let start = 0; start < r.length; start += positions) {
        dropSquare(r.subarray(start, start + positions), axes, corner);
      }
    },
  };
}

type Triple = [number, number, number];

interface Axis {
  readonly length: number;
  /** Of a square along it. */
  readonly side: number;
}

/** Three axes; those that a map has not are of length 1. */
function axesOf(sizes: readonly number[], side: number): readonly [Axis, Axis, Axis] {
  const single: Axis = { length: 1, side: 1 };
  const own = sizes.map((length): Axis => ({ length, side }));
  return [single, single, single, ...own].slice(-3) as [Axis, Axis, Axis];
}

/** r = −1 where a square covers a map; corners are counted from the first whose square reaches the map. */
function dropSquare(map: Float32Array, [deep, high, wide]: readonly [Axis, Axis, Axis], corner: Triple): void {
  const [zFrom, zTo] = covered(deep, corner[0]);
  const [yFrom, yTo] = covered(high, corner[1]);
  const [xFrom, xTo] = covered(wide, corner[2]);
  for (let z = zFrom; z < zTo; z++) {
    for (let y = yFrom; y < yTo; y++) {
      const line = (z * high.length + y) * wide.length;
      map.fill(-1, line + xFrom, line + xTo);
    }
  }
}

/** Positions of an axis that a square covers, from and until. */
function covered({ length, side }: Axis, corner: number): readonly [number, number] {
  return [Math.max(0, corner - side + 1), Math.min(length, corner + 1)];
}

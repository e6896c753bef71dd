import { TILE_SAMPLES } from "../kernel/kernel.ts";

/** Windows along an axis of positions: those of a convolution's kernel. */
export interface WindowAxis {
  readonly length: number;
  /** How many windows there are. */
  readonly after: number;
  readonly taps: number;
  readonly stride: number;
  readonly dilation: number;
  /** Positions of padding before the first. */
  readonly before: number;
}

/** Numbers of a map that windows read in one piece. */
export interface Run {
  /** The first, among the positions of the first column's sample and those behind it. */
  from: number;
  /** Its point, from the first that these windows read. */
  to: number;
  length: number;
}

/**
 * The points that windows read, those in the padding included, numbered line by line, map by map. A tap of a window is a fixed number of
 * points behind the window's first: so a channel is written out once, as far as some columns reach, and then read for every tap.
 * Lines that no window reads are left out.
 */
export interface WindowPoints {
  /** Points that the windows of `TILE_SAMPLES` columns reach over, at most. */
  readonly most: number;
  /** Runs that they are read in, at most. */
  readonly mostRuns: number;
  /** Of each tap, the last axis the fastest, how many points it lies behind the window's first. */
  readonly shifts: Uint32Array;
  /** Of each column, the point of its first tap, from the first column's on. */
  readonly points: Uint32Array;
  /** What is read of a channel, the first `runCount` of them. */
  readonly runs: readonly Run[];
  /** Says what so many columns from one on read; at most `TILE_SAMPLES`. */
  start(
    first: number,
    count: number,
  ): Started & {
    /** The sample of the first column, from which on positions count. */
    readonly sample: number;
    /** Whether nothing else has changed since the last call. */
    readonly isSame: boolean;
  };
}

interface Started {
  /** The first column, in its sample. */
  readonly first: number;
  readonly count: number;
  readonly runCount: number;
  /** Points from the first that is read to behind the last. */
  readonly reach: number;
  readonly hasPadding: boolean;
}

const SINGLE: WindowAxis = { length: 1, after: 1, taps: 1, stride: 1, dilation: 1, before: 0 };

/** Of at most three axes. */
export function windowPoints(axes: readonly WindowAxis[]): WindowPoints {
  const [deep, high, wide] = [SINGLE, SINGLE, SINGLE, ...axes].slice(-3) as [WindowAxis, WindowAxis, WindowAxis];
  const positions = deep.length * high.length * wide.length;
  const lineLength = (wide.after - 1) * wide.stride + spanOf(wide);
  const [deepStep, highStep] = [deep, high].map(stepOf) as [number, number];
  const linesOfSlice = (high.after - 1) * highStep + spanOf(high);
  const linesOfMap = ((deep.after - 1) * deepStep + spanOf(deep)) * linesOfSlice;
  /** Where a line is within the map. */
  const inside = Math.min(lineLength, Math.max(0, wide.before));
  const outside = Math.max(inside, Math.min(lineLength, wide.before + wide.length));
  const shifts = shiftsOf();
  const last = shifts.at(-1) ?? 0;
  const mostLines = linesAtMost();
  const points = new Uint32Array(TILE_SAMPLES);
  const runs: Run[] = [];
  const windows = deep.after * high.after * wide.after;
  let started: Started = { first: -1, count: 0, runCount: 0, reach: 0, hasPadding: false };

  function shiftsOf(): Uint32Array {
    const found = new Uint32Array(deep.taps * high.taps * wide.taps);
    let at = 0;
    for (let z = 0; z < deep.taps; z++) {
      for (let y = 0; y < high.taps; y++) {
        const line = z * deep.dilation * linesOfSlice + y * high.dilation;
        for (let x = 0; x < wide.taps; x++) found[at++] = line * lineLength + x * wide.dilation;
      }
    }
    return found;
  }

  /** Lines that the windows of `TILE_SAMPLES` columns reach over: those of whole maps, or of the lines of the output that they lie in. */
  function linesAtMost(): number {
    const across = (length: number) => Math.ceil((TILE_SAMPLES - 1) / length) + 1;
    const maps = across(deep.after * high.after * wide.after);
    const slices = across(high.after * wide.after);
    const between = (slices - 1) * (Math.max(deepStep, spanOf(deep)) - 1) + spanOf(deep) - 1;
    const ofLines = across(wide.after) * Math.max(highStep, spanOf(high)) + between * linesOfSlice;
    return Math.min(maps * linesOfMap, ofLines);
  }

  /** The first line that windows read from a line of the output on, those of all samples counted. */
  function firstLineOf(across: number): number {
    const acrossDeep = Math.floor(across / high.after);
    const sample = Math.floor(acrossDeep / deep.after);
    const slice = (acrossDeep - sample * deep.after) * deepStep;
    return sample * linesOfMap + slice * linesOfSlice + (across - acrossDeep * high.after) * highStep;
  }

  function addRun(runCount: number, { from, to, length }: Run): number {
    const before = runs[runCount - 1];
    if (before !== undefined && before.from + before.length === from && before.to + before.length === to) {
      before.length += length;
      return runCount;
    }
    const run = runs[runCount];
    if (run === undefined) runs.push({ from, to, length });
    else Object.assign(run, { from, to, length });
    return runCount + 1;
  }

  return {
    most: mostLines * lineLength,
    mostRuns: mostLines + 1,
    shifts,
    points,
    runs,
    start(firstColumn, count) {
      const sample = Math.floor(firstColumn / windows);
      const first = firstColumn - sample * windows;
      const isSame = first === started.first && count === started.count;
      if (!isSame) started = startAt(first, count);
      return { ...started, sample, isSame };
    },
  };

  function startAt(first: number, count: number): Started {
    let across = Math.floor(first / wide.after);
    let at = first - across * wide.after;
    const firstLine = firstLineOf(across);
    const begin = at * wide.stride;
    for (let column = 0; column < count; across++, at = 0) {
      let point = (firstLineOf(across) - firstLine) * lineLength + at * wide.stride - begin;
      for (; at < wide.after && column < count; at++, point += wide.stride) points[column++] = point;
    }
    const reach = points[count - 1] + last + 1;
    let runCount = 0;
    let read = 0;
    for (let line = firstLine, to = -begin; to < reach; line++, to += lineLength) {
      const sample = Math.floor(line / linesOfMap);
      const inMap = line - sample * linesOfMap;
      const slice = Math.floor(inMap / linesOfSlice);
      const z = positionOf(slice, deep);
      const y = positionOf(inMap - slice * linesOfSlice, high);
      const from = Math.max(inside, -to);
      const length = Math.min(outside, reach - to) - from;
      if (z < 0 || y < 0 || length <= 0) continue;
      const start = sample * positions + (z * high.length + y) * wide.length + from - wide.before;
      runCount = addRun(runCount, { from: start, to: to + from, length });
      read += length;
    }
    return { first, count, runCount, reach, hasPadding: read < reach };
  }
}

/** Channels that the rows of a panel lie in, at most: they may begin and end within one. */
export function channelsOfPanel({
  taps,
  rows,
  width,
}: {
  readonly taps: number;
  readonly rows: number;
  /** Rows in all. */
  readonly width: number;
}): number {
  return Math.min(Math.ceil(width / taps), Math.ceil((rows - 1) / taps) + 1);
}

/** Positions from a window's first to its last. */
function spanOf({ taps, dilation }: WindowAxis): number {
  return (taps - 1) * dilation + 1;
}

/** Points from window to window: those between windows are left out. */
function stepOf(axis: WindowAxis): number {
  return Math.min(axis.stride, spanOf(axis));
}

/** The position of a point; −1 in the padding. */
function positionOf(point: number, axis: WindowAxis): number {
  const span = spanOf(axis);
  const skipped = axis.stride > span ? Math.floor(point / span) * (axis.stride - span) : 0;
  const position = point + skipped - axis.before;
  return position < axis.length ? Math.max(-1, position) : -1;
}

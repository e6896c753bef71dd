import { fc, test as property } from "@fast-check/vitest";
import { describe, expect, test } from "vitest";
import { type WindowAxis, windowPoints } from "../../src/forward/window-points.ts";

/** An axis with one window at the least. */
const axis = fc
  .record({
    length: fc.integer({ min: 1, max: 40 }),
    taps: fc.integer({ min: 1, max: 4 }),
    stride: fc.integer({ min: 1, max: 6 }),
    dilation: fc.integer({ min: 1, max: 3 }),
    before: fc.integer({ min: 0, max: 6 }),
    behind: fc.integer({ min: 0, max: 6 }),
  })
  .map(({ behind, ...axis }) => {
    const span = (axis.taps - 1) * axis.dilation + 1;
    return { ...axis, after: Math.floor((axis.length + axis.before + behind - span) / axis.stride) + 1 };
  })
  .filter(({ after }) => after >= 1);

const size = (lengths: readonly number[]) => lengths.reduce((product, length) => product * length, 1);

/** Index along each axis of a place, the last axis the fastest. */
function indexOf(place: number, lengths: readonly number[]): readonly number[] {
  let left = place;
  const found = lengths.toReversed().map((length) => {
    const at = left % length;
    left = Math.floor(left / length);
    return at;
  });
  return found.toReversed();
}

/** By definition: the number that a tap of a window reads, among the positions of all samples; −1 in the padding. */
function readBy(axes: readonly WindowAxis[], column: number, tap: number): number {
  const windows = axes.map(({ after }) => after);
  const sample = Math.floor(column / size(windows));
  const window = indexOf(column % size(windows), windows);
  const taps = indexOf(
    tap,
    axes.map(({ taps }) => taps),
  );
  const position = axes.map(({ stride, dilation, before }, at) => {
    return (window[at] ?? 0) * stride + (taps[at] ?? 0) * dilation - before;
  });
  if (axes.some(({ length }, at) => (position[at] ?? 0) < 0 || (position[at] ?? 0) >= length)) return -1;
  return axes.reduce((place, { length }, at) => place * length + (position[at] ?? 0), sample);
}

describe("points of windows", () => {
  property.prop([
    fc.array(axis, { minLength: 1, maxLength: 3 }),
    fc.integer({ min: 0, max: 3000 }),
    fc.integer({ min: 1, max: 256 }),
  ])("lead each tap of each column to what it reads, within the stated room", (axes, first, count) => {
    const windows = windowPoints(axes);
    // What another part of the map left must not matter.
    windows.start(first + 1, count);
    const { runCount, reach, hasPadding, sample } = windows.start(first, count);
    const origin = sample * size(axes.map(({ length }) => length));
    expect(reach).toBeLessThanOrEqual(windows.most);
    expect(runCount).toBeLessThanOrEqual(windows.mostRuns);
    const read = new Int32Array(reach).fill(-1);
    for (const { from, to, length } of windows.runs.slice(0, runCount)) {
      for (let at = 0; at < length; at++) read[to + at] = origin + from + at;
    }
    expect(hasPadding).toBe(read.includes(-1));
    const found: number[] = [];
    const wanted: number[] = [];
    for (let column = 0; column < count; column++) {
      for (const [tap, shift] of windows.shifts.entries()) {
        found.push(read[(windows.points[column] ?? 0) + shift] ?? -2);
        wanted.push(readBy(axes, first + column, tap));
      }
    }
    expect(found).toEqual(wanted);
  });

  test("leave out the lines between windows", () => {
    const sparse = { length: 1000, taps: 3, stride: 100, dilation: 1, before: 0, after: 10 };
    // 256 windows of three lines each, which lie 100 apart in the map.
    expect(windowPoints([sparse, { length: 1, taps: 1, stride: 1, dilation: 1, before: 0, after: 1 }]).most).toBe(768);
  });

  test("room does not grow with the map, beyond the lines that columns lie in", () => {
    const same = (length: number) => ({ length, taps: 3, stride: 1, dilation: 1, before: 1, after: length });
    // 256 columns of 224 touch three lines of the output, each of which may begin a map of its own.
    expect(windowPoints([same(224), same(224)]).most).toBe(9 * 226);
  });
});

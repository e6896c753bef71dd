import type { PoolOfModel, SlidingWindow } from "./graph.ts";

/** Windows over axes of positions: those of a pool, or of a convolution's kernel. */
export type Windows = Omit<SlidingWindow, "kind" | "divisor">;

/** Number of windows along an axis of this length; none where one does not fit. PyTorch's rule (aten/src/ATen/native/Pool.h). */
export function windowsAlong(
  length: number,
  axis: number,
  { size, stride, padding, dilation, roundsUp }: Windows,
): number {
  const step = stride[axis] as number;
  const { before, after } = padding[axis] as Windows["padding"][number];
  const reach = (dilation[axis] as number) * ((size[axis] as number) - 1) + 1;
  const steps = (length + before + after - reach) / step;
  if (!roundsUp) return Math.max(0, Math.floor(steps) + 1);
  // Rounding up, a window that is larger than the map may still be the only one.
  const count = Math.max(0, Math.ceil(steps) + 1);
  // A last window that would begin behind the map, in its padding, is left out.
  return (count - 1) * step >= length + before ? count - 1 : count;
}

/** Positions in a window of a pool; null where they are not alike, or lengths are open. */
export function positionsInWindow(
  { window }: PoolOfModel,
  { before, after }: { readonly before: readonly number[] | null; readonly after: readonly number[] | null },
): number | null {
  if (window.kind === "sliding") return window.size.reduce((product, length) => product * length, 1);
  if (before === null || after === null) return null;
  return before.reduce<number | null>((product, length, axis) => {
    const windows = after[axis] ?? 1;
    return product === null || length % windows !== 0 ? null : product * (length / windows);
  }, 1);
}

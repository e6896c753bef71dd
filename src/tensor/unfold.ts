/** Which axis of feature maps, and of kernels, has the channels: the one after the samples, or the last. */
export type ChannelAxis = "first" | "last";

/** Feature maps: [samples, channels, …positions], or [samples, …positions, channels]. Each sample is one map a channel. */
export interface Maps {
  readonly shape: readonly number[];
  readonly values: Float32Array;
  readonly channels: ChannelAxis;
}

/** What a convolution's output sees of a map: so many positions along each axis, from the zeros of the padding on. */
export interface Window {
  readonly size: readonly number[];
  /** Positions from one window to the next, along every axis. */
  readonly stride: number;
  /** Zeros before the first position and after the last, along every axis. */
  readonly padding: number;
}

/** Number of channels of a shape, and its lengths along the axes of positions. */
export function axesOf({ shape, channels }: Pick<Maps, "shape" | "channels">): {
  readonly channelCount: number;
  readonly positions: readonly number[];
} {
  const [, ...axes] = shape;
  const channelCount = channels === "first" ? axes.shift() : axes.pop();
  return { channelCount: channelCount ?? 1, positions: axes };
}

/** Rows and columns that `unfold` gives: windows of all samples, and channels times positions of a window. */
export function unfoldedSize(maps: Pick<Maps, "shape" | "channels">, window: Window) {
  const { channelCount, positions } = axesOf(maps);
  const windows = product(positions.map((length, axis) => windowsAlong(length, axis, window)));
  return { rows: (maps.shape[0] ?? 0) * windows, columns: channelCount * product(window.size) };
}

/**
 * The windows of all maps as rows of `out`: sample by sample, position by position; within a row channel by channel, the last
 * axis of the window fastest, as the weights of a kernel [neurons, channels, …size] are. Zeros where a window leaves the map.
 *
 * A window of size 1 makes a row of the channels at each position; one as large as the map flattens it.
 */
export function unfold({ shape, values, channels }: Maps, window: Window, out: Float32Array): void {
  const { channelCount, positions } = axesOf({ shape, channels });
  const ofSample = channelCount * product(positions);
  const ofChannel = channels === "first" ? product(positions) : 1;
  const windows = placesOf(positions, { ofPosition: channels === "first" ? 1 : channelCount, window });
  let to = 0;
  for (let sample = 0; sample < values.length; sample += ofSample) {
    for (const places of windows) {
      for (let channel = 0; channel < channelCount; channel++) {
        const from = sample + channel * ofChannel;
        for (const place of places) out[to++] = place === OUTSIDE ? 0 : values[from + place];
      }
    }
  }
}

const OUTSIDE = -1;

/** Where each window's values lie, counted from the first value of a channel; `OUTSIDE` in the padding. */
function placesOf(
  positions: readonly number[],
  { ofPosition, window }: { readonly ofPosition: number; readonly window: Window },
): readonly (readonly number[])[] {
  const { size, stride, padding } = window;
  let windows: readonly (readonly number[])[] = [[0]];
  for (const [axis, length] of positions.entries()) {
    const step = ofPosition * product(positions.slice(axis + 1));
    const starts = Array.from({ length: windowsAlong(length, axis, window) }, (_, index) => index * stride - padding);
    const placeAt = (before: number, at: number) =>
      before === OUTSIDE || at < 0 || at >= length ? OUTSIDE : before + at * step;
    windows = windows.flatMap((places) =>
      starts.map((start) =>
        places.flatMap((before) =>
          Array.from({ length: size[axis] ?? 1 }, (_, offset) => placeAt(before, start + offset)),
        ),
      ),
    );
  }
  return windows;
}

function windowsAlong(length: number, axis: number, { size, stride, padding }: Window): number {
  return Math.max(0, Math.floor((length + 2 * padding - (size[axis] ?? 1)) / stride) + 1);
}

function product(lengths: readonly number[]): number {
  return lengths.reduce((total, length) => total * length, 1);
}

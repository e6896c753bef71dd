import { GROUP, type Kernel, PAIR_ROWS, TILE_SAMPLES } from "../../kernel/kernel.ts";
import type { ConvolutionLayer } from "../../network/network.ts";
import type { Shape } from "../../notation/graph.ts";
import { BOUND } from "../fixed-point.ts";
import type { Maps } from "../maps.ts";
import { type Panel, pack } from "../tile-product.ts";
import type { Tile } from "../tiles.ts";
import { channelsOfPanel, type Run, type WindowPoints, windowPoints } from "../window-points.ts";

/** Columns of a convolution's output that lie in one tile, or in a part of it. */
export interface Columns {
  readonly first: number;
  readonly count: number;
  /** Columns with those that fill up groups of lanes. */
  readonly stride: number;
}

/** Rows of patches that go to the slots of a panel: a row is a channel of the input and a tap of the kernel. */
export interface PatchRows {
  /** The channel whose taps the first row of a neuron reads. */
  readonly firstChannel: number;
  /** The first row, of those of a neuron; a multiple of `rowsOfPanel`. */
  readonly first: number;
  /** As many as a panel takes, or as are left. */
  readonly rows: number;
}

export interface Patches {
  /** Before the rows of these columns. */
  start(columns: Columns): void;
  /** Puts rows into a panel. What fills up a group of columns is any number. */
  fill(panel: Panel, rows: PatchRows): void;
}

/** Runs of a channel in one tile of the input. */
interface RunsOfTile {
  readonly tile: Tile;
  readonly runs: Uint32Array;
}

/** Words of a run. */
const RUN = 3;

/** What the neurons of a convolution read at each position of its output, 0 in the padding. */
export function patchesOf(kernel: Kernel, { inputs, outputs, layer, rowsOfPanel }: PatchSetting): Patches {
  const { tiles } = inputs;
  const windows = windowsOf(layer, inputs.shape, outputs.shape);
  const taps = windows.shifts.length;
  const room = roomOf(windows, { width: layer.width, rowsOfPanel });
  const values = kernel.floats(room.values);
  const integers = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const points = kernel.words(TILE_SAMPLES);
  const runs = kernel.words(room.runs);
  const shifts = kernel.words(layer.width);
  for (let row = 0; row < layer.width; row++) {
    const channel = Math.floor(row / taps) - Math.floor((row - (row % rowsOfPanel)) / taps);
    shifts[row] = channel * room.stride + windows.shifts[row % taps];
  }
  const shiftsOfPanels = Array.from({ length: Math.ceil(layer.width / rowsOfPanel) }, (_, at) =>
    shifts.subarray(at * rowsOfPanel, (at + 1) * rowsOfPanel),
  );
  const isPointwise = taps === 1 && layer.stride === 1 && layer.padding === 0;
  let columns: Columns = { first: 0, count: 0, stride: 0 };
  let pointsOfColumns = points;
  let parts: readonly RunsOfTile[] = [];
  /** A tile whose rows are those of the patches. */
  let same: Tile | undefined;

  function start(next: Columns): void {
    columns = next;
    const tile = tiles[next.first / TILE_SAMPLES];
    same = isPointwise && next.count === next.stride && tile?.stride === next.stride ? tile : undefined;
    if (same !== undefined) return;
    const { runCount, hasPadding, reach, sample } = windows.start(next.first, next.count);
    if (hasPadding) for (let at = 0; at + reach <= values.length; at += room.stride) values.fill(0, at, at + reach);
    pointsOfColumns = points.subarray(0, next.stride);
    pointsOfColumns.set(windows.points.subarray(0, next.count));
    pointsOfColumns.fill(0, next.count);
    parts = runsInTiles(runCount, sample * inputs.positions);
  }

  /** The runs, cut where tiles end; positions count from the input's column `origin`. */
  function runsInTiles(runCount: number, origin: number): readonly RunsOfTile[] {
    const found: RunsOfTile[] = [];
    let end = 0;
    let begin = 0;
    let current = -1;
    const close = () => {
      if (end > begin) found.push({ tile: tiles[current] as Tile, runs: runs.subarray(RUN * begin, RUN * end) });
      begin = end;
    };
    for (let index = 0; index < runCount; index++) {
      let { from, to, length } = windows.runs[index] as Run;
      from += origin;
      while (length > 0) {
        const tile = Math.floor(from / TILE_SAMPLES);
        if (tile !== current) close();
        current = tile;
        const column = from - tile * TILE_SAMPLES;
        const part = Math.min(length, TILE_SAMPLES - column);
        runs[RUN * end] = column;
        runs[RUN * end + 1] = to;
        runs[RUN * end + 2] = part;
        end++;
        from += part;
        to += part;
        length -= part;
      }
    }
    close();
    return found;
  }

  function fill(panel: Panel, { firstChannel, first, rows }: PatchRows): void {
    if (same !== undefined) {
      const { stride } = columns;
      const x = same.x.subarray((firstChannel + first) * stride, (firstChannel + first + rows) * stride);
      pack(kernel, panel, { x, stride });
      return;
    }
    const channel = Math.floor(first / taps);
    const channels = Math.floor((first + rows - 1) / taps) - channel + 1;
    const outStride = room.stride;
    for (const { tile, runs } of parts) {
      const { x, stride } = tile;
      const from = (firstChannel + channel) * stride;
      if (panel.kind === "rows")
        kernel.copyRuns({ x, first: from, stride, rows: channels, runs, out: values, outStride });
      else {
        const { scale } = panel;
        kernel.roundRuns({
          x,
          first: from,
          stride,
          rows: channels,
          runs,
          out: integers,
          outStride,
          scale,
          bound: BOUND,
        });
      }
    }
    const shifts = shiftsOfPanels[first / rowsOfPanel] as Uint32Array;
    const points = pointsOfColumns;
    if (panel.kind === "rows") kernel.gatherRows({ points, shifts, values, panel: panel.rows });
    else kernel.gatherPairs({ points, shifts, values: integers, panel: panel.pairs });
  }

  return { start, fill };
}

interface PatchSetting {
  readonly inputs: Maps;
  readonly outputs: Maps;
  readonly layer: ConvolutionLayer;
  /** Rows that a panel takes. */
  readonly rowsOfPanel: number;
}

/** Numbers in the kernel's memory that patches take. */
function roomOf(
  windows: WindowPoints,
  { width, rowsOfPanel }: { readonly width: number; readonly rowsOfPanel: number },
) {
  const taps = windows.shifts.length;
  const channels = channelsOfPanel({ taps, rows: rowsOfPanel, width });
  // An odd number of cache lines, so that the same point of all channels does not fall into the same set of a cache.
  const stride = (Math.ceil(windows.most / LINE) | 1) * LINE;
  return {
    /** From channel to channel. */
    stride,
    values: channels * stride + GROUP,
    // Runs are cut where tiles end.
    runs: RUN * (windows.mostRuns + Math.ceil(windows.most / TILE_SAMPLES) + 1),
  };
}

/** Numbers of a cache line. */
const LINE = 16;

/** Bytes of the kernel's memory that patches take, at most. */
export function patchBytes(
  layer: ConvolutionLayer,
  { input, output }: { readonly input: Shape; readonly output: Shape },
): number {
  const { values, runs } = roomOf(windowsOf(layer, input, output), { width: layer.width, rowsOfPanel: PAIR_ROWS });
  return 4 * (values + TILE_SAMPLES + runs + layer.width) + 256;
}

function windowsOf({ kernel, stride, padding }: ConvolutionLayer, input: Shape, output: Shape): WindowPoints {
  return windowPoints(
    input.sizes.map((length, axis) => ({
      ...{ length, after: output.sizes[axis] as number },
      ...{ taps: kernel, stride, dilation: 1, before: padding },
    })),
  );
}

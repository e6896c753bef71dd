import { GROUP, STAGE_FLOATS, TILE_SAMPLES } from "../../kernel/kernel.ts";
import type { InputLayer } from "../../network/network.ts";
import type { Arrays } from "../../scenario/arrays.ts";
import { inputKey } from "../key.ts";
import { clearPadding, type Maps } from "../maps.ts";
import { createSampler } from "../sampler.ts";
import type { TileStage } from "../tiles.ts";
import type { Step, StepSetting } from "./step.ts";

/** Draws the units of a mini-batch; of a map, the same numbers as of a vector of so many units, each put to its position. */
export function inputStep(
  { kernel, seed, arrays }: StepSetting & { readonly arrays: Arrays },
  input: InputLayer,
  maps: Maps,
): Step {
  const { positions, batchSize, tiles } = maps;
  const { width } = input;
  const sampler = createSampler(kernel, input, arrays);
  const key = inputKey(seed, input);
  const { unit, centre } = sampler;
  const isPlain = unit === 1 && centre === 0;
  // All units alike, as many as a stage has rows.
  const rows = isPlain ? 0 : Math.min(width, STAGE_FLOATS / GROUP);
  const scale = kernel.floats(rows).fill(unit);
  const offset = kernel.floats(rows).fill(unit * centre);

  function draw({ x, ...stage }: TileStage): void {
    sampler.draw(x, stage);
    if (!isPlain) kernel.normalise({ x, stride: stage.stride, scale, offset });
  }

  if (positions === 1) {
    return (batch) => {
      sampler.startBatch({ key, batch });
      for (const { stride, stages } of tiles) {
        sampler.startTile(stride);
        for (const stage of stages) draw(stage);
      }
    };
  }
  const room = kernel.floats(STAGE_FLOATS);
  return (batch) => {
    sampler.startBatch({ key, batch });
    for (let sample = 0; sample < batchSize; sample += TILE_SAMPLES) {
      const samples = Math.min(TILE_SAMPLES, batchSize - sample);
      const stride = Math.ceil(samples / GROUP) * GROUP;
      const atOnce = Math.floor(STAGE_FLOATS / stride);
      sampler.startTile(stride);
      for (let first = 0; first < width; first += atOnce) {
        const x = room.subarray(0, Math.min(atOnce, width - first) * stride);
        const stage = { first, samples, stride, x };
        draw(stage);
        arrange(maps, stage, sample);
      }
    }
    clearPadding(tiles);
  };
}

/** Puts units, a row each, to their channel and position: unit = channel·positions + position. */
function arrange({ tiles, positions }: Maps, { x, first, samples, stride }: TileStage, firstSample: number): void {
  const columns = TILE_SAMPLES;
  for (let row = 0, unit = first; row < x.length; row += stride, unit++) {
    const channel = Math.floor(unit / positions);
    const start = firstSample * positions + unit - channel * positions;
    let tile = Math.floor(start / columns);
    for (let sample = 0, column = start - tile * columns; sample < samples; sample++, column += positions) {
      while (column >= columns) {
        column -= columns;
        tile++;
      }
      const to = tiles[tile];
      if (to !== undefined) to.x[channel * to.stride + column] = x[row + sample];
    }
  }
}

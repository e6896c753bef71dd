import { STAGE_FLOATS } from "../../kernel/kernel.ts";
import type { AddedNoise, NoiseOfNetwork } from "../../network/network.ts";
import type { WeightNoise } from "../../noises/noise-kind.ts";
import { propertiesOf } from "../../noises/noises.ts";
import { STATE_WORDS, startStream } from "../../random/streams.ts";
import { addedNoiseKey, noiseKey } from "../key.ts";
import { type Maps, type Stretch, stretchesOf } from "../maps.ts";
import { createMasks, SINGLE } from "../noise.ts";
import { noiseForm } from "../noise-form.ts";
import { isNoisy, maskKey } from "../pass.ts";
import { createSharedDraws } from "./shared-draws.ts";
import type { Step, StepSetting } from "./step.ts";

/** Noise on weights, which the layer that reads it takes. */
export interface NoiseOnWeights {
  readonly masks: WeightNoise;
  /** Before the layer draws, in a noisy pass. */
  readonly start: Step;
}

/** What noise is put on. */
interface NoisyMaps {
  readonly maps: Maps;
  /** For the draws of a stage. */
  readonly room: Float32Array;
}

/** x ← gain·(x + r·(x − pivot)) in a noisy pass, else the gain of test time alone. */
export function noiseStep(
  { kernel, seed }: StepSetting,
  fields: NoiseOfNetwork,
  { maps, room }: NoisyMaps,
): { readonly step: Step; readonly onWeights?: NoiseOnWeights } {
  const { sharing } = fields;
  const { gains, pivot } = noiseForm(fields);
  const key = noiseKey(seed, fields);
  const centre = Math.fround(-pivot);
  const { tiles } = maps;

  const withGain =
    (apply: Step): Step =>
    (batch, pass) => {
      if (isNoisy(pass)) apply(batch, pass);
      const gain = isNoisy(pass) ? gains.train : gains.test;
      if (gain !== 1) for (const { x } of tiles) kernel.scale({ x, scale: gain });
    };

  if (sharing.by !== "unit") {
    const draws = createSharedDraws(kernel, { fields, sharing, shape: maps.shape });
    const samples = stretchesOf(maps);
    const { channels } = maps.shape;
    const r = new Float32Array(channels * maps.positions);
    return {
      step: withGain((batch, pass) => {
        draws.startBatch({ key: maskKey(key, pass), batch });
        for (const stretches of samples) {
          draws.next(r);
          for (const stretch of stretches) deviate(stretch, { r, channels, positions: maps.positions, centre });
        }
      }),
    };
  }
  const noise = createMasks(kernel, fields, SINGLE);
  const start: Step = (batch, pass) => noise.startBatch({ key: maskKey(key, pass), batch });
  if (propertiesOf(fields.noise).shares === "weight") {
    const { ofWeights } = noise;
    return { step: withGain(() => {}), ...(ofWeights === undefined ? {} : { onWeights: { masks: ofWeights, start } }) };
  }
  return {
    step: withGain((batch, pass) => {
      start(batch, pass);
      for (const { stages } of tiles) {
        for (const stage of stages) {
          const { x } = stage;
          const deviation = x.length === STAGE_FLOATS ? room : room.subarray(0, x.length);
          noise.deviate(deviation, 0, stage);
          kernel.applyNoise({ x, deviation, centre, noisy: x });
        }
      }
    }),
  };
}

interface Deviations {
  /** Of all units of a sample, channel by channel. */
  readonly r: Float32Array;
  readonly channels: number;
  readonly positions: number;
  readonly centre: number;
}

/** x ← x + r·(x + centre), each step in single precision, as the kernel has it. */
function deviate({ tile, column, position, length }: Stretch, { r, channels, positions, centre }: Deviations): void {
  const { fround } = Math;
  const { x, stride } = tile;
  for (let channel = 0; channel < channels; channel++) {
    const to = channel * stride + column;
    const from = channel * positions + position;
    for (let at = 0; at < length; at++) {
      const value = x[to + at];
      x[to + at] = fround(value + fround(r[from + at] * fround(value + centre)));
    }
  }
}

/** x ← x + deviation·z in a noisy pass, z a normal of its own for each unit. */
export function addedNoiseStep(
  { kernel, seed }: StepSetting,
  fields: AddedNoise,
  { maps: { tiles }, room }: NoisyMaps,
): Step {
  const { deviation } = fields;
  const key = addedNoiseKey(seed, fields);
  const radius = kernel.words(STATE_WORDS);
  const angle = kernel.words(STATE_WORDS);
  return (batch, pass) => {
    if (!isNoisy(pass) || deviation === 0) return;
    const address = { key: maskKey(key, pass), batch };
    startStream(address, "noiseRadius", radius);
    startStream(address, "noiseAngle", angle);
    for (const { stages } of tiles) {
      for (const { x } of stages) {
        const noisy = room.subarray(0, x.length);
        kernel.normals({ radius, angle, out: noisy });
        kernel.scaleAndAdd({ y: noisy, scale: deviation, x });
        x.set(noisy);
      }
    }
  };
}

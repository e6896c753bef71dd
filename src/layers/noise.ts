import { type Kernel, STAGE_FLOATS, TILE_SAMPLES } from "../kernel/kernel.ts";
import { type Address, branchOf, STATE_WORDS, startStream } from "../random/streams.ts";
import type { Scenario } from "../scenario/scenario.ts";
import { type MaskPlan, maskPlan } from "./mask-plan.ts";
import type { Stage } from "./stage.ts";

/**
 * Multiplicative noise: fills arrays with draws of r = m − 1, of mean 0 and variance σ², m being the unit's multiplier (of
 * what it multiplies, see `noise-form.ts`).
 *
 * One draw from the streams makes `masks` arrays of it. Each is a draw of the noise in its own right; together they are
 * balanced, so that what one does to a unit the others make up for.
 */
export interface NoiseLayer extends MaskPlan {
  startBatch(address: Address): void;
  /** Fills the same array with mask 0, which draws, then with 1, 2, … of the same draw. */
  deviate(deviation: Float32Array, mask: number, stage: Pick<Stage, "first" | "stride">): void;
  /** Where the noise falls on the weights, and `deviate` leaves the units alone. */
  readonly ofWeights?: WeightNoise;
}

/** Dropout of weights: each neuron's weight of each unit has, for each sample, a word of its own that says whether it is kept. */
export interface WeightNoise {
  /** Fills an array with the words of a stage's weights of one neuron. */
  draw(words: Uint32Array, neuron: number): void;
  readonly threshold: number;
  /** r of a weight that is kept, and of one that is dropped. */
  readonly kept: number;
  readonly dropped: number;
}

/** What noise is made of: fields of a scenario. */
export type NoiseStrength = Pick<Scenario, "noise" | "keep" | "drop" | "beta" | "relativeVariance"> &
  Partial<Pick<Scenario, "channelSize" | "neurons">>;

/** The noise of a scenario. A new kind is a case here, a case in the theory, and a name in `NOISE_KINDS`. */
export function createNoise(kernel: Kernel, scenario: Scenario): NoiseLayer {
  return createMasks(kernel, scenario, maskPlan(scenario));
}

/** The noise, with the masks that a plan says. */
export function createMasks(kernel: Kernel, strength: NoiseStrength, plan: MaskPlan): NoiseLayer {
  const { noise, relativeVariance, beta } = strength;
  if (relativeVariance === 0) return { ...plan, startBatch() {}, deviate: (deviation) => void deviation.fill(0) };
  switch (noise) {
    case "bernoulli":
    case "alpha":
      return dropout(kernel, strength, { plan, source: unitWords(kernel) });
    case "spatial":
      return dropout(kernel, strength, { plan, source: channelWords(kernel, strength.channelSize ?? 1) });
    case "dropconnect":
      return dropConnect(kernel, strength, plan);
    case "none":
      return { ...plan, startBatch() {}, deviate() {} };
    case "gaussian":
      return symmetric(kernel, plan, gaussian(kernel, relativeVariance));
    case "uout":
      return symmetric(kernel, plan, uout(kernel, beta ?? 0));
  }
}

/**
 * Dropout: m = 1/p with probability p, else 0. The probability drawn is p to within 2⁻³³.
 *
 * A unit is kept where its random integer, as a point of a circle, lies in an arc of length p. Mask j turns the circle by j/n:
 * each unit is then kept by ⌊np⌋ or ⌈np⌉ of n masks. At p = ½ two masks are a mask and its complement.
 */
function dropout(
  kernel: Kernel,
  { keep, drop }: NoiseStrength,
  { plan, source }: { readonly plan: MaskPlan; readonly source: WordSource },
): NoiseLayer {
  const words = kernel.words(STAGE_FLOATS);
  let drawn = words;
  const threshold = Math.round(keep * CIRCLE);
  const kept = drop / keep;
  return {
    ...plan,
    startBatch: source.startBatch,
    deviate(out, mask, stage) {
      if (drawn.length !== out.length) drawn = words.subarray(0, out.length);
      if (mask === 0) source.draw(drawn, stage);
      const turn = Math.floor((mask * CIRCLE) / plan.masks);
      kernel.choose({ words: drawn, turn, threshold, kept, dropped: -1, out });
    },
  };
}

const CIRCLE = 2 ** 32;

/** The random integers that say whether units are kept. */
interface WordSource {
  startBatch(address: Address): void;
  draw(words: Uint32Array, stage: Pick<Stage, "first" | "stride">): void;
}

/** A word for each unit and sample. */
function unitWords(kernel: Kernel): WordSource {
  const stream = kernel.words(STATE_WORDS);
  return {
    startBatch: (address) => startStream(address, "noise", stream),
    draw: (out) => kernel.random({ stream, out }),
  };
}

/** A word for each channel and sample, which all rows of the channel have: Tompson et al. 2015, §3.2 (SpatialDropout). */
function channelWords(kernel: Kernel, size: number): WordSource {
  const stream = kernel.words(STATE_WORDS);
  const room = kernel.words(TILE_SAMPLES);
  // The words of the channel under way. A stage may end within a channel, and the next one goes on with them.
  let current = room;
  return {
    startBatch: (address) => startStream(address, "noise", stream),
    draw(words, { first, stride }) {
      if (current.length !== stride) current = room.subarray(0, stride);
      for (let row = first, at = 0; at < words.length; row++, at += stride) {
        if (row % size === 0) kernel.random({ stream, out: current });
        words.set(current, at);
      }
    },
  };
}

/**
 * DropConnect, Wan et al. 2013: a mask for each weight and sample. Each neuron has a stream of its own, so that its draws do
 * not depend on how the width is cut into stages. The second mask, where there is one, is the first one's mirror image.
 */
function dropConnect(kernel: Kernel, { keep, drop, neurons }: NoiseStrength, plan: MaskPlan): NoiseLayer {
  const streams = Array.from({ length: neurons ?? 0 }, () => kernel.words(STATE_WORDS));
  return {
    ...plan,
    startBatch({ key, batch }) {
      for (const [neuron, stream] of streams.entries())
        startStream({ key: branchOf(key, neuron), batch }, "noise", stream);
    },
    deviate() {},
    ofWeights: {
      draw: (out, neuron) => kernel.random({ stream: streams[neuron], out }),
      threshold: Math.round(keep * CIRCLE),
      kept: drop / keep,
      dropped: -1,
    },
  };
}

/** Noise that is as likely to add as to take away: a second, balanced mask is the first with the sign changed. */
function symmetric(kernel: Kernel, plan: MaskPlan, source: Source): NoiseLayer {
  return {
    ...plan,
    startBatch: source.startBatch,
    deviate(out, mask) {
      if (mask === 0) source.draw(out);
      else kernel.scale({ x: out, scale: -1 });
    },
  };
}

interface Source {
  startBatch(address: Address): void;
  draw(deviation: Float32Array): void;
}

/** m ~ N(1, σ²), Srivastava et al. 2014, section 10. */
function gaussian(kernel: Kernel, relativeVariance: number): Source {
  const radius = kernel.words(STATE_WORDS);
  const angle = kernel.words(STATE_WORDS);
  const scale = Math.sqrt(relativeVariance);
  return {
    startBatch(address) {
      startStream(address, "noiseRadius", radius);
      startStream(address, "noiseAngle", angle);
    },
    draw(out) {
      kernel.normals({ radius, angle, out });
      kernel.scale({ x: out, scale });
    },
  };
}

/** m = 1 + U(−β, β), Li et al. 2019, section 5. */
function uout(kernel: Kernel, beta: number): Source {
  const stream = kernel.words(STATE_WORDS);
  return {
    startBatch: (address) => startStream(address, "noise", stream),
    draw: (out) => kernel.uniforms({ stream, scale: beta, out }),
  };
}

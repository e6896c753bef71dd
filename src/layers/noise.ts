import { type Kernel, STAGE_FLOATS } from "../kernel/kernel.ts";
import { type Address, STATE_WORDS, startStream } from "../random/streams.ts";
import type { Scenario } from "../scenario/scenario.ts";
import { type MaskPlan, maskPlan } from "./mask-plan.ts";

/**
 * Multiplicative noise: fills arrays with draws of m − 1, of mean 0 and variance σ², m being the unit's multiplier.
 *
 * One draw from the streams makes `masks` arrays of it. Each is a draw of the noise in its own right; together they are
 * balanced, so that what one does to a unit the others make up for.
 */
export interface NoiseLayer extends MaskPlan {
  startBatch(address: Address): void;
  /** Fills the same array with mask 0, which draws, then with 1, 2, … of the same draw. */
  deviate(deviation: Float32Array, mask: number): void;
}

/** The noise of a scenario. A new kind is a case here, a case in the theory, and a name in `NOISE_KINDS`. */
export function createNoise(kernel: Kernel, scenario: Scenario): NoiseLayer {
  const { noise, relativeVariance, beta } = scenario;
  const plan = maskPlan(scenario);
  if (relativeVariance === 0) return { ...plan, startBatch() {}, deviate: (deviation) => void deviation.fill(0) };
  switch (noise) {
    case "bernoulli":
      return bernoulli(kernel, scenario, plan);
    case "gaussian":
      return symmetric(kernel, plan, gaussian(kernel, relativeVariance));
    case "uout":
      return symmetric(kernel, plan, uout(kernel, beta ?? 0));
  }
}

/**
 * Inverted dropout: m = 1/p with probability p, else 0. The probability drawn is p to within 2⁻³³.
 *
 * A unit is kept where its random word, as a point of a circle, lies in an arc of length p. Mask j turns the circle by j/n:
 * each unit is then kept by ⌊np⌋ or ⌈np⌉ of n masks. At p = ½ two masks are a mask and its complement.
 */
function bernoulli(kernel: Kernel, { keep, drop }: Scenario, plan: MaskPlan): NoiseLayer {
  const stream = kernel.words(STATE_WORDS);
  const words = kernel.words(STAGE_FLOATS);
  let drawn = words;
  const threshold = Math.round(keep * CIRCLE);
  const kept = drop / keep;
  return {
    ...plan,
    startBatch: (address) => startStream(address, "noise", stream),
    deviate(out, mask) {
      if (drawn.length !== out.length) drawn = words.subarray(0, out.length);
      if (mask === 0) kernel.random({ stream, out: drawn });
      const turn = Math.floor((mask * CIRCLE) / plan.masks);
      kernel.choose({ words: drawn, turn, threshold, kept, dropped: -1, out });
    },
  };
}

const CIRCLE = 2 ** 32;

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

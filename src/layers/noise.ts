import type { Kernel } from "../kernel/kernel.ts";
import { type Address, STATE_WORDS, startStream } from "../random/streams.ts";
import type { Scenario } from "../scenario/scenario.ts";

/** Multiplicative noise: fills an array with draws of m − 1, of mean 0 and variance σ², m being the unit's multiplier. */
export interface NoiseLayer {
  startBatch(address: Address): void;
  deviate(deviation: Float32Array): void;
}

/** The noise of a scenario. A new kind is a case here, a case in the theory, and a name in `NOISE_KINDS`. */
export function createNoise(kernel: Kernel, { noise, keep, drop, beta, relativeVariance }: Scenario): NoiseLayer {
  if (relativeVariance === 0) return { startBatch() {}, deviate: (deviation) => deviation.fill(0) };
  switch (noise) {
    case "bernoulli":
      return bernoulli(kernel, keep, drop);
    case "gaussian":
      return gaussian(kernel, relativeVariance);
    case "uout":
      return uout(kernel, beta ?? 0);
  }
}

/** Inverted dropout: m = 1/p with probability p, else 0. The probability drawn is p to within 2⁻³³. */
function bernoulli(kernel: Kernel, keep: number, drop: number): NoiseLayer {
  const stream = kernel.words(STATE_WORDS);
  const threshold = Math.round(keep * 2 ** 32);
  const kept = drop / keep;
  return {
    startBatch: (address) => startStream(address, "noise", stream),
    deviate: (out) => kernel.choices({ stream, threshold, kept, dropped: -1, out }),
  };
}

/** m ~ N(1, σ²), Srivastava et al. 2014, section 10. */
function gaussian(kernel: Kernel, relativeVariance: number): NoiseLayer {
  const radius = kernel.words(STATE_WORDS);
  const angle = kernel.words(STATE_WORDS);
  const scale = Math.sqrt(relativeVariance);
  return {
    startBatch(address) {
      startStream(address, "noiseRadius", radius);
      startStream(address, "noiseAngle", angle);
    },
    deviate(out) {
      kernel.normals({ radius, angle, out });
      kernel.scale({ x: out, scale });
    },
  };
}

/** m = 1 + U(−β, β), Li et al. 2019, section 5. */
function uout(kernel: Kernel, beta: number): NoiseLayer {
  const stream = kernel.words(STATE_WORDS);
  return {
    startBatch: (address) => startStream(address, "noise", stream),
    deviate: (out) => kernel.uniforms({ stream, scale: beta, out }),
  };
}

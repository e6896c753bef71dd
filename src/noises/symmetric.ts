import type { Address } from "../random/streams.ts";
import type { DrawSetting, NoiseLayer } from "./noise-kind.ts";

/** Draws of r that are as likely to add as to take away. */
export interface SymmetricSource {
  startBatch(address: Address): void;
  draw(deviation: Float32Array): void;
}

/** Symmetric noise: a second, balanced mask is the first with the sign changed. */
export function drawSymmetric({ kernel, plan }: DrawSetting, source: SymmetricSource): NoiseLayer {
  return {
    ...plan,
    startBatch: source.startBatch,
    deviate(out, mask) {
      if (mask === 0) source.draw(out);
      else kernel.scale({ x: out, scale: -1 });
    },
  };
}

import type { Scenario } from "../scenario/scenario.ts";
import { DROPPED_VALUE } from "../theory/alpha-dropout.ts";

/**
 * What every noise does to a unit: during training x becomes gain·(x + r·(x − pivot)), r a draw of mean 0, at test time gain·x.
 *
 *   inverted dropout, Gaussian, Uout   gain 1, pivot 0: the multiplier 1 + r
 *   classic dropout                    gain p in both phases, r of inverted dropout: 1 or 0 times x, and p times x
 *   alpha dropout                      pivot α′, r of inverted dropout, gain a·p during training
 *
 * Alpha dropout makes a·x + b of a unit that it keeps, where r = q/p, and a·α′ + b of one that it drops, where r = −1. With
 * b = −aα′q both are a·p·(x + r·(x − α′)): p·(x + q/p·(x − α′)) = x − qα′, p·α′ = α′ − qα′. So it is dropout of x − α′.
 */
export interface NoiseForm {
  readonly gains: { readonly train: number; readonly test: number };
  readonly pivot: number;
}

export function noiseForm({ noise, keep, drop, scaling }: Scenario): NoiseForm {
  if (noise === "alpha") {
    // a = (p + α′²pq)^(−1/2), Klambauer et al. 2017, §3.
    const train = Math.sqrt(keep / (1 + DROPPED_VALUE * DROPPED_VALUE * drop));
    return { gains: { train, test: 1 }, pivot: DROPPED_VALUE };
  }
  const gain = scaling === "classic" ? keep : 1;
  return { gains: { train: gain, test: gain }, pivot: 0 };
}

/** The pivot in the units of a sampler whose input is unit·(x + centre): r multiplies x + this. In single precision. */
export function pivotCentre({ pivot }: Pick<NoiseForm, "pivot">, { unit, centre }: Sampled): number {
  return pivot === 0 ? centre : Math.fround(centre - pivot / unit);
}

interface Sampled {
  readonly unit: number;
  readonly centre: number;
}

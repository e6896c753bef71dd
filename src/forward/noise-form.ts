import type { NoiseField } from "../network/network.ts";
import type { Gains } from "../noises/noise-kind.ts";
import { propertiesOf } from "../noises/noises.ts";
import type { Scenario } from "../scenario/scenario.ts";

/** What every noise does to a unit: during training x becomes gain·(x + r·(x − pivot)), r a draw of mean 0, at test time gain·x. */
export interface NoiseForm {
  readonly gains: Gains;
  readonly pivot: number;
}

export function noiseForm(noise: Pick<Scenario, NoiseField>): NoiseForm {
  const { drawnGains, pivot } = propertiesOf(noise.noise);
  return { gains: drawnGains(noise), pivot };
}

/** The pivot in the units of a sampler whose input is unit·(x + centre): r multiplies x + this. In single precision. */
export function pivotCentre({ pivot }: Pick<NoiseForm, "pivot">, { unit, centre }: Sampled): number {
  return pivot === 0 ? centre : Math.fround(centre - pivot / unit);
}

interface Sampled {
  readonly unit: number;
  readonly centre: number;
}

import type { NoiseField, NoiseOfNetwork } from "../network/network.ts";
import type { Gains } from "../noises/noise-kind.ts";
import { propertiesOf } from "../noises/noises.ts";
import type { Scenario } from "../scenario/scenario.ts";

/** What every noise does to a unit: during training x becomes gain·(x + r·(x − pivot)), r a draw of mean 0, at test time gain·x. */
export interface NoiseForm {
  readonly gains: Gains;
  readonly pivot: number;
}

/** A mask that scales nothing takes back the 1/keep of its draws during training. */
export function noiseForm({
  isScaled = true,
  ...noise
}: Pick<Scenario, NoiseField> & Partial<Pick<NoiseOfNetwork, "isScaled">>): NoiseForm {
  const { drawnGains, pivot } = propertiesOf(noise.noise);
  return { gains: isScaled ? drawnGains(noise) : { train: noise.keep, test: 1 }, pivot };
}

/** The pivot in the units of a sampler whose input is unit·(x + centre): r multiplies x + this. In single precision. */
export function pivotCentre({ pivot }: Pick<NoiseForm, "pivot">, { unit, centre }: Sampled): number {
  return pivot === 0 ? centre : Math.fround(centre - pivot / unit);
}

interface Sampled {
  readonly unit: number;
  readonly centre: number;
}

import { expect, test } from "vitest";
import { layerNormMeanField } from "../../../src/theory/stack/layer-norm.ts";
import { deviation, drawsOf, mistakes, NOISES, networks, simulated } from "./simulated-network.ts";

const SEED = 20260101;
const draws = drawsOf(SEED);

// The odds are those of `deviation`: once in 10⁶ for all networks. The seed is fixed.
test.each(networks("layer"))("behind Layer Normalization theory has %s", (_, network) => {
  const places = simulated(network, draws);
  const { activation, noise, residual, variance } = network;
  const setting = { activation, noises: [NOISES[noise], NOISES[noise]], residual, variance };
  expect(deviation(network, places, layerNormMeanField(setting))).toBeLessThan(1);
  // Negative controls.
  for (const [forgotten, wrong] of mistakes(network)) {
    expect(
      deviation(network, places, layerNormMeanField({ ...setting, ...wrong })),
      `without ${forgotten}`,
    ).toBeGreaterThan(1);
  }
});

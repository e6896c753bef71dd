import { expect, test } from "vitest";
import { meanField } from "../../../src/theory/stack/mean-field.ts";
import { deviation, drawsOf, mistakes, NOISES, networks, simulated } from "./simulated-network.ts";

const SEED = 20260101;
const draws = drawsOf(SEED);

// The odds are those of `deviation`: once in 10⁶ for all networks. The seed is fixed.
test.each(networks("batch"))("behind Batch Normalization theory has %s", (_, network) => {
  const places = simulated(network, draws);
  const { activation, noise, residual, variance } = network;
  const setting = { activation, noises: [NOISES[noise], NOISES[noise]], residual, variance };
  expect(deviation(network, places, meanField(setting))).toBeLessThan(1);
  // Negative controls.
  for (const [forgotten, wrong] of mistakes(network)) {
    expect(deviation(network, places, meanField({ ...setting, ...wrong })), `without ${forgotten}`).toBeGreaterThan(1);
  }
});

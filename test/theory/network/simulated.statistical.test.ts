import { expect, test } from "vitest";
import { knownTheory } from "../../notation/written.ts";
import { type Maps, measuredShift, type PlainLayers, plainLayers, SAMPLES } from "./plain-network.ts";

type Simulated = (layers: PlainLayers) => Maps;

const relu = (z: number) => Math.max(0, z);

/** Networks whose theory is in no other test, a simulation of each, and a network that a mistake would take it for. */
const NETWORKS: readonly (readonly [text: string, simulated: Simulated, mistaken: string])[] = [
  [
    // What a ReLU makes of a masked normal, behind its norm, is not what it makes of a normal.
    "input(96, relu) linear(96) dropout(0.5) bn relu linear(96) bn",
    ({ input, conv, dropout, norm, relu }) =>
      conv(96)(relu(norm(dropout(0.5)(conv(96)(input(96, 1, (z) => Math.max(0, z))))))),
    "input(96, relu) linear(96) mask(0.5, unscaled) bn relu linear(96) bn",
  ],
  [
    "input(96x5, relu) conv(96, 3) dropout(0.4) bn",
    ({ input, conv, dropout }) => dropout(0.4)(conv(96, 3)(input(96, 5, relu))),
    "input(96x5) conv(96, 3) dropout(0.4) bn",
  ],
  [
    "input(96) residual(linear(96, normal) droppath(0.5)) bn relu dropout(0.2) bn",
    ({ input, conv, dropout, residual, norm, relu }) =>
      dropout(0.2)(relu(norm(residual(conv(96), dropout(0.5, "sample"))(input(96, 1))))),
    "input(96) residual(linear(96, normal)) bn relu dropout(0.2) bn",
  ],
  [
    "input(96x4, relu) dropout2d(0.5) conv(96, 1) avgpool bn",
    ({ input, conv, dropout, average }) => average(conv(96)(dropout(0.5, "channel")(input(96, 4, relu)))),
    "input(96x4, relu) dropout(0.5) conv(96, 1) avgpool bn",
  ],
  [
    "input(96, relu) mask(0.3, unscaled) linear(96) relu linear(96) bn",
    ({ input, conv, mask, relu }) => conv(96)(relu(conv(96)(mask(0.3)(input(96, 1, (z) => Math.max(0, z)))))),
    "input(96, relu) dropout(0.3) linear(96) relu linear(96) bn",
  ],
  [
    "input(96) concat(bn relu linear(96, normal) dropout(0.5)) bn relu linear(96) bn",
    ({ input, conv, dropout, concat, norm, relu }) =>
      conv(96)(relu(norm(concat(norm, relu, conv(96), dropout(0.5))(input(96, 1))))),
    "input(96) concat(bn relu linear(96, normal)) bn relu dropout(0.5) linear(96) bn",
  ],
  [
    "input(96) linear(96) relu dropout(0.5) linear(96) relu bn relu bn",
    ({ input, conv, dropout, relu }) => relu(conv(96)(dropout(0.5)(relu(conv(96)(input(96, 1)))))),
    "input(96) linear(96) relu linear(96) relu dropout(0.5) bn",
  ],
];

const REPEATS = 24;

/**
 * Finite width and mini-batch: each layer averages over 96 channels, and each mean over 192 samples, so Δ is off by about 1/96 and 1/192
 * for each of two layers that draw.
 */
const FINITE = 2 / 96 + 1 / SAMPLES;

test.each(NETWORKS)("%s has the Δ of simulated networks", (text, simulated, mistaken) => {
  const shifts = Array.from({ length: REPEATS }, (_, index) =>
    measuredShift(simulated(plainLayers(`${text} ${index}`))),
  );
  const mean = shifts.reduce((sum, { shift }) => sum + shift, 0) / REPEATS;
  const variance = shifts.reduce((sum, { shift }) => sum + (shift - mean) ** 2, 0) / (REPEATS - 1);
  const name = text.includes("bn relu bn") ? "BN 1" : undefined;
  const { shift } = knownTheory(text, name);
  // z = 4.9 two-sided: one false alarm in 10⁶, and 10⁵ of Student's law of 23 degrees. The seeds are fixed.
  const limit = 4.9 * Math.sqrt(variance / REPEATS) + FINITE * shift;
  expect(Math.abs(mean - shift), `measured ${mean}, theory ${shift}, limit ${limit}`).toBeLessThan(limit);
  // Negative control.
  expect(Math.abs(mean - knownTheory(mistaken).shift), `mistaken ${knownTheory(mistaken).shift}`).toBeGreaterThan(
    limit,
  );
});

test("the mean shift behind an unscaled mask and a ReLU is that of simulated networks", () => {
  const text = "input(96, relu) mask(0.5, unscaled) linear(96) relu bn";
  const shifts = Array.from({ length: REPEATS }, (_, index) => {
    const { input, conv, mask, relu } = plainLayers(`means ${index}`);
    return measuredShift(relu(conv(96)(mask(0.5)(input(96, 1, (z) => Math.max(0, z)))))).meanShift;
  });
  const mean = shifts.reduce((sum, each) => sum + each, 0) / REPEATS;
  const variance = shifts.reduce((sum, each) => sum + (each - mean) ** 2, 0) / (REPEATS - 1);
  const { meanShift } = knownTheory(text);
  // The means of 192 samples in both phases add their own variance, about 2/192; the odds are those above.
  const limit = 4.9 * Math.sqrt(variance / REPEATS) + 2 / SAMPLES + FINITE * (meanShift ?? 0);
  expect(Math.abs(mean - (meanShift ?? 0)), `measured ${mean}, theory ${meanShift}`).toBeLessThan(limit);
  expect(mean).toBeGreaterThan(limit);
});

import { describe, expect, it, test } from "vitest";
import { wholeBytes } from "../../src/forward/whole.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { referenceKernel } from "../../src/kernel/reference.ts";
import { simdKernel } from "../kernel/simd-kernel.ts";
import { networkOfText, outputsOf, QUIET, runnerOf, TRAINING } from "./written-network.ts";

/** Every layer and every noise; columns over borders of tiles, and groups of lanes that are not full. */
const NETWORKS = [
  "input(3x7x5) conv(8, 3) bn relu dropout(0.3) conv(6, 3, stride=2) bn maxpool(2, stride=1) flatten linear(5) bn",
  "input(4x9, relu) conv(8, 4, groups=2, padding=3, xavier) gaussiandropout(0.2) bn elu residual(bn conv(8, 1) uout(0.3)) bn",
  "input(2x3x4x3, rho=0.1) conv(4, 2) bn leakyrelu conv(6, 3, stride=2, uniform) dropout2d(0.4) groupnorm(3) silu avgpool bn",
  "input(6x8x8) dropblock(0.3, 3) conv(6, 3, groups=6) layernorm tanh cutout(3) concat(bn conv(3, 3, alignment=4)) bn",
  "input(12, noise=alphadropout(0.2)) linear(16, alignment=3) layernorm gelu residual(linear(16, mean=0.5) droppath(0.4)) bn",
  "input(5x6x6) gaussiannoise(0.5) dropconnect(0.3) conv(6, 3) sigmoid mask(0.2, unscaled) bn avgpool(3) residual(identity) bn",
  "input(4x20x20) conv(4, 5, constant) dropblock(0.2, 2) bn conv(3, 3, stride=3, padding=0) conv(8, 1) bn maxpool(6) flatten",
  "input(6x3) dropconnect(0.4) conv(4, 2, groups=2) bn flatten dropconnect(0.2) linear(14) groupnorm(7) dropout(0) bn",
] as const;

const BATCH_SIZE = 11;

describe.each(NETWORKS)("%s", (text) => {
  const network = networkOfText(text);
  const [plain, fast] = [referenceKernel, undefined].map((kernel) =>
    runnerOf(network, { batchSize: BATCH_SIZE, ...(kernel === undefined ? {} : { kernel }) }),
  ) as [ReturnType<typeof runnerOf>, ReturnType<typeof runnerOf>];

  it("has the same bits on both kernels, in every pass", () => {
    const frozen = plain.run(TRAINING).statistics;
    const passes = [TRAINING, QUIET, { kind: "test", frozen }, { kind: "test", frozen, noise: true }] as const;
    for (const pass of [...passes, { kind: "train", mask: 3 } as const]) {
      const expected = plain.run(pass, 2);
      expect(fast.run(pass, 2)).toEqual(expected);
      expect(expected.outputs.every(Number.isFinite)).toBe(true);
      expect(expected.outputs.some((value) => value !== expected.outputs[0])).toBe(true);
    }
  });

  it("depends on no pass before", () => {
    const first = runnerOf(network, { batchSize: BATCH_SIZE }).run(TRAINING, 5);
    fast.run(QUIET, 1);
    expect(fast.run(TRAINING, 5)).toEqual(first);
  });
});

/** Bytes that a kernel hands out for a network, each array at a multiple of 64. */
function bytesHandedOut(text: string, batchSize: number): number {
  let bytes = 0;
  const counted = <Numbers extends { readonly byteLength: number }>(values: Numbers) => {
    bytes += Math.ceil(values.byteLength / 64) * 64;
    return values;
  };
  const kernel: Kernel = {
    ...referenceKernel,
    floats: (length) => counted(new Float32Array(length)),
    doubles: (length) => counted(new Float64Array(length)),
    words: (length) => counted(new Uint32Array(length)),
  };
  runnerOf(networkOfText(text), { batchSize, kernel });
  return bytes;
}

test.each([
  ...NETWORKS,
  "input(1x1) bn",
  "input(64x16x16) conv(64, 3, groups=64) conv(200, 3, alignment=2) dropconnect(0.5) conv(64, 5) bn",
  "input(3000, rho=0.1) dropconnect(0.1) linear(300) bn relu linear(300, mean=1) bn",
  "input(300x10x10, rho=0.1, mean=3) dropblock(0.1, 2) bn",
])("wholeBytes is enough for %s", (text) => {
  for (const batchSize of [2, 64, 300]) {
    const network = networkOfText(text);
    const handedOut = bytesHandedOut(text, batchSize);
    const bound = wholeBytes({ network, batchSize });
    expect(handedOut).toBeLessThanOrEqual(bound);
    // The bound is a bound for a reason: it grows with what it bounds.
    expect(bound).toBeLessThan(2 * handedOut + 2 ** 21 + 2 ** 16 * network.nodes.length);
    simdKernel(bound);
  }
});

describe("positions", () => {
  it("an input of maps has the numbers of a vector, channel by channel", () => {
    for (const law of ["", ", relu, mean=1", ", rho=0.3", ", uniform, variance=2"]) {
      const [maps, vector] = ["3x4x4", "48"].map((shape) =>
        outputsOf(`input(${shape}${law}) flatten`, { batchSize: 300 }),
      );
      expect(maps).toEqual(vector);
    }
  });

  it("statistics of a channel are over samples and positions", () => {
    const batchSize = 50;
    const { statistics, outputs, variances } = runnerOf(networkOfText("input(3x4x4)"), { batchSize }).run(TRAINING);
    const count = batchSize * 16;
    for (let channel = 0; channel < 3; channel++) {
      const values = [...outputs.subarray(channel * count, (channel + 1) * count)];
      const mean = values.reduce((sum, value) => sum + value, 0) / count;
      const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
      expect(statistics.mean[channel]).toBeCloseTo(mean, 6);
      expect(statistics.variance[channel]).toBeCloseTo(squares / (count - 1), 5);
    }
    expect(variances[0]).toBeCloseTo(statistics.variance.reduce((sum, one) => sum + one, 0) / 3, 12);
  });

  it("what is added to itself is doubled, and what is joined with itself is there twice", () => {
    const x = outputsOf("input(3x4x4) conv(4, 3)");
    expect(outputsOf("input(3x4x4) conv(4, 3) residual(identity)")).toEqual(x.map((value) => 2 * value));
    expect(outputsOf("input(3x4x4) conv(4, 3) concat(identity)")).toEqual(Float32Array.from([...x, ...x]));
  });
});

describe("noise at test time", () => {
  const text = "input(6x4) dropout(0.5) conv(6, 1) dropconnect(0.5) conv(6, 3) gaussiannoise(1) dropout2d(0.5)";
  const { run } = runnerOf(networkOfText(`${text} bn`), { batchSize: 16 });
  const frozen = run(TRAINING).statistics;

  it("has masks of its own, other than those of training", () => {
    const noisy = run({ kind: "test", frozen, noise: true });
    const quiet = run({ kind: "test", frozen });
    const trained = [0, 1, 2].map((mask) => run({ kind: "train", mask }));
    const variances = [noisy, quiet, ...trained].map((ran) => ran.statistics.variance.join());
    expect(new Set(variances).size).toBe(variances.length);
    // The same again.
    expect(run({ kind: "test", frozen, noise: true })).toEqual(noisy);
  });

  it("without noise has the bits of no noise", () => {
    const { run: bare } = runnerOf(networkOfText("input(6x4) conv(6, 1) conv(6, 3) bn"), { batchSize: 16 });
    expect(run({ kind: "test", frozen }).statistics).toEqual(bare({ kind: "test", frozen }).statistics);
    expect(run(QUIET).outputs).toEqual(bare(QUIET).outputs);
  });
});

it("noise of rate 0 changes nothing, in any layer", () => {
  const plain = outputsOf("input(4x4x4) conv(4, 3) bn");
  for (const noise of ["dropout(0)", "dropout2d(0)", "droppath(0)", "dropblock(0, 2)", "gaussiannoise(0)", "uout(0)"]) {
    expect(outputsOf(`input(4x4x4) ${noise} conv(4, 3) bn`)).toEqual(plain);
  }
  for (const noise of ["mask(0, unscaled)", "alphadropout(0)", "gaussiandropout(0)"]) {
    expect(outputsOf(`input(4x4x4) ${noise} conv(4, 3) bn`)).toEqual(plain);
  }
  // The same product in single precision.
  const masked = outputsOf("input(4x4x4) dropconnect(0) conv(4, 3) bn");
  for (const [at, value] of masked.entries()) expect(value).toBeCloseTo(plain[at] ?? 0, 3);
  expect(outputsOf("input(4x4x4) cutout(4) bn").every((value) => value === 0)).toBe(true);
});

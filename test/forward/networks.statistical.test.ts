import { expect, test } from "vitest";
import { type Maps, type PlainLayer, type PlainLayers, plainLayers } from "./plain-network.ts";
import { networkOfText, runnerOf, TRAINING } from "./written-network.ts";

const SEEDS = 200;
const BATCH_SIZE = 12;

/** A network of src/, the same in plain loops, and another network that the comparison must tell from it. */
type Case = readonly [text: string, plain: (layers: PlainLayers) => readonly [Maps, ...PlainLayer[]], other: string];

/** A noise in maps, in front of a convolution and of the norms behind it. */
const noisy = (noise: string, other: string, layer: (layers: PlainLayers) => PlainLayer): Case => {
  const text = (written: string) => `input(4x4x4, mean=0.5) ${written} conv(4, 3) bn relu ${written} bn`;
  return [
    text(noise),
    (plain) => [
      plain.input(4, [4, 4], () => 0.5 + plain.normal()),
      layer(plain),
      plain.conv(4, 3),
      plain.bn,
      relu(plain),
      layer(plain),
      plain.bn,
    ],
    text(other),
  ];
};

/** A function of units, between norms that see what it makes of noise before it. */
const pointwise = (word: string, other: string, f: (x: number) => number): Case => {
  const text = (written: string) => `input(6, variance=2) dropout(0.4) ${written} linear(6, normal) bn`;
  return [
    text(word),
    (plain) => [
      plain.input(6, [], () => Math.SQRT2 * plain.normal()),
      plain.dropout(0.4),
      plain.pointwise(f),
      plain.linear(6, { law: { kind: "normal" } }),
      plain.bn,
    ],
    text(other),
  ];
};

const relu = (plain: PlainLayers) => plain.pointwise((x) => Math.max(0, x));

const CASES: readonly Case[] = [
  noisy("dropout(0.3)", "dropout(0.4)", ({ dropout }) => dropout(0.3)),
  noisy("dropout2d(0.3)", "dropout2d(0.45)", ({ dropout }) => dropout(0.3, "map")),
  noisy("droppath(0.3)", "droppath(0.45)", ({ dropout }) => dropout(0.3, "sample")),
  noisy("dropblock(0.3, 2)", "dropblock(0.4, 2)", ({ dropBlock }) => dropBlock(0.3, 2)),
  noisy("alphadropout(0.3)", "dropout(0.3)", ({ alphaDropout }) => alphaDropout(0.3)),
  noisy("gaussiandropout(0.3)", "gaussiandropout(0.4)", ({ gaussianDropout }) => gaussianDropout(0.3)),
  noisy("uout(0.9)", "uout(0.6)", ({ uout }) => uout(0.9)),
  noisy("gaussiannoise(0.8)", "gaussiannoise(1)", ({ gaussianNoise }) => gaussianNoise(0.8)),
  noisy("mask(0.3, unscaled)", "mask(0.3)", ({ mask }) => mask(0.3)),
  noisy("cutout(2)", "cutout(3)", ({ cutout }) => cutout(2)),
  [
    "input(4x4x4, mean=0.5) dropconnect(0.4) conv(6, 3) bn relu flatten dropconnect(0.3) linear(5) bn",
    (plain) => [
      plain.input(4, [4, 4], () => 0.5 + plain.normal()),
      plain.conv(6, 3, { drop: 0.4 }),
      plain.bn,
      relu(plain),
      plain.flatten,
      plain.linear(5, { drop: 0.3 }),
      plain.bn,
    ],
    "input(4x4x4, mean=0.5) dropconnect(0.2) conv(6, 3) bn relu flatten dropconnect(0.3) linear(5) bn",
  ],
  pointwise("tanh", "identity", Math.tanh),
  pointwise("elu", "relu", (x) => (x > 0 ? x : Math.exp(x) - 1)),
  pointwise("leakyrelu(0.3)", "leakyrelu", (x) => (x > 0 ? x : 0.3 * x)),
  pointwise("silu", "tanh", (x) => x / (1 + Math.exp(-x))),
  pointwise("sigmoid", "tanh", (x) => 1 / (1 + Math.exp(-x))),
  pointwise("relu", "elu", (x) => Math.max(0, x)),
  [
    // Strides, groups and paddings, along one axis.
    "input(4x9, relu) dropout(0.3) conv(8, 4, stride=2, padding=2, groups=2, normal) bn conv(6, 2, uniform, mean=0.4) bn",
    (plain) => [
      plain.input(4, [9], () => Math.max(0, plain.normal())),
      plain.dropout(0.3),
      plain.conv(8, 4, { stride: 2, padding: 2, groups: 2, law: { kind: "normal" } }),
      plain.bn,
      plain.conv(6, 2, { law: { kind: "uniform", mean: 0.4 } }),
      plain.bn,
    ],
    "input(4x9, relu) dropout(0.3) conv(8, 4, stride=2, padding=2, normal) bn conv(6, 2, uniform) bn",
  ],
  [
    // Along three axes.
    "input(2x3x4x3) dropout(0.2) conv(4, 3, padding=0) bn",
    (plain) => [plain.input(2, [3, 4, 3]), plain.dropout(0.2), plain.conv(4, 3, { padding: 0 }), plain.bn],
    "input(2x3x4x3) dropout(0.2) conv(4, 3) bn",
  ],
  [
    "input(3x5x4) dropout(0.4) conv(6, 3) layernorm relu conv(6, 3) groupnorm(2) conv(4, 1) bn",
    (plain) => [
      plain.input(3, [5, 4]),
      plain.dropout(0.4),
      plain.conv(6, 3),
      plain.groupNorm(1),
      relu(plain),
      plain.conv(6, 3),
      plain.groupNorm(2),
      plain.conv(4, 1),
      plain.bn,
    ],
    "input(3x5x4) dropout(0.4) conv(6, 3) groupnorm(3) relu conv(6, 3) groupnorm(6) conv(4, 1) bn",
  ],
  [
    "input(12) dropout(0.4) linear(12) layernorm relu linear(12) groupnorm(3) linear(4) bn",
    (plain) => [
      plain.input(12, []),
      plain.dropout(0.4),
      plain.linear(12),
      plain.groupNorm(1),
      relu(plain),
      plain.linear(12),
      plain.groupNorm(3),
      plain.linear(4),
      plain.bn,
    ],
    "input(12) dropout(0.4) linear(12) layernorm relu linear(12) groupnorm(6) linear(4) bn",
  ],
  [
    "input(3x6x5) dropout(0.4) conv(4, 3) maxpool(2) bn conv(6, 3) avgpool(2, stride=1) bn avgpool linear(4) bn",
    (plain) => [
      plain.input(3, [6, 5]),
      plain.dropout(0.4),
      plain.conv(4, 3),
      plain.maxPool(2),
      plain.bn,
      plain.conv(6, 3),
      plain.averagePool(2, 1),
      plain.bn,
      plain.averagePool(),
      plain.linear(4),
      plain.bn,
    ],
    "input(3x6x5) dropout(0.4) conv(4, 3) avgpool(2) bn conv(6, 3) avgpool(2) bn avgpool linear(4) bn",
  ],
  [
    "input(3x6x5) dropout(0.3) conv(4, 3) maxpool(3, stride=1) bn avgpool(2) bn",
    (plain) => [
      plain.input(3, [6, 5]),
      plain.dropout(0.3),
      plain.conv(4, 3),
      plain.maxPool(3, 1),
      plain.bn,
      plain.averagePool(2),
      plain.bn,
    ],
    "input(3x6x5) dropout(0.3) conv(4, 3) maxpool(2, stride=1) bn avgpool(2) bn",
  ],
  [
    "input(3x4x4) conv(4, 3) repeat(2, residual(bn relu dropout(0.4) conv(4, 3, normal))) bn",
    (plain) => {
      const block = () =>
        plain.residual(plain.bn, relu(plain), plain.dropout(0.4), plain.conv(4, 3, { law: { kind: "normal" } }));
      return [plain.input(3, [4, 4]), plain.conv(4, 3), block(), block(), plain.bn];
    },
    "input(3x4x4) conv(4, 3) repeat(2, residual(bn relu dropout(0.2) conv(4, 3, normal))) bn",
  ],
  [
    "input(3x4x4) concat(conv(4, 3) dropout(0.4)) bn concat(relu conv(5, 3)) bn residual(identity) flatten linear(3) bn",
    (plain) => [
      plain.input(3, [4, 4]),
      plain.concat(plain.conv(4, 3), plain.dropout(0.4)),
      plain.bn,
      plain.concat(relu(plain), plain.conv(5, 3)),
      plain.bn,
      plain.residual(),
      plain.flatten,
      plain.linear(3),
      plain.bn,
    ],
    "input(3x4x4) concat(conv(4, 3) dropout(0.3)) bn concat(relu conv(5, 3)) bn flatten linear(3) bn",
  ],
];

/** Variances at each norm, during training and then at test time, and that at the first with the noise on at test time; of one seed. */
function measured(text: string, seed: number): readonly number[] {
  const { run } = runnerOf(networkOfText(text, { seed: `${seed}` }), { batchSize: BATCH_SIZE });
  const during = run(TRAINING);
  const at = run({ kind: "test", frozen: during.statistics });
  const noisily = run({ kind: "test", frozen: during.statistics, noise: true });
  return [...during.variances, ...at.variances, noisily.variances[0] ?? Number.NaN];
}

function simulated(plain: Case[1], seed: number): readonly number[] {
  const layers = plainLayers(seed, BATCH_SIZE);
  const [input, ...others] = plain(layers);
  layers.through(input, others);
  const during = layers.seen.map(({ train }) => train);
  // Before any norm, noise at test time does what it does during training.
  return [...during, ...layers.seen.map(({ test }) => test), during[0] ?? Number.NaN];
}

/** The largest difference of means, in standard errors. */
function largestZ(one: readonly (readonly number[])[], other: readonly (readonly number[])[]): number {
  const moments = (all: readonly (readonly number[])[], index: number) => {
    const values = all.map((each) => each[index] ?? Number.NaN);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    return { mean, variance: values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1) };
  };
  const zs = (one[0] ?? []).map((_, index) => {
    const [a, b] = [moments(one, index), moments(other, index)];
    return Math.abs(a.mean - b.mean) / Math.sqrt((a.variance + b.variance) / SEEDS);
  });
  return Math.max(...zs);
}

const seeds = Array.from({ length: SEEDS }, (_, index) => index);

test.each(CASES)("%s has the variances of the same in plain loops", (text, plain, other) => {
  const expected = seeds.map((seed) => simulated(plain, seed));
  const found = seeds.map((seed) => measured(text, seed));
  expect(found[0]).toHaveLength(expected[0]?.length ?? 0);
  // z = 5.8 two-sided: about 100 comparisons in this file, one false alarm in 10⁶. The seeds are fixed.
  expect(largestZ(found, expected)).toBeLessThan(5.8);
  // Negative control: another network of as many norms.
  const mistaken = seeds.map((seed) => measured(other, seed));
  expect(largestZ(mistaken, expected)).toBeGreaterThan(5.8);
});

import { describe, expect, test } from "vitest";
import { type PlainLayer, type PlainLayers, plainLayers } from "./plain-network.ts";
import { networkOfText, outputsOf, QUIET, runnerOf } from "./written-network.ts";

const BATCH_SIZE = 30;

/** What a network makes of its input, and plain loops of the same numbers: channel by channel, sample by sample. */
function bothOf(input: string, layers: string, plain: (layers: PlainLayers) => readonly PlainLayer[]) {
  const options = { pass: QUIET, batchSize: BATCH_SIZE };
  const { channels = 0, sizes = [] } = networkOfText(input).nodes[0]?.shape ?? {};
  const values = outputsOf(input, options);
  const positions = sizes.reduce((product, size) => product * size, 1);
  let drawn = 0;
  const draw = () => {
    const [sample, unit] = [Math.floor(drawn / (channels * positions)), drawn % (channels * positions)];
    drawn++;
    const [channel, position] = [Math.floor(unit / positions), unit % positions];
    return values[(channel * BATCH_SIZE + sample) * positions + position] ?? Number.NaN;
  };
  const all = plainLayers(1, BATCH_SIZE);
  const made = all.through(all.input(channels, sizes, draw), plain(all));
  const after = made.sizes.reduce((product, size) => product * size, 1);
  const expected = Float64Array.from(made.train, (_, at) => {
    const [row, position] = [Math.floor(at / after), at % after];
    const [channel, sample] = [Math.floor(row / BATCH_SIZE), row % BATCH_SIZE];
    return made.train[(sample * made.channels + channel) * after + position] ?? Number.NaN;
  });
  return { found: outputsOf(`${input} ${layers}`, options), expected, seen: all.seen };
}

const CASES: readonly (readonly [input: string, layers: string, (layers: PlainLayers) => readonly PlainLayer[]])[] = [
  ["input(3x6x5)", "maxpool(2)", ({ maxPool }) => [maxPool(2)]],
  ["input(3x6x5)", "maxpool(3, stride=1)", ({ maxPool }) => [maxPool(3, 1)]],
  ["input(2x40)", "maxpool(2, stride=3)", ({ maxPool }) => [maxPool(2, 3)]],
  ["input(2x3x4x5)", "avgpool(2, stride=1)", ({ averagePool }) => [averagePool(2, 1)]],
  ["input(5x6x5)", "avgpool(3)", ({ averagePool }) => [averagePool(3)]],
  ["input(5x6x5)", "avgpool", ({ averagePool }) => [averagePool()]],
  ["input(3x6x5)", "flatten", ({ flatten }) => [flatten]],
  ["input(3x6x5)", "concat(relu)", ({ concat, pointwise }) => [concat(pointwise((x) => Math.max(0, x)))]],
  [
    "input(3x6x5)",
    "residual(elu avgpool(1)) bn",
    ({ residual, pointwise, bn }) => [residual(pointwise((x) => (x > 0 ? x : Math.exp(x) - 1))), bn],
  ],
  ["input(6x6x5, mean=2)", "layernorm", ({ groupNorm }) => [groupNorm(1)]],
  ["input(6x6x5, mean=2)", "groupnorm(3)", ({ groupNorm }) => [groupNorm(3)]],
  ["input(6x6x5, mean=2)", "relu bn", ({ pointwise, bn }) => [pointwise((x) => Math.max(0, x)), bn]],
];

describe("a layer makes of its input what plain loops make of the same numbers", () => {
  test.each(CASES)("%s %s", (input, layers, plain) => {
    const { found, expected } = bothOf(input, layers, plain);
    expect(found).toHaveLength(expected.length);
    // Numbers of a few units, in single precision.
    const farthestMoved = (by: number) =>
      expected.reduce((most, value, at) => Math.max(most, Math.abs(value - (found[at + by] ?? value))), 0);
    expect(farthestMoved(0)).toBeLessThan(2e-6);
    // Negative control: the same numbers, moved by one.
    expect(farthestMoved(1)).toBeGreaterThan(0.1);
  });

  test("and norms of samples see the variance that they go by", () => {
    for (const layers of ["layernorm", "groupnorm(3)"]) {
      const groups = layers === "layernorm" ? 1 : 3;
      const { seen } = bothOf("input(6x6x5, mean=2)", layers, ({ groupNorm }) => [groupNorm(groups)]);
      const network = networkOfText(`input(6x6x5, mean=2) ${layers}`);
      const { variances } = runnerOf(network, { batchSize: BATCH_SIZE }).run(QUIET);
      expect(variances[0]).toBeCloseTo(seen[0]?.train ?? Number.NaN, 6);
    }
  });
});

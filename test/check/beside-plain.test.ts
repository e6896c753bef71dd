import { median } from "simple-statistics";
import { describe, expect, it } from "vitest";
import { fittingRows } from "../../src/check/audit-rows.ts";
import { createKernel } from "../../src/kernel/fastest.ts";
import { readModel } from "../../src/model/read-model.ts";
import { loaded } from "../../src/passes/loaded.ts";
import { addReceived, emptySums, measuredSums, momentsOf } from "../../src/passes/moments.ts";
import { createNetwork, type Network, networkBytes, type Statistics } from "../../src/passes/network.ts";
import { ofClasses, ofValues } from "../../src/passes/outputs.ts";
import { repaired } from "../../src/passes/repair.ts";
import { modelOf, rowsOf, TRAINED, truthOf } from "./trained.ts";

// The repair, which pairs noise with its absence, beside plain re-estimation from the same inputs without noise (bench/repair.ts has more draws).

const DRAWS = 5;
/** With more the numbers are the same within draws. */
const MASKS = 4;

type Way = (network: Network, x: Float32Array, inputs: number) => void;

const paired: Way = (network, x, inputs) => {
  const sums = measuredSums(network, { x, from: 0, to: inputs, masks: MASKS });
  repaired(network, { x, inputs, on: sums.map(({ on }) => on), isKept: (norm) => norm === 0 });
};

const plain: Way = (network, x, inputs) => {
  network.run({
    ...{ x, inputs, firstInput: 0, masks: null },
    atNorm(received) {
      const { mean } = network.norms[received.norm] as { readonly mean: Float64Array };
      const sums = emptySums(mean.length);
      addReceived(sums, received, mean);
      const found = momentsOf(sums);
      network.statistics[received.norm] = {
        mean: found.mean.map((shift, channel) => shift + (mean[channel] as number)),
        variance: found.variance,
      };
    },
  });
};

describe.each(TRAINED)("a repair of %s", (name) => {
  it.each([16, 64])(
    "by %i inputs has better statistics and a lower loss than plain re-estimation, in the median of draws",
    async (inputs) => {
      const graph = await readModel(modelOf(name));
      const { labels, ...test } = await rowsOf(name, "test");
      const { values, shape, count } = fittingRows(graph, test, "data");
      const output = graph.outputs[0] ?? null;
      const setting = { model: name, nodes: loaded(graph.nodes), inputShape: shape, output, seed: "beside" };
      const network = createNetwork(createKernel(networkBytes(setting)), setting);
      const stored = [...network.statistics];
      const [size, half] = [values.length / count, count / 2];
      const truth = truthOf(name).bn;
      const drawn = (way: Way) =>
        Array.from({ length: DRAWS }, (_, draw) => {
          network.statistics.splice(0, stored.length, ...stored);
          // Rows of the first half, others for each draw; the loss is that of the second half.
          const from = Math.floor((draw * (half - inputs)) / (DRAWS - 1));
          way(network, values.subarray(from * size, (from + inputs) * size), inputs);
          const outputs = network.run({ x: values.subarray(half * size), inputs: half, firstInput: 0, masks: null });
          const width = network.outputSize;
          const { loss } = (width === 1 ? ofValues : ofClasses)({ values: outputs, width }, labels.subarray(half));
          const errors = network.norms.flatMap(({ name: norm }, at) => {
            const all = truth[norm]?.corrected_var ?? [];
            const least = 1e-3 * Math.max(...all);
            const { variance } = network.statistics[at] as Statistics;
            return all.flatMap((value, channel) =>
              value > least ? [Math.abs(Math.log(Math.max(1e-12, variance[channel] as number) / value))] : [],
            );
          });
          return { loss, error: median(errors) };
        });
      const [ours, others] = [drawn(paired), drawn(plain)];
      const middle = (of: typeof ours, pick: (one: (typeof ours)[number]) => number) => median(of.map(pick));
      expect(middle(ours, ({ error }) => error)).toBeLessThan(middle(others, ({ error }) => error));
      expect(middle(ours, ({ loss }) => loss)).toBeLessThan(middle(others, ({ loss }) => loss));
    },
  );
});

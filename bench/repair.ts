/**
 * What repairs of running statistics are worth, by few inputs without labels.
 *
 *   npm run repair-study
 *
 * Networks that PyTorch trained with dropout of 0.5 (test/model/data), inputs drawn from the first half of their test rows, loss and error
 * on the other half. Prints a Markdown table for each network:
 *
 *   stored        as they were trained
 *   paired        the same inputs with noise and without (vshift audit --fix)
 *   plain         mean and variance of the inputs without noise, one norm after the other (as PreciseBN does)
 *   update_bn     the same with noise, as torch.optim.swa_utils.update_bn leaves it on
 *   all training  re-estimated by torch from all rows of training, without noise (loss on these rows)
 *
 * Of draws: the median, and the worst. "statistics" is the median over channels of |ln| of the variance to that of all training rows.
 */
import { median } from "simple-statistics";
import { fittingRows } from "../src/check/audit-rows.ts";
import { createKernel } from "../src/kernel/fastest.ts";
import { readModel } from "../src/model/read-model.ts";
import { loaded } from "../src/passes/loaded.ts";
import { addReceived, emptySums, measuredSums, momentsOf } from "../src/passes/moments.ts";
import { createNetwork, type Network, networkBytes, type Statistics } from "../src/passes/network.ts";
import { ofClasses, ofValues, type Quality } from "../src/passes/outputs.ts";
import { repaired } from "../src/passes/repair.ts";
import { markdownTable } from "../src/report/markdown.ts";
import { modelOf, rowsOf, TRAINED, type Trained, truthOf } from "../test/check/trained.ts";

const DRAWS = 15;
const MASKS = [4, 16, 64] as const;
const INPUTS = [4, 16, 64] as const;

interface Found extends Quality {
  readonly statistics: number;
  readonly seconds: number;
}

type Way = (network: Network, x: Float32Array, inputs: number) => void;

const paired =
  (masks: number): Way =>
  (network, x, inputs) => {
    const sums = measuredSums(network, { x, from: 0, to: inputs, masks });
    const isKept = (norm: number) => norm === 0;
    repaired(network, { x, inputs, on: sums.map(({ on }) => on), isKept });
  };

/** Each norm is given what it receives. */
const plain =
  (masks: number | null): Way =>
  (network, x, inputs) => {
    network.run({
      ...{ x, inputs, firstInput: 0, masks },
      atNorm(received) {
        const { mean } = network.norms[received.norm] as { readonly mean: Float64Array };
        const sums = emptySums(mean.length);
        addReceived(sums, received, mean);
        const found = momentsOf(sums);
        network.statistics[received.norm] = {
          mean: found.mean.map((shift, channel) => shift + (mean[channel] as number)),
          variance: found.variance.map((value) => (value * sums.count) / Math.max(1, sums.count - 1)),
        };
      },
    });
  };

for (const name of TRAINED) await study(name);

async function study(name: Trained): Promise<void> {
  const model = modelOf(name);
  const graph = await readModel(model);
  const { labels, ...test } = await rowsOf(name, "test");
  const { values, shape, count } = fittingRows(graph, test, "data");
  const size = values.length / count;
  const half = count / 2;
  const setting = {
    model: name,
    nodes: loaded(graph.nodes),
    inputShape: shape,
    output: graph.outputs[0] ?? null,
    seed: "study",
  };
  const network = createNetwork(createKernel(networkBytes(setting)), setting);
  const stored = [...network.statistics];
  const truth = truthOf(name);
  const next = generator(name);

  const quality = (): Quality => {
    const width = network.outputSize;
    const outputs = network.run({ x: values.subarray(half * size), inputs: half, firstInput: 0, masks: null });
    return (width === 1 ? ofValues : ofClasses)({ values: outputs, width }, labels.subarray(half));
  };
  const found = (seconds: number): Found => ({ ...quality(), seconds, statistics: statisticsError(network, truth.bn) });
  const reset = (statistics: readonly Statistics[]) => network.statistics.splice(0, stored.length, ...statistics);
  const drawn = (way: Way, inputs: number): readonly Found[] =>
    Array.from({ length: inputs >= half ? 1 : DRAWS }, () => {
      reset(stored);
      const x = rowsFrom(values, { size, half, inputs, next });
      const start = performance.now();
      way(network, x, inputs);
      return found((performance.now() - start) / 1000);
    });

  reset(stored);
  const before = found(0);
  reset(
    network.norms.map(({ name: norm }) => ({
      mean: Float64Array.from(truth.bn[norm]?.corrected_mean ?? []),
      variance: Float64Array.from(truth.bn[norm]?.corrected_var ?? []),
    })),
  );
  const all = found(0);
  const rows = [
    row("stored", [before], before),
    ...INPUTS.flatMap((inputs) => [
      ...MASKS.map((masks) => row(`paired, ${inputs} inputs × ${masks} masks`, drawn(paired(masks), inputs), before)),
      row(`plain, ${inputs} inputs`, drawn(plain(null), inputs), before),
    ]),
    row(`plain, ${half} inputs`, drawn(plain(null), half), before),
    row(`update_bn, ${half} inputs`, drawn(plain(1), half), before),
    row("all training", [all], before),
  ];
  const columns = ["", "loss, median", "loss, worst", "error %, median", "worse than stored", "statistics", "s"];
  process.stdout.write(`### ${name}\n\n${markdownTable(columns, rows)}\n\n`);
}

function row(name: string, found: readonly Found[], before: Found): string[] {
  const of = (pick: (one: Found) => number) => median(found.map(pick));
  const worse = found.filter(({ loss }) => loss > before.loss).length;
  return [
    name,
    of(({ loss }) => loss).toFixed(4),
    Math.max(...found.map(({ loss }) => loss)).toFixed(4),
    (100 * of(({ error }) => error ?? 0)).toFixed(2),
    found.length === 1 ? "" : `${worse} of ${found.length}`,
    of(({ statistics }) => statistics).toFixed(3),
    found.length === 1 && found[0]?.seconds === 0 ? "" : of(({ seconds }) => seconds).toFixed(2),
  ];
}

function statisticsError(network: Network, truth: ReturnType<typeof truthOf>["bn"]): number {
  return median(
    network.norms.flatMap(({ name }, at) => {
      const all = truth[name]?.corrected_var ?? [];
      const least = 1e-3 * Math.max(...all);
      const { variance } = network.statistics[at] as Statistics;
      return all.flatMap((value, channel) =>
        value > least ? [Math.abs(Math.log(Math.max(1e-12, variance[channel] as number) / value))] : [],
      );
    }),
  );
}

interface Draw {
  readonly size: number;
  readonly half: number;
  readonly inputs: number;
  readonly next: () => number;
}

/** So many different rows of the first half. */
function rowsFrom(values: Float32Array, { size, half, inputs, next }: Draw): Float32Array {
  const order = Array.from({ length: half }, (_, row) => ({ row, place: next() })).sort((a, b) => a.place - b.place);
  const x = new Float32Array(inputs * size);
  for (const [at, { row }] of order.slice(0, inputs).entries())
    x.set(values.subarray(row * size, (row + 1) * size), at * size);
  return x;
}

/** Numbers in [0, 1), the same for the same text. */
function generator(text: string): () => number {
  let seed = [...text].reduce((sum, character) => (Math.imul(sum, 31) + character.charCodeAt(0)) >>> 0, 7);
  return () => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    return seed / 2 ** 32;
  };
}

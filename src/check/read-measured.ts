import { meanOf } from "../numeric/mean.ts";
import { excerpt } from "../tensor/file-error.ts";
import { PHASE_NAMES, PHASES, type Phase } from "./column-names.ts";
import type { Measured } from "./measured.ts";
import { type ColumnNames, nameOf, type Series, seriesIn } from "./measured-series.ts";
import { invalidTable, readTable } from "./measured-table.ts";

/** Where a phase's variances are: a file's text, or a number that counts as exact. */
export type Source = { readonly text: string; readonly place: string } | { readonly value: number };

/** One layer's measurement, or that of a whole file. */
export interface NamedMeasurement {
  /** The layer, the run, or what else tells it from the others; null where it is the only one. */
  readonly name: string | null;
  readonly measured: Measured;
}

export interface MeasuredLayers {
  /** In the order of the file, at least one. */
  readonly layers: readonly NamedMeasurement[];
  /** What has a variance in one phase alone. */
  readonly unmatched: readonly string[];
}

/**
 * Reads variances that were measured elsewhere, from one file, or one for each phase.
 *
 *   trainVariance,testVariance              {"train_var": 2.31, "eval_var": 1.02}
 *   2.31,1.02                               {"train_var": 2.19, "eval_var": 0.97}
 *
 * A line is a mini-batch, a channel (with a column `channel`), or a layer. Read are
 *
 * wide    a column for each phase, of each layer: running_var and eval_var, bn1.running_var …, W&B's "run - bn1.train_var"
 * long    a column of values and one of tags ("bn1/train_var"), or of phases: TensorBoard's, data frames'
 * single  a column Value alone, where the phase is that of the file
 *
 * and a column `layer` groups the rows. Cells that are empty were not logged then. Rows are pairs where all of them have both
 * variances, or in files of their own the same steps.
 *
 * Rejects with a `VshiftError` that names the line ("measured.csv:12") for what is not a number, is missing, or is neither CSV nor JSON.
 */
export async function readMeasured(
  sources: Source | { readonly train: Source; readonly test: Source },
  columns: ColumnNames = {},
): Promise<MeasuredLayers> {
  if (!("train" in sources)) {
    if ("value" in sources) throw new RangeError("one number is not a measurement");
    const table = await readTable(sources.text, sources.place);
    return measurements(seriesIn(table, columns), table.place);
  }
  const { train, test } = sources;
  const [ofTrain, ofTest] = [await seriesOf("train", train, columns), await seriesOf("test", test, columns)];
  const place = "text" in train ? train.place : "text" in test ? test.place : "";
  return measurements([...filled(ofTrain, ofTest), ...filled(ofTest, ofTrain)], place);
}

async function seriesOf(phase: Phase, source: Source, columns: ColumnNames): Promise<Series[]> {
  if ("value" in source) {
    return [{ phase, label: null, points: [{ value: source.value, key: CONSTANT }], isOfChannels: false }];
  }
  const table = await readTable(source.text, source.place);
  const all = seriesIn(table, columns, phase);
  const own = all.filter((series) => series.phase === phase);
  // Whose file it is counts for more than a name: running_var of a run in test mode.
  return own.length > 0 ? own : all.map((series) => ({ ...series, phase }));
}

const CONSTANT = "constant";

/** Series where a constant is as often as the other phase has values. */
function filled(own: readonly Series[], others: readonly Series[]): readonly Series[] {
  const [only] = own;
  if (only?.points[0]?.key !== CONSTANT) return own;
  const [{ value }] = only.points;
  return others.map(({ label, points, isOfChannels }) => ({
    phase: only.phase,
    label,
    points: points.map(({ key }) => ({ value, key })),
    isOfChannels,
  }));
}

function measurements(series: readonly Series[], place: string): MeasuredLayers {
  const of = (phase: Phase) => series.filter((one) => one.phase === phase);
  const [train, test] = [of("train"), of("test")];
  const missing = PHASES.find((phase) => of(phase).length === 0);
  if (missing !== undefined) throw onlyOne(place, missing);
  // One of each is a pair, under any names.
  if (train.length === 1 && test.length === 1) {
    const name = train[0].label ?? test[0].label;
    return { layers: [{ name, measured: measuredOf(train[0], test[0], place) }], unmatched: [] };
  }
  const pairs = train.flatMap((one) => {
    const other = test.find(({ label }) => label === one.label);
    return other === undefined ? [] : [{ name: one.label, measured: measuredOf(one, other, place) }];
  });
  const unmatched = series.flatMap(({ label }) => (pairs.some(({ name }) => name === label) ? [] : [nameOf(label)]));
  if (pairs.length > 0) return { layers: pairs, unmatched };
  throw invalidTable({
    place,
    problem: `has training variances of ${labels(train)}, and test variances of ${labels(test)}`,
    hint: "choose two that belong together with --columns train=NAME,test=NAME",
  });
}

function labels(series: readonly Series[]): string {
  return excerpt(series.map(({ label }) => nameOf(label)).join(", "));
}

function measuredOf(train: Series, test: Series, place: string): Measured {
  const [a, b] = [train.points.map(({ value }) => value), test.points.map(({ value }) => value)];
  if (a.length === 1 || b.length === 1) {
    const requireVarying = (value: number, phase: Phase) => {
      if (value > 0) return value;
      throw invalidTable({
        place,
        problem: `has a ${PHASE_NAMES[phase]} variance of 0`,
        hint: "measure an input that varies",
      });
    };
    return { trainVariance: requireVarying(meanOf(a), "train"), testVariance: requireVarying(meanOf(b), "test") };
  }
  const isPaired = a.length === b.length && train.points.every(({ key }, at) => key === test.points[at]?.key);
  return {
    trainVariances: a,
    testVariances: b,
    pairing: isPaired ? "paired" : "independent",
    rows: train.isOfChannels && test.isOfChannels ? "channels" : "mini-batches",
  };
}

function onlyOne(place: string, missing: Phase): Error {
  return invalidTable({
    place,
    problem: `lacks ${missing}Variance, or another column for the ${PHASE_NAMES[missing]} variance`,
    hint: `name it with --columns ${missing}=NAME, or give it separately with --measured ${missing === "test" ? "train=FILE,test=1.0" : "train=FILE,test=FILE"}`,
  });
}

import { excerpt } from "../tensor/file-error.ts";
import { columnFor, type Phase, phaseNamed, type Quantity, quantityOf } from "./column-names.ts";
import type { Measured } from "./measured.ts";
import { EACH_LINE, invalidTable, type MeasuredTable, readTable, type TableRow } from "./measured-table.ts";

/** Names of columns, or of tags, that are to be read; all of them are found by their names where they can be. */
export interface ColumnNames {
  readonly train?: string;
  readonly test?: string;
  /** Groups the rows, a verdict for each. */
  readonly layer?: string;
}

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
 * Rejects with a `VshiftError` that names the line ("measured.csv:12") for what is no number, is missing, or is no CSV or JSON.
 */
export async function readMeasured(
  sources: Source | { readonly train: Source; readonly test: Source },
  columns: ColumnNames = {},
): Promise<MeasuredLayers> {
  if (!("train" in sources)) {
    if ("value" in sources) throw new RangeError("one number is no measurement");
    const table = await readTable(sources.text, sources.place);
    return measurements(seriesIn(table, columns), table.place);
  }
  const { train, test } = sources;
  const [ofTrain, ofTest] = [await seriesOf("train", train, columns), await seriesOf("test", test, columns)];
  const place = "text" in train ? train.place : "text" in test ? test.place : "";
  return measurements([...filled(ofTrain, ofTest), ...filled(ofTest, ofTrain)], place);
}

/** The values of one phase of one layer, in the order of the file. */
interface Series extends Quantity {
  readonly points: readonly Point[];
  readonly isOfChannels: boolean;
}

interface Point {
  readonly value: number;
  /** Rows of both phases with the same key are a pair. */
  readonly key: string;
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

/** All series of a table; `phase` is that of the file, where it has but one. */
function seriesIn(table: MeasuredTable, names: ColumnNames, phase?: Phase): readonly Series[] {
  if (table.rows.length === 0) throw invalidTable({ place: table.place, problem: "holds no rows", hint: EACH_LINE });
  const wide = wideColumns(table, names, phase);
  if (wide.length > 0)
    return collected(table, names, (row) => wide.map((column) => ({ ...column, cell: row.cells[column.name] })));
  const long = longColumns(table, names, phase);
  if (long !== undefined) return collected(table, names, long);
  throw unknownColumns(table, phase);
}

interface WideColumn extends Quantity {
  readonly name: string;
}

/** The columns that have a variance: by the names given, by those in the library, or by what their names say. */
function wideColumns({ columns, place }: MeasuredTable, names: ColumnNames, phase?: Phase): WideColumn[] {
  const given = (["train", "test"] as const).flatMap((which): WideColumn[] => {
    const name = names[which];
    return name !== undefined && columns.includes(name) ? [{ name, phase: which, label: null }] : [];
  });
  if (given.length > 0) {
    const missing = (["train", "test"] as const).filter((which) => !given.some((column) => column.phase === which));
    // The other of a file with both is found by its name, where only one column can be meant.
    const others = missing
      .filter((which) => which === (phase ?? which))
      .flatMap((which) => {
        if (names[which] !== undefined) return [];
        const found = recognised(columns).filter((column) => column.phase === which);
        return found.length === 1 ? found.map((column) => ({ ...column, label: null })) : [];
      });
    return [...given, ...others];
  }
  const exact = columns.flatMap((name): WideColumn[] =>
    name === "trainVariance" || name === "testVariance"
      ? [{ name, phase: name === "trainVariance" ? "train" : "test", label: null }]
      : [],
  );
  if (exact.length === 2) return exact;
  const found = recognised(columns);
  for (const [at, column] of found.entries()) {
    const other = found.slice(0, at).find(({ phase, label }) => phase === column.phase && label === column.label);
    if (other === undefined) continue;
    throw invalidTable({
      place: `${place}:1`,
      problem: `has two columns for the variance in ${WHERE[column.phase]}, ${excerpt(other.name)} and ${excerpt(column.name)}`,
      hint: `choose one: --columns ${column.phase}=NAME`,
    });
  }
  return found;
}

function recognised(columns: readonly string[]): WideColumn[] {
  return columns.flatMap((name) => {
    const quantity = quantityOf(name);
    return quantity === undefined ? [] : [{ ...quantity, name }];
  });
}

interface Reading extends Quantity {
  readonly name: string;
  readonly cell: unknown;
}

/** How rows of a long table are read; undefined where it is none. */
function longColumns(
  table: MeasuredTable,
  names: ColumnNames,
  phase?: Phase,
): ((row: TableRow) => Reading[]) | undefined {
  const { columns } = table;
  const value = columnFor("value", columns);
  if (value === undefined) return undefined;
  const [tag, run, mode] = [columnFor("tag", columns), columnFor("run", columns), columnFor("phase", columns)];
  const textIn = ({ cells }: TableRow, column: string | undefined) =>
    column === undefined ? "" : String(cells[column] ?? "");
  const quantityIn = (row: TableRow): Quantity | undefined => {
    const [tagText, runText] = [textIn(row, tag), textIn(row, run)];
    const wanted = (["train", "test"] as const).find((which) => names[which] !== undefined && names[which] === tagText);
    if (wanted !== undefined) return { phase: wanted, label: runText || null };
    const isTagged = names.train !== undefined || names.test !== undefined;
    if (mode !== undefined) {
      const named = phaseNamed(textIn(row, mode));
      return named === undefined ? undefined : { phase: named, label: joined(runText, tagText) };
    }
    if (tag !== undefined && !isTagged) {
      const own = quantityOf(tagText);
      // A run of its own for each phase: train/bn1/var.
      return own === undefined ? quantityOf(`${runText}/${tagText}`) : { ...own, label: joined(runText, own.label) };
    }
    return phase === undefined || isTagged ? undefined : { phase, label: runText || null };
  };
  const isLong = table.rows.some((row) => quantityIn(row) !== undefined);
  if (!isLong) return undefined;
  return (row) => {
    const quantity = quantityIn(row);
    return quantity === undefined ? [] : [{ ...quantity, name: value, cell: row.cells[value] }];
  };
}

/** The series of all rows, each of its layer. */
function collected(table: MeasuredTable, names: ColumnNames, read: (row: TableRow) => readonly Reading[]): Series[] {
  const { columns } = table;
  const layer = names.layer ?? columnFor("layer", columns) ?? tagOfWide(columns);
  if (layer !== undefined && !columns.includes(layer)) throw noColumn(table, layer);
  const [channel, step] = [columnFor("channel", columns), columnFor("step", columns)];
  const found = new Map<string, { readonly quantity: Quantity; readonly values: Map<string, number[]> }>();
  const lacking = new Map<string, TableRow>();
  for (const [at, row] of table.rows.entries()) {
    for (const { phase, label: own, name, cell } of read(row)) {
      const label = joined(layer === undefined ? null : String(row.cells[layer] ?? ""), own);
      const id = JSON.stringify([phase, label]);
      if (cell === undefined || cell === null || cell === "") {
        if (!lacking.has(id)) lacking.set(id, row);
        continue;
      }
      const series = found.get(id) ?? { quantity: { phase, label }, values: new Map<string, number[]>() };
      found.set(id, series);
      // Channels at one step make one row; a step that is logged twice is two.
      const key =
        step === undefined || (channel === undefined && !isLong(read, row)) ? `row ${at}` : `step ${row.cells[step]}`;
      const value = variance(cell, { name, place: row.place });
      const known = series.values.get(key);
      if (known === undefined) series.values.set(key, [value]);
      else if (channel === undefined) series.values.set(`${key}, row ${at}`, [value]);
      else known.push(value);
    }
  }
  for (const [id, row] of lacking) {
    const [phase, label] = JSON.parse(id) as [Phase, string | null];
    const others = [...found.values()].map(({ quantity }) => quantity);
    const isAlone = others.some((other) => other.phase !== phase && other.label === label);
    if (found.has(id) || (!isAlone && others.some((other) => other.phase === phase))) continue;
    throw invalidTable({ place: row.place, problem: `has no ${phase}Variance`, hint: EACH_LINE });
  }
  const isOfChannels = channel !== undefined && step === undefined;
  return [...found.values()].map(({ quantity, values }) => ({
    ...quantity,
    points: [...values].map(([key, all]) => ({ key, value: all.reduce((sum, value) => sum + value, 0) / all.length })),
    isOfChannels,
  }));
}

/** Whether a row has one value alone, so that the step tells what it is paired with. */
function isLong(read: (row: TableRow) => readonly Reading[], row: TableRow): boolean {
  return read(row).length === 1;
}

/** A column `tag` or `name` beside columns of variances names layers. */
function tagOfWide(columns: readonly string[]): string | undefined {
  return columnFor("value", columns) === undefined ? columnFor("tag", columns) : undefined;
}

function joined(...parts: readonly (string | null)[]): string | null {
  const all = parts.filter((part) => part !== null && part !== "");
  return all.length === 0 ? null : all.join("/");
}

function measurements(series: readonly Series[], place: string): MeasuredLayers {
  const of = (phase: Phase) => series.filter((one) => one.phase === phase);
  const [train, test] = [of("train"), of("test")];
  for (const [phase, found] of [
    ["train", train],
    ["test", test],
  ] as const) {
    if (found.length === 0) throw onlyOne(place, phase);
  }
  // One of each is a pair, whatever they are called.
  if (train.length === 1 && test.length === 1) {
    const name = train[0].label ?? test[0].label;
    return { layers: [{ name, measured: measuredOf(train[0], test[0], place) }], unmatched: [] };
  }
  const pairs = train.flatMap((one) => {
    const other = test.find(({ label }) => label === one.label);
    return other === undefined ? [] : [{ name: one.label, measured: measuredOf(one, other, place) }];
  });
  const unmatched = series.flatMap(({ label }) =>
    pairs.some(({ name }) => name === label) ? [] : [label ?? "no layer"],
  );
  if (pairs.length > 0) return { layers: pairs, unmatched };
  throw invalidTable({
    place,
    problem: `has variances of ${labels(train)} in training, and of ${labels(test)} in test`,
    hint: "name those that belong together: --columns train=NAME,test=NAME",
  });
}

function labels(series: readonly Series[]): string {
  return excerpt(series.map(({ label }) => label ?? "no layer").join(", "));
}

function measuredOf(train: Series, test: Series, place: string): Measured {
  const [a, b] = [train.points.map(({ value }) => value), test.points.map(({ value }) => value)];
  if (a.length === 1 || b.length === 1) {
    const requireVarying = (value: number, phase: Phase) => {
      if (value > 0) return value;
      throw invalidTable({
        place,
        problem: `has a variance of 0 in ${WHERE[phase]}`,
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

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function variance(cell: unknown, { name, place }: { readonly name: string; readonly place: string }): number {
  const value = typeof cell === "string" ? Number(cell) : cell;
  if (typeof value === "number" && value >= 0 && value < Number.POSITIVE_INFINITY) return value;
  throw invalidTable({
    place,
    problem: `has the ${excerpt(name)} ${excerpt(JSON.stringify(cell))}, which is no variance`,
    hint: "write it as 2.31, with a decimal point",
  });
}

const WHERE: { readonly [Name in Phase]: string } = { train: "training", test: "test" };

function unknownColumns({ place, columns }: MeasuredTable, phase: Phase | undefined): Error {
  const what = phase === undefined ? "variances of training and test" : `variance in ${WHERE[phase]}`;
  return invalidTable({
    place: `${place}:1`,
    problem: `has no columns that are known for ${what}, only ${excerpt(columns.join(", "))}`,
    hint: "name them: --columns train=NAME,test=NAME, or give files of their own: --measured train=FILE,test=FILE",
  });
}

function noColumn({ place, columns }: MeasuredTable, name: string): Error {
  return invalidTable({
    place: `${place}:1`,
    problem: `has no column ${excerpt(name)}, only ${excerpt(columns.join(", "))}`,
    hint: "check --columns",
  });
}

function onlyOne(place: string, missing: Phase): Error {
  return invalidTable({
    place,
    problem: `has no ${missing}Variance, nor another column for the variance in ${WHERE[missing]}`,
    hint: `name it with --columns ${missing}=NAME, or give a file or a number of its own: --measured ${missing === "test" ? "train=FILE,test=1.0" : "train=FILE,test=FILE"}`,
  });
}

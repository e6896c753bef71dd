import { meanOf } from "../numeric/mean.ts";
import { excerpt } from "../tensor/file-error.ts";
import { columnFor, PHASE_NAMES, PHASES, type Phase, phaseNamed, type Quantity, quantityOf } from "./column-names.ts";
import { EACH_LINE, invalidTable, type MeasuredTable, type TableRow } from "./measured-table.ts";

/** Names of columns, or of tags, that are to be read; all of them are found by their names where they can be. */
export interface ColumnNames {
  readonly train?: string;
  readonly test?: string;
  /** Groups the rows, a verdict for each. */
  readonly layer?: string;
}

/** The values of one phase of one layer, in the order of the file. */
export interface Series extends Quantity {
  readonly points: readonly Point[];
  readonly isOfChannels: boolean;
}

/** What a series is called. */
export function nameOf(label: string | null): string {
  return label ?? "no layer";
}

export interface Point {
  readonly value: number;
  /** Rows of both phases with the same key are a pair. */
  readonly key: string;
}

/** All series of a table; `phase` is that of the file, where it has but one. */
export function seriesIn(table: MeasuredTable, names: ColumnNames, phase?: Phase): readonly Series[] {
  if (table.rows.length === 0)
    throw invalidTable({ place: table.place, problem: "does not contain any rows", hint: EACH_LINE });
  requireNamed(table, names, phase);
  const wide = wideColumns(table, names, phase);
  if (wide.length > 0)
    return collected(table, names, (row) => wide.map((column) => ({ ...column, cell: row.cells[column.name] })));
  const long = longColumns(table, names, phase);
  if (long !== undefined) return collected(table, names, long);
  throw unknownColumns(table, phase);
}

/** A column that was named is one, or a tag of the rows; with a file for each phase, in the file of its own. */
function requireNamed(table: MeasuredTable, names: ColumnNames, phase?: Phase): void {
  const tag = columnFor("tag", table.columns);
  for (const which of PHASES) {
    const name = names[which];
    if (name === undefined || which !== (phase ?? which) || table.columns.includes(name)) continue;
    if (tag === undefined || !table.rows.some(({ cells }) => cells[tag] === name)) throw noColumn(table, name);
  }
}

interface WideColumn extends Quantity {
  readonly name: string;
}

/** The columns that have a variance: by the names given, by those in the library, or by what their names say. */
function wideColumns({ columns, place }: MeasuredTable, names: ColumnNames, phase?: Phase): WideColumn[] {
  const given = PHASES.flatMap((which): WideColumn[] => {
    const name = names[which];
    return name !== undefined && columns.includes(name) ? [{ name, phase: which, label: null }] : [];
  });
  if (given.length > 0) {
    const missing = PHASES.filter((which) => !given.some((column) => column.phase === which));
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
      problem: `has two columns for the ${PHASE_NAMES[column.phase]} variance, ${excerpt(other.name)} and ${excerpt(column.name)}`,
      hint: `choose one with --columns ${column.phase}=NAME`,
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
    const wanted = PHASES.find((which) => names[which] !== undefined && names[which] === tagText);
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
  const lacking = new Map<string, Quantity & Pick<TableRow, "place">>();
  for (const [at, row] of table.rows.entries()) {
    const readings = read(row);
    // Channels at one step make one row; and a row of one value alone is paired by its step.
    const isByStep = step !== undefined && (channel !== undefined || readings.length === 1);
    const key = isByStep ? `step ${row.cells[step]}` : `row ${at}`;
    for (const { phase, label: own, name, cell } of readings) {
      const label = joined(layer === undefined ? null : String(row.cells[layer] ?? ""), own);
      const id = JSON.stringify([phase, label]);
      if (cell === undefined || cell === null || cell === "") {
        if (!lacking.has(id)) lacking.set(id, { phase, label, place: row.place });
        continue;
      }
      const series = found.get(id) ?? { quantity: { phase, label }, values: new Map<string, number[]>() };
      found.set(id, series);
      const value = variance(cell, { name, place: row.place });
      const known = series.values.get(key);
      if (known === undefined) series.values.set(key, [value]);
      // A step that is logged twice is two rows.
      else if (channel === undefined) series.values.set(`${key}, row ${at}`, [value]);
      else known.push(value);
    }
  }
  for (const [id, { phase, label, place }] of lacking) {
    const others = [...found.values()].map(({ quantity }) => quantity);
    const isAlone = others.some((other) => other.phase !== phase && other.label === label);
    if (found.has(id) || (!isAlone && others.some((other) => other.phase === phase))) continue;
    throw invalidTable({ place, problem: `lacks ${phase}Variance`, hint: EACH_LINE });
  }
  const isOfChannels = channel !== undefined && step === undefined;
  return [...found.values()].map(({ quantity, values }) => ({
    ...quantity,
    points: [...values].map(([key, all]) => ({ key, value: meanOf(all) })),
    isOfChannels,
  }));
}

/** A column `tag` or `name` beside columns of variances names layers. */
function tagOfWide(columns: readonly string[]): string | undefined {
  return columnFor("value", columns) === undefined ? columnFor("tag", columns) : undefined;
}

function joined(...parts: readonly (string | null)[]): string | null {
  const all = parts.filter((part) => part !== null && part !== "");
  return all.length === 0 ? null : all.join("/");
}

function variance(cell: unknown, { name, place }: { readonly name: string; readonly place: string }): number {
  const value = typeof cell === "string" ? Number(cell) : cell;
  if (typeof value === "number" && value >= 0 && value < Number.POSITIVE_INFINITY) return value;
  throw invalidTable({
    place,
    problem: `has ${excerpt(name)} ${excerpt(JSON.stringify(cell))}, which is not a variance`,
    hint: "write a number from 0 with a decimal point, as in 2.31",
  });
}

function unknownColumns({ place, columns }: MeasuredTable, phase: Phase | undefined): Error {
  const what = phase === undefined ? "training and test variances" : `the ${PHASE_NAMES[phase]} variance`;
  return invalidTable({
    place: `${place}:1`,
    problem: `has no column with a known name for ${what}, only ${excerpt(columns.join(", "))}`,
    hint: "name them with --columns train=NAME,test=NAME, or give two files with --measured train=FILE,test=FILE",
  });
}

function noColumn({ place, columns }: MeasuredTable, name: string): Error {
  return invalidTable({
    place: `${place}:1`,
    problem: `lacks the column ${excerpt(name)}, and has ${excerpt(columns.join(", "))}`,
    hint: "choose one of these with --columns",
  });
}

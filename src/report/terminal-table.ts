import CliTable from "cli-table3";
import widthOf from "fast-string-width";
import type { Table, TableColumn } from "./document.ts";
import { joined, type Phrase, painted, plain } from "./phrase.ts";
import { all, MARGIN, type Screen, wrapped } from "./terminal.ts";

/**
 * A table within the screen. Where it is too wide, cells that may wrap go below their row; then columns are dropped, the least
 * important first, and named below the table; and where even that is too wide, each row becomes a paragraph.
 */
export async function tableText(table: Table, screen: Screen): Promise<string> {
  const { columns, rows, shown = rows.length, unlisted = 0, rest } = table;
  if (rows.length === 0) return "";
  const kept = rows.slice(0, shown);
  const fit = fitted({ ...table, rows: kept }, screen);
  const more = rows.length - kept.length + unlisted;
  const detailsOf = (index: number) => detailsText(table.details?.of[index] ?? [], screen);
  const text =
    fit === undefined
      ? await paragraphs({ ...table, rows: kept }, detailsOf, screen)
      : await lines(fit, { rows: kept, detailsOf }, screen);
  const dropped = fit === undefined || fit.dropped.length === 0 ? [] : [droppedNote(fit.dropped, columns)];
  const notes = [...(more > 0 && rest !== undefined ? [rest(more)] : []), ...dropped];
  return text + (await all(notes, (note) => wrapped(screen.paint.faint(note), screen)));
}

/** A table that fits: its lines, the first of them the header's; and the columns that are below, or nowhere. */
interface Fitted {
  readonly header: readonly string[];
  readonly body: readonly string[];
  readonly below: readonly number[];
  readonly dropped: readonly number[];
}

function fitted(table: Table, screen: Screen): Fitted | undefined {
  const { columns } = table;
  const every = columns.map((_, index) => index);
  const below = every.filter((index) => columns[index]?.ifNarrow === "below");
  const dropped: number[] = [];
  for (;;) {
    const within = every.filter((index) => !below.includes(index) && !dropped.includes(index));
    const drawn = draw(table, within, screen);
    if (drawn.every((line) => widthOf(line) <= screen.width)) {
      const head = table.isHeadless ? 0 : 1;
      return { header: drawn.slice(0, head), body: drawn.slice(head), below: below.toSorted((a, b) => a - b), dropped };
    }
    const wrapping = within.findLast((index) => columns[index]?.ifNarrow === "wraps");
    const least = leastImportant(within, columns);
    if (wrapping !== undefined && within.length > 1) below.push(wrapping);
    else if (least !== undefined) dropped.push(least);
    else return undefined;
  }
}

function leastImportant(within: readonly number[], columns: readonly TableColumn[]): number | undefined {
  const rankOf = (index: number) => {
    const rank = columns[index]?.ifNarrow;
    return typeof rank === "number" ? rank : 0;
  };
  const most = Math.max(...within.map(rankOf));
  return most === 0 ? undefined : within.findLast((index) => rankOf(index) === most);
}

/** The lines of these columns, a row each. */
function draw({ columns, rows, isHeadless }: Table, within: readonly number[], { paint }: Screen): readonly string[] {
  const kept = within.flatMap((index) => columns.slice(index, index + 1));
  const table = new CliTable({
    head: isHeadless ? [] : kept.map(({ name }) => paint.faint(name)),
    colAligns: kept.map(({ align }) => align ?? "right"),
    style: { head: [], border: [], compact: true, "padding-left": 0, "padding-right": 2 },
    chars: NO_LINES,
  });
  for (const row of rows) table.push(within.map((index) => painted(row[index] ?? "", paint)));
  return table
    .toString()
    .split("\n")
    .map((line) => `${MARGIN}${line.trimEnd()}`);
}

type DetailsOf = (row: number) => Promise<string>;

function lines(
  { header, body, below }: Fitted,
  { rows, detailsOf }: { readonly rows: Table["rows"]; readonly detailsOf: DetailsOf },
  screen: Screen,
): Promise<string> {
  return all([...header, ...body], async (line, index) => {
    const number = index - header.length;
    const row = rows[number] ?? [];
    const cells = below.map((column) => row[column] ?? "").filter((cell) => plain(cell) !== "");
    return `${line}\n${await detailsText(together(cells, screen), screen)}${await detailsOf(number)}`;
  });
}

/** Cells on one line, where they fit there. */
function together(cells: readonly Phrase[], { width }: Screen): readonly Phrase[] {
  const line = cells.map(plain).join(" · ");
  const fits = MARGIN.length + DETAIL.hanging.length + widthOf(line) <= width;
  return fits && cells.length > 1
    ? [joined(...cells.flatMap((cell, index) => (index === 0 ? [cell] : [" · ", cell])))]
    : cells;
}

function detailsText(details: readonly Phrase[], screen: Screen): Promise<string> {
  return all(details, (text) => wrapped(painted(text, screen.paint), screen, DETAIL));
}

const DETAIL = { mark: "    ", hanging: "      " };

/** Each row as "name value, name value". */
function paragraphs({ columns, rows }: Table, detailsOf: DetailsOf, screen: Screen): Promise<string> {
  return all(rows, async (row, number) => {
    const cells = columns.flatMap(({ name }, index) => {
      const cell = row[index] ?? "";
      return plain(cell) === "" ? [] : [`${screen.paint.faint(name)} ${painted(cell, screen.paint)}`.trim()];
    });
    return (await wrapped(cells.join(", "), screen, { hanging: "  " })) + (await detailsOf(number));
  });
}

function droppedNote(dropped: readonly number[], columns: readonly TableColumn[]): string {
  const names = dropped.toSorted((a, b) => a - b).flatMap((index) => columns[index]?.name ?? []);
  return `too narrow for ${names.join(", ")}: widen the terminal, or add --format csv`;
}

const NO_LINES = {
  top: "",
  "top-mid": "",
  "top-left": "",
  "top-right": "",
  bottom: "",
  "bottom-mid": "",
  "bottom-left": "",
  "bottom-right": "",
  left: "",
  "left-mid": "",
  mid: "",
  "mid-mid": "",
  right: "",
  "right-mid": "",
  middle: "",
};

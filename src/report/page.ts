import type { Block, Document, Items, Table } from "./document.ts";
import { markdownInline, markdownLine, markdownOfRecords, markdownTable, markdownText } from "./markdown.ts";
import { counted } from "./numbers.ts";
import { type Phrase, plain, spansOf } from "./phrase.ts";
import type { RecordStream } from "./record-stream.ts";

/** What a page folds away, in rows and bytes: GitHub refuses the summary of a step beyond 1 MiB. */
const MOST_BYTES = 2 ** 19;
const MOST_FOLDED = 1000;

/** A document as a page of Markdown. */
export function pageText({ title, conclusion, blocks }: Document): string {
  return [
    ...(title === undefined ? [] : [`# ${markdownText(plain(title))}\n`]),
    ...(conclusion === undefined ? [] : [concluded(markdownText(plain(conclusion)), title === undefined)]),
    ...blocks.flatMap((block) => (block.on === "terminal" ? [] : [blockPage(block)])),
  ]
    .filter((part) => part !== "")
    .join("\n");
}

/** Many records as a page: what they come to, and a table of all of them. */
export async function* recordsPage(document: Document, records: RecordStream): AsyncGenerator<string> {
  yield `${pageText({ ...document, blocks: [] })}\n`;
  yield* markdownOfRecords(records);
}

/** The conclusion is the heading where nothing else is. */
function concluded(text: string, isHeading: boolean): string {
  return isHeading ? `## ${text}\n` : `**${text}**\n`;
}

function blockPage(block: Block): string {
  switch (block.kind) {
    case "heading":
      return `## ${markdownText(block.text)}\n`;
    case "paragraphs":
      return block.paragraphs.map((text) => `${shown(text)}\n`).join("\n");
    case "items":
      return itemsPage(block);
    case "facts":
      return markdownTable(
        ["", ""],
        block.facts.filter(([, value]) => plain(value) !== "").map(([name, value]) => [name, within(value)]),
      );
    case "table":
      return tablePage(block);
    case "command":
      return `${block.about}:\n\n    ${block.command}\n`;
  }
}

function itemsPage({ items, isNumbered }: Items): string {
  return items
    .map(({ text, items: inner = [] }, index) => {
      const mark = isNumbered ? `${index + 1}. ` : "- ";
      const indent = " ".repeat(mark.length);
      return `${mark}${shown(text)}\n${inner.map((each) => `${indent}- ${shown(each)}\n`).join("")}`;
    })
    .join("");
}

function tablePage(table: Table): string {
  const { rows, shown: most = rows.length, unlisted = 0, rest } = table;
  if (rows.length === 0) return "";
  const { header, cells } = withDetails(table, Math.max(most, MOST_FOLDED));
  const folded = asManyAs(cells.slice(most), MOST_BYTES);
  const more = Math.max(0, rows.length - most - folded.length) + unlisted;
  const summary = counted(folded.length, "more row");
  return [
    markdownTable(header, cells.slice(0, most)),
    folded.length === 0
      ? ""
      : `<details><summary>${summary}</summary>\n\n${markdownTable(header, folded)}\n</details>\n`,
    more > 0 && rest !== undefined ? `${rest(more)}\n` : "",
  ]
    .filter((part) => part !== "")
    .join("\n");
}

/** The first rows, of so many bytes in all. */
function asManyAs(rows: readonly (readonly string[])[], bytes: number): readonly (readonly string[])[] {
  const encoder = new TextEncoder();
  let taken = 0;
  const end = rows.findIndex((row) => {
    taken += encoder.encode(row.join(" | ")).length;
    return taken > bytes;
  });
  return end === -1 ? rows : rows.slice(0, end);
}

/** The first rows as Markdown. Details are a last column, if any row has some. */
function withDetails({ columns, rows, details }: Table, most: number) {
  const header = columns.map(({ name }) => name);
  const cells = rows.slice(0, most).map((row) => row.map(within));
  if (details === undefined || details.of.every((paragraphs) => paragraphs.length === 0)) return { header, cells };
  return {
    header: [...header, details.name],
    cells: cells.map((row, index) => [...row, (details.of[index] ?? []).map(within).join("<br>")]),
  };
}

/** A phrase that begins a line. */
function shown(phrase: Phrase): string {
  return markdownLine(within(phrase));
}

/** A phrase within a line. Tones are for terminals, except that code is code. */
function within(phrase: Phrase): string {
  return spansOf(phrase)
    .map((span) => {
      if (typeof span === "string") return markdownInline(span);
      const isCode = span.tone === "code" && span.text !== "" && !span.text.includes("`");
      return isCode ? `\`${span.text}\`` : markdownInline(span.text);
    })
    .join("")
    .trim();
}

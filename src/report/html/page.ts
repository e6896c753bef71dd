import { utf8ToBytes } from "@noble/hashes/utils.js";
import { gzipSync } from "fflate/browser";
import type { ShiftRecord } from "../../experiment/record.ts";
import type { Block, Document, Table } from "../document.ts";
import { drawFigure } from "../figure/draw.ts";
import type { Figure } from "../figure/figure.ts";
import { ndjsonOf } from "../json.ts";
import { attribute } from "../markup.ts";
import { counted, grouped } from "../numbers.ts";
import { type Phrase, plain, spansOf } from "../phrase.ts";
import { MOST_ON_PAGE } from "../sweep-document.ts";
import { deviationsChart } from "./deviations.ts";
import { figureOfRecords } from "./figures.ts";
import { base64, contentHash } from "./policy.ts";
import { SCRIPT } from "./script.ts";
import { STYLE } from "./style.ts";

/** Where a page comes from. */
export interface Origin {
  /** Whether something cut the work short, so that the command would not give the same bytes. */
  readonly isPartial?: boolean | undefined;
  /** What makes the same result again. */
  readonly command: string;
  readonly version: string;
}

/** Records that a page holds to save; it is to be sent around, and opened anywhere. */
export const MOST_RECORDS = 10_000;
/** Rows from which a table has a field to filter it. */
const FILTERED_ROWS = 10;

/**
 * A document as one page of HTML that needs nothing else: what it comes to first, then what made it, pictures, tables that sort and filter,
 * and the result itself to save, byte by byte that of --format ndjson. Everything can be read without scripts, and printed.
 *
 * Its content security policy allows its own script and style, by their hashes, pictures inside it, and nothing from anywhere.
 */
export async function htmlPage(document: Document, origin: Origin): Promise<string> {
  const { command, version, isPartial = false } = origin;
  const { title, conclusion, data } = document;
  const blocks = document.blocks.filter(({ on }) => on !== "terminal");
  const before = beforeTable(blocks);
  const parts = blocks.map((block, index) => blockHtml(block, labelOf(blocks, index)));
  const records = data.kind === "records" ? data.records : [];
  const figure = document.figure === undefined ? figureOfRecords(records) : await document.figure();
  const heading = conclusion ?? title ?? figure?.title ?? command;
  const body = [
    `<h1>${inline(heading)}</h1>`,
    title === undefined || conclusion === undefined ? "" : `<p class="title">${inline(title)}</p>`,
    ...parts.slice(0, before),
    figure === undefined ? "" : pictureHtml(figure),
    deviationsChart(records) ?? "",
    ...parts.slice(before),
    `<h2>How it was made</h2><pre><code>${escaped(command)}</code></pre>`,
    `<p>vshift ${escaped(version)}${kernelOf(records)}.${records.length === 0 || isPartial ? "" : " The same command gives the same bytes on any machine."}</p>`,
    await saved(document),
  ];
  const policy = [
    "default-src 'none'",
    `script-src '${contentHash(SCRIPT)}'`,
    `style-src '${contentHash(STYLE)}'`,
    "img-src data:",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  return [
    '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${policy}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">\n<meta name="color-scheme" content="light dark">',
    `<title>${escaped(plain(heading))}</title>\n<style>${STYLE}</style>\n</head>\n<body>\n<main>`,
    ...body.filter((part) => part !== ""),
    `</main>\n<script>${SCRIPT}</script>\n</body>\n</html>\n`,
  ].join("\n");
}

/** Where pictures stand: before the first table and its heading, else behind all blocks. */
function beforeTable(blocks: readonly Block[]): number {
  const table = blocks.findIndex(({ kind }) => kind === "table");
  if (table === -1) return blocks.length;
  return blocks[table - 1]?.kind === "heading" ? table - 1 : table;
}

/** What a table is called: by the heading before it, if there is one, and by its number, which no other has. */
function labelOf(blocks: readonly Block[], index: number): string {
  const before = blocks.slice(0, index);
  const number = before.filter(({ kind }) => kind === "table").length + 1;
  const heading = before.findLast((block) => block.kind === "heading");
  return heading === undefined ? `Table ${number}` : `Table ${number}: ${heading.text}`;
}

/** One version made all records, as a rule. */
function kernelOf(records: readonly ShiftRecord[]): string {
  const kernels = [...new Set(records.map(({ kernel }) => kernel.slice(0, 12)))];
  if (kernels.length === 0) return "";
  return `, engine version <code>${kernels.join("</code>, <code>")}</code>`;
}

/** An image, so that the page's style is not the picture's. It has its title and its caption in it. */
function pictureHtml(figure: Figure): string {
  const source = `data:image/svg+xml;base64,${base64(utf8ToBytes(drawFigure(figure)))}`;
  const words = [figure.title, figure.subtitle, ...figure.caption].filter((text) => text !== "").join(". ");
  return `<figure><img src="${source}" alt="${escaped(words)}"></figure>`;
}

function blockHtml(block: Block, label: string): string {
  switch (block.kind) {
    case "heading":
      return `<h2>${escaped(block.text)}</h2>`;
    case "paragraphs":
      return block.paragraphs.map((text) => `<p>${inline(text)}</p>`).join("\n");
    case "items": {
      const list = block.isNumbered ? "ol" : "ul";
      const items = block.items.map(({ text, items = [] }) => {
        const inner = items.map((each) => `<li>${inline(each)}</li>`).join("");
        return `<li>${inline(text)}${inner === "" ? "" : `<ul>${inner}</ul>`}</li>`;
      });
      return items.length === 0 ? "" : `<${list}>${items.join("")}</${list}>`;
    }
    case "facts":
      return `<table class="facts"><tbody>${block.facts
        .filter(([, value]) => plain(value) !== "")
        .map(([name, value]) => `<tr>${rowHead(name)}<td>${inline(value)}</td></tr>`)
        .join("")}</tbody></table>`;
    case "table":
      return tableHtml(block, label);
    case "command":
      return `<p>${escaped(block.about)}:</p><pre><code>${escaped(block.command)}</code></pre>`;
  }
}

/** A fact without a name goes on with the one before it. */
function rowHead(name: string): string {
  return name === "" ? "<td></td>" : `<th scope="row">${escaped(name)}</th>`;
}

function tableHtml({ columns, rows, details, rest, unlisted = 0 }: Table, label: string): string {
  if (rows.length === 0) return "";
  const hasDetails = details?.of.some((paragraphs) => paragraphs.length > 0) === true;
  const names = [...columns.map(({ name }) => name), ...(hasDetails ? [details.name] : [])];
  const isLeft = (column: number) => columns[column]?.align === "left" || column >= columns.length;
  const header = names.map((name, column) => {
    const left = isLeft(column) ? ' class="left"' : "";
    // A button only where there is something to say and to sort.
    const label = name === "" || rows.length < 2 ? escaped(name) : `<button>${escaped(name)}</button>`;
    return name === "" ? "<td></td>" : `<th scope="col"${left}>${label}</th>`;
  });
  const body = rows.slice(0, MOST_ON_PAGE).map((row, index) => {
    const cells = [...row.map(inline), ...(hasDetails ? [(details.of[index] ?? []).map(inline).join("<br>")] : [])];
    const data = cells.map((text, column) => `<td${isLeft(column) ? ' class="left"' : ""}>${text}</td>`);
    return `<tr>${data.join("")}</tr>`;
  });
  const more = Math.max(0, rows.length - MOST_ON_PAGE) + unlisted;
  return [
    rows.length < FILTERED_ROWS
      ? ""
      : `<p class="scripted"><label>Filter the ${counted(body.length, "row")} <input type="search"></label></p>`,
    `<div class="wide" role="region" aria-label="${escaped(label)}" tabindex="0"><table><thead><tr>${header.join("")}</tr></thead>`,
    `<tbody>${body.join("\n")}</tbody></table></div>`,
    more > 0 && rest !== undefined ? `<p>${escaped(rest(more))}</p>` : "",
  ]
    .filter((part) => part !== "")
    .join("\n");
}

/** The result itself, compressed, and a button that saves it. */
async function saved({ data }: Document): Promise<string> {
  if (data.kind === "records" && data.records.length > MOST_RECORDS) {
    return `<p>The ${counted(data.records.length, "record")} are too many for a page: save them with <code>--output FILE.ndjson</code>.</p>`;
  }
  let text = "";
  const lines = data.kind === "values" ? (data.lines ?? [data.json]) : data.records;
  for await (const piece of ndjsonOf(lines)) text += piece;
  if (text === "") return "";
  const bytes = utf8ToBytes(text);
  const what = data.kind === "records" ? counted(data.records.length, "record") : "the result";
  const button = `<p class="scripted"><button id="save">Save ${what} (NDJSON, ${grouped(Math.ceil(bytes.length / 1000))} kB)</button></p>`;
  // The same bytes each time: no time stamp.
  const packed = base64(gzipSync(bytes, { level: 9, mtime: 0 }));
  return `${button}\n<script type="application/octet-stream" id="data">${packed}</script>`;
}

function inline(phrase: Phrase): string {
  return spansOf(phrase)
    .map((span) => {
      if (typeof span === "string") return escaped(span);
      if (span.tone === "code") return `<code>${escaped(span.text)}</code>`;
      return `<span class="${span.tone}">${escaped(span.text)}</span>`;
    })
    .join("")
    .trim();
}

/** Text that shows itself; what would steer a reader, such as a change of direction, is taken out. */
function escaped(text: string): string {
  const steady = text.replace(/[\p{Cc}\u202a-\u202e\u2066-\u2069]+/gu, " ");
  return attribute(steady).replaceAll("'", "&#39;");
}

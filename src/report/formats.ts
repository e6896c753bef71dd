import type { Document } from "./document.ts";
import type { ChartPaints } from "./figure/chart.ts";
import type { RasteriserFiles } from "./figure/png.ts";
import type { Origin } from "./html/page.ts";
import { json, jsonArrayOf, ndjsonOf } from "./json.ts";
import type { RecordStream } from "./record-stream.ts";
import { type Screen, terminalText } from "./terminal.ts";

/** How a document is shown. */
export interface View extends Screen {
  /** Colours of a chart's series. */
  readonly seriesPaints: () => Promise<ChartPaints>;
  /** What a PNG is made with, and a PDF. */
  readonly pictureFiles: () => Promise<RasteriserFiles>;
  /** What made it, for a page that says so; asked once the work is done or cut short. */
  readonly origin: () => Promise<Origin>;
}

export type Rendered = string | Uint8Array | AsyncIterable<string | Uint8Array>;

/** Records as a file, piece by piece, none of them kept; no records make a file of none. */
export type RecordEncoder = (records: RecordStream) => AsyncIterable<string | Uint8Array>;

interface FormatKind {
  /** Endings of files that have it. */
  readonly endings: readonly string[];
  /** Whether it is what a terminal gets, or a pipe, where nobody says anything. */
  readonly usualOf?: "terminal" | "pipe";
  readonly isBinary?: true;
  readonly render: (document: Document, view: View) => Rendered | Promise<Rendered>;
  /** Where it holds records of any number. */
  readonly encode?: () => RecordEncoder | Promise<RecordEncoder>;
}

/** Every format. What only one of them needs is loaded with it. */
const FORMAT_KINDS = {
  table: {
    endings: [".txt"],
    usualOf: "terminal",
    render: terminalText,
  },
  json: {
    endings: [".json"],
    render: ({ data }) =>
      data.kind === "values" ? json(data.json) : data.isOne ? json(data.records[0]) : jsonArrayOf(data.records),
    encode: () => jsonArrayOf,
  },
  ndjson: {
    endings: [".ndjson", ".jsonl"],
    usualOf: "pipe",
    render: ({ data }) => ndjsonOf(data.kind === "values" ? (data.lines ?? [data.json]) : data.records),
    encode: () => ndjsonOf,
  },
  csv: {
    endings: [".csv"],
    render: async ({ data }) => {
      const { csv, csvOfRecords } = await import("./csv.ts");
      return data.kind === "values" ? csv(data.rows()) : csvOfRecords(data.records);
    },
    encode: async () => (await import("./csv.ts")).csvOfRecords,
  },
  markdown: {
    endings: [".md"],
    render: async (document) => {
      const { pageText, recordsPage } = await import("./page.ts");
      const { data } = document;
      const isShown = data.kind === "values" || data.isOne === true || data.isShown === true;
      return isShown ? pageText(document) : recordsPage(document, data.records);
    },
    encode: async () => (await import("./markdown.ts")).markdownOfRecords,
  },
  html: {
    endings: [".html"],
    render: async (document, { origin }) => (await import("./html/page.ts")).htmlPage(document, await origin()),
  },
  parquet: {
    endings: [".parquet"],
    isBinary: true,
    render: async ({ data }) => {
      if (data.kind === "values") throw new RangeError("a result without records has no Parquet");
      return (await import("./parquet.ts")).parquetOfRecords(data.records);
    },
    encode: async () => (await import("./parquet.ts")).parquetOfRecords,
  },
  svg: {
    endings: [".svg"],
    usualOf: "pipe",
    render: async (document) => {
      const { drawFigure } = await import("./figure/draw.ts");
      return drawFigure(await figureOf(document), document.size);
    },
  },
  png: {
    endings: [".png"],
    isBinary: true,
    render: async (document, { pictureFiles }) => {
      const [{ createRasteriser }, { drawFigure }] = await Promise.all([
        import("./figure/png.ts"),
        import("./figure/draw.ts"),
      ]);
      const { size } = document;
      const rasterise = await createRasteriser(await pictureFiles());
      return rasterise(drawFigure(await figureOf(document), size), size?.scale);
    },
  },
  pdf: {
    endings: [".pdf"],
    isBinary: true,
    render: async (document, { pictureFiles }) => {
      const [{ pdfOf }, { drawingOf }] = await Promise.all([import("./figure/pdf.ts"), import("./figure/draw.ts")]);
      return pdfOf(drawingOf(await figureOf(document), document.size), (await pictureFiles()).font);
    },
  },
  chart: {
    endings: [".txt"],
    usualOf: "terminal",
    render: async (document, { seriesPaints, width }) => {
      const { chartOf } = await import("./figure/chart.ts");
      return chartOf(await figureOf(document), { paints: await seriesPaints(), columns: width });
    },
  },
} as const satisfies { readonly [name: string]: FormatKind };

export type AnyFormat = keyof typeof FORMAT_KINDS;

/** What is known of a format. */
export function formatKind(format: AnyFormat): FormatKind {
  return FORMAT_KINDS[format];
}

/** Formats of every command that prints a result. */
export const FORMATS = ["table", "json", "ndjson", "csv", "markdown", "html"] as const;

/** Formats of many records. */
export const RECORDS_FORMATS = [...FORMATS, "parquet"] as const;
export type RecordsFormat = (typeof RECORDS_FORMATS)[number];

/** Formats of pictures. */
export const PICTURE_FORMATS = ["svg", "png", "pdf", "chart"] as const;
export type PictureFormat = (typeof PICTURE_FORMATS)[number];

/** Formats of results that can be drawn. */
export const DRAWN_FORMATS = [...FORMATS, ...PICTURE_FORMATS] as const;

/** Formats of stacks, whose positions have a record each, and a picture together. */
export const STACK_FORMATS = [...RECORDS_FORMATS, ...PICTURE_FORMATS] as const;

/** The encoder of a format that holds records. */
export async function encoderOf(format: Exclude<RecordsFormat, "table" | "html">): Promise<RecordEncoder> {
  return FORMAT_KINDS[format].encode();
}

async function figureOf({ figure }: Document) {
  if (figure === undefined) throw new RangeError("a result without a figure has no picture");
  return figure();
}

import { jsonArrayOf, ndjsonOf } from "./json.ts";
import { markdownOfRecords } from "./markdown.ts";
import type { RecordStream } from "./record-stream.ts";

const TEXT_FORMATS = ["ndjson", "json", "csv", "markdown"] as const;
export const RECORD_FORMATS = [...TEXT_FORMATS, "parquet"] as const;

export type TextRecordFormat = (typeof TEXT_FORMATS)[number];
export type RecordFormat = (typeof RECORD_FORMATS)[number];

/**
 * Writes records as a file, piece by piece; no records make a file of none. The next record is asked for only when what
 * could be made of those before it was taken, so that memory does not grow with their number (Parquet keeps a group of rows
 * back, see `parquet.ts`). When the reader stops early, or the records fail, the source is closed.
 */
export type RecordEncoder = (records: RecordStream) => AsyncIterable<string | Uint8Array>;
export type RecordTextEncoder = (records: RecordStream) => AsyncIterable<string>;

/** The encoder of a format. What only some formats need is loaded here. */
export async function encoderOf(format: TextRecordFormat): Promise<RecordTextEncoder>;
export async function encoderOf(format: RecordFormat): Promise<RecordEncoder>;
export async function encoderOf(format: RecordFormat): Promise<RecordEncoder> {
  switch (format) {
    case "ndjson":
      return ndjsonOf;
    case "json":
      return jsonArrayOf;
    case "csv":
      return (await import("./csv.ts")).csvOfRecords;
    case "markdown":
      return markdownOfRecords;
    case "parquet":
      return (await import("./parquet.ts")).parquetOfRecords;
  }
}

/** A few records as one text. */
export async function encodedText(format: TextRecordFormat, records: RecordStream): Promise<string> {
  const encode = await encoderOf(format);
  let text = "";
  for await (const piece of encode(records)) text += piece;
  return text;
}

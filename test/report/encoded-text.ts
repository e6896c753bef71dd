import { encoderOf } from "../../src/report/formats.ts";
import type { RecordStream } from "../../src/report/record-stream.ts";

/** Formats of records, those of text and all. */
export const TEXT_FORMATS = ["ndjson", "json", "csv", "markdown"] as const;
export const ALL_FORMATS = [...TEXT_FORMATS, "parquet"] as const;

/** A few records as one text. */
export async function encodedText(format: (typeof TEXT_FORMATS)[number], records: RecordStream): Promise<string> {
  const encode = await encoderOf(format);
  let text = "";
  for await (const piece of encode(records)) text += piece;
  return text;
}

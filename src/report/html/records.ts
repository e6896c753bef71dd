import type { ShiftRecord } from "../../experiment/record.ts";
import type { Document } from "../document.ts";
import { grouped } from "../numbers.ts";
import { bad } from "../phrase.ts";
import type { RecordStream } from "../record-stream.ts";
import { MOST_ON_PAGE, recordsDocument } from "../sweep-document.ts";
import { htmlPage, MOST_RECORDS, type Origin } from "./page.ts";

interface RecordsPage {
  readonly origin: () => Promise<Origin>;
  /** What is to be known besides: scenarios that are missing, and why. */
  readonly notes?: () => readonly string[];
  /** What all of them come to, where they are too many for a page. */
  readonly summary: () => Document;
}

/**
 * Records as a page of HTML, with all of them inside; of more than a page should hold, what they come to and the worst, and a word on where
 * the rest is.
 */
export async function* pageOfRecords(
  records: RecordStream,
  { origin, summary, notes = () => [] }: RecordsPage,
): AsyncGenerator<string> {
  const held: ShiftRecord[] = [];
  let count = 0;
  for await (const record of records) {
    count++;
    if (count <= MOST_RECORDS) held.push(record);
    else held.length = 0;
  }
  const document = count <= MOST_RECORDS ? recordsDocument(held, MOST_ON_PAGE) : ofMany(summary(), count);
  const said = notes();
  const paragraphs = { kind: "paragraphs", paragraphs: said.map(bad) } as const;
  const isPartial = said.length > 0;
  // The command is asked for when all is known.
  const { command, version } = await origin();
  yield await htmlPage({ ...document, blocks: [paragraphs, ...document.blocks] }, { command, version, isPartial });
}

function ofMany(document: Document, count: number): Document {
  const words = `A page holds at most ${grouped(MOST_RECORDS)} records, and these are ${grouped(count)}: save them with --output FILE.ndjson or .parquet, and make a page of some of them with vshift records --filter.`;
  return { ...document, blocks: [{ kind: "paragraphs", paragraphs: [words] }, ...document.blocks] };
}

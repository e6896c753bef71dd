import { parse } from "csv-parse/sync";
import { describe, expect, it } from "vitest";
import { createRecordReader } from "../../src/experiment/read-record.ts";
import { recordColumns } from "../../src/report/columns.ts";
import { encoderOf } from "../../src/report/formats.ts";
import { json } from "../../src/report/json.ts";
import { ALL_FORMATS, encodedText, TEXT_FORMATS } from "./encoded-text.ts";
import { SAMPLE_RECORDS } from "./sample-records.ts";

describe("NDJSON", () => {
  it("gives the records back, a line each", async () => {
    const read = await createRecordReader();
    const lines = (await encodedText("ndjson", SAMPLE_RECORDS)).split("\n");
    expect(lines.pop()).toBe("");
    const records = lines.map((line, index) => read(line, `line ${index}`));
    // −0 is written "0".
    expect(records).toEqual(SAMPLE_RECORDS.map((record) => JSON.parse(JSON.stringify(record))));
  });

  it("of no records is empty", async () => {
    expect(await encodedText("ndjson", [])).toBe("");
  });
});

describe("JSON", () => {
  it.each([0, 1, 2, SAMPLE_RECORDS.length])("of %d records is the array of them, byte for byte", async (count) => {
    const records = SAMPLE_RECORDS.slice(0, count);
    expect(await encodedText("json", records)).toBe(json(records));
  });
});

describe("CSV, read by another library", () => {
  const columns = recordColumns();
  const names = columns.map(({ name }) => name);

  it("gives every number back bit for bit, and every text", async () => {
    const [header, ...rows]: string[][] = parse(await encodedText("csv", SAMPLE_RECORDS));
    expect(header).toEqual(names);
    const values = rows.map((row) =>
      columns.map(({ type, nullWhen }, index) => {
        const cell = row[index] ?? "";
        if (cell === "" && nullWhen !== undefined) return null;
        return type === "text" ? cell.replace(/^'=/, "=") : Number(cell);
      }),
    );
    // toEqual compares with Object.is, so that a bit would be seen.
    expect(values).toEqual(SAMPLE_RECORDS.map((record) => columns.map(({ cellOf }) => cellOf(record))));
  });

  it.each(["=1+1", "+1", "-1", "@SUM(A1)"])("escapes the seed %j, which a spreadsheet would run", async (seed) => {
    const records = SAMPLE_RECORDS.slice(0, 1).map((one) => ({ ...one, scenario: { ...one.scenario, seed } }));
    const [row]: Record<string, string>[] = parse(await encodedText("csv", records), { columns: true });
    expect(row?.["scenario.seed"]).toBe(`'${seed}`);
  });

  it("of no records is the header", async () => {
    expect(await encodedText("csv", [])).toBe(`${names.join(",")}\n`);
  });
});

describe("Markdown", () => {
  it("is a table with a row a record", async () => {
    const lines = (await encodedText("markdown", SAMPLE_RECORDS)).split("\n");
    expect(lines.pop()).toBe("");
    expect(lines).toHaveLength(2 + SAMPLE_RECORDS.length);
    // "\|" is a pipe within a cell.
    for (const line of lines) expect(line.replaceAll("\\|", "").split("|")).toHaveLength(5 + 2);
  });

  it("of no records is the header", async () => {
    const header = "| scenario | Δ theory | Δ measured | deviation | verdict |\n| --- | --- | --- | --- | --- |\n";
    expect(await encodedText("markdown", [])).toBe(header);
  });
});

/** How many whole records the beginning of a file holds. */
const RECORDS_IN: { readonly [Format in (typeof TEXT_FORMATS)[number]]: (text: string) => number } = {
  ndjson: (text) => text.split("\n").length - 1,
  json: (text) => (text === "" ? 0 : JSON.parse(`${text}]`).length),
  csv: (text) => parse(text).length - 1,
  markdown: (text) => text.split("\n").length - 1 - 2,
};

describe("an encoder", () => {
  it.each(TEXT_FORMATS)("of %s asks for a record when all before it were taken", async (format) => {
    let taken = "";
    const takenWhenAsked: number[] = [];
    function* source() {
      for (const record of SAMPLE_RECORDS) {
        takenWhenAsked.push(RECORDS_IN[format](taken));
        yield record;
      }
      takenWhenAsked.push(RECORDS_IN[format](taken));
    }
    const encode = await encoderOf(format);
    for await (const piece of encode(source())) taken += piece;
    expect(takenWhenAsked).toEqual([...SAMPLE_RECORDS.keys(), SAMPLE_RECORDS.length]);
  });

  it.each(ALL_FORMATS)("of %s closes an endless source when its reader has enough", async (format) => {
    let asked = 0;
    let isClosed = false;
    async function* endless() {
      try {
        for (;;) {
          asked++;
          yield* SAMPLE_RECORDS.slice(0, 1);
        }
      } finally {
        isClosed = true;
      }
    }
    const encode = await encoderOf(format);
    let pieces = 0;
    for await (const piece of encode(endless())) {
      expect(piece.length).toBeGreaterThan(0);
      pieces++;
      if (pieces === 3) break;
    }
    expect(isClosed).toBe(true);
    // Parquet's first piece is its magic number; then each is a row group.
    expect(asked).toBe({ ndjson: 3, json: 3, csv: 2, markdown: 2, parquet: 2 * 4096 }[format]);
  });

  it.each(ALL_FORMATS)("of %s fails as its source fails", async (format) => {
    const fault = new Error("line 3 is no record");
    async function* failing() {
      yield* SAMPLE_RECORDS.slice(0, 2);
      throw fault;
    }
    const encode = await encoderOf(format);
    const all = async () => {
      for await (const _ of encode(failing()));
    };
    await expect(all()).rejects.toBe(fault);
  });
});

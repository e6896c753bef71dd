import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ShiftRecord } from "../../src/index.ts";
import { recordColumns } from "../../src/report/columns.ts";
import { parquetOfRecords } from "../../src/report/parquet.ts";
import type { RecordStream } from "../../src/report/record-stream.ts";
import { SAMPLE_RECORDS } from "./sample-records.ts";

const COLUMNS = recordColumns();
const DUCKDB_TYPE = { text: "VARCHAR", integer: "BIGINT", number: "DOUBLE" } as const;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "vshift-parquet-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** What DuckDB answers to a query of these records; `records.parquet` in it is their file. */
async function ask(sql: string, records: RecordStream) {
  const path = join(folder, "records.parquet");
  await writeFile(path, parquetOfRecords(records));
  const connection = await (await DuckDBInstance.create()).connect();
  try {
    const answer = await connection.runAndReadAll(sql.replaceAll("records.parquet", path));
    return { names: answer.columnNames(), types: answer.columnTypes().map(String), rows: answer.getRows() };
  } finally {
    connection.closeSync();
  }
}

/** As many records, each with a number of its own in three columns: a text, a count and a double. */
function* numbered(count: number): Generator<ShiftRecord> {
  for (let number = 0; number < count; number++) {
    const record = SAMPLE_RECORDS[number % SAMPLE_RECORDS.length] as ShiftRecord;
    const measured = { ...record.measured, samples: 2 ** 40 + number, standardError: 1 / (number + 1) };
    yield { ...record, id: `${number}`, measured };
  }
}

describe("Parquet, read by DuckDB", () => {
  it("gives every double bit for bit, every count, text and null", async () => {
    const { names, rows } = await ask("SELECT * FROM 'records.parquet'", SAMPLE_RECORDS);
    expect(names).toEqual(COLUMNS.map(({ name }) => name));
    const expected = SAMPLE_RECORDS.map((record) =>
      COLUMNS.map(({ type, cellOf }) => {
        const cell = cellOf(record);
        return type === "integer" && cell !== null ? BigInt(cell) : cell;
      }),
    );
    // toEqual compares with Object.is, so that a bit would be seen.
    expect(rows).toEqual(expected);
  });

  it.each([
    ["no records", []],
    ["a record whose nullable columns are all null", SAMPLE_RECORDS.slice(-1)],
    ["records of all kinds", SAMPLE_RECORDS],
  ])("has the schema's types for %s", async (_, records) => {
    const { names, types, rows } = await ask("SELECT * FROM 'records.parquet'", records);
    expect(rows).toHaveLength(records.length);
    expect(names).toEqual(COLUMNS.map(({ name }) => name));
    expect(types).toEqual(COLUMNS.map(({ type }) => DUCKDB_TYPE[type]));
  });

  it("says which columns are never null", async () => {
    const { rows } = await ask(
      "SELECT name, repetition_type FROM parquet_schema('records.parquet') WHERE num_children IS NULL",
      [],
    );
    expect(rows).toEqual(COLUMNS.map(({ name, nullWhen }) => [name, nullWhen === undefined ? "REQUIRED" : "OPTIONAL"]));
  });

  it.each([
    [4096, 1],
    [4097, 2],
    [10_000, 3],
  ])("holds %d records in %d row groups, in their order", async (count, groups) => {
    const { rows } = await ask(
      `SELECT id, "measured.samples", "measured.standardError" FROM 'records.parquet'`,
      numbered(count),
    );
    expect(rows).toEqual(
      Array.from({ length: count }, (_, number) => [`${number}`, BigInt(2 ** 40 + number), 1 / (number + 1)]),
    );
    const metadata = "SELECT count(DISTINCT row_group_id) FROM parquet_metadata('records.parquet')";
    expect((await ask(metadata, numbered(count))).rows).toEqual([[BigInt(groups)]]);
  });

  it("answers the query of docs/RECORDS.md", async () => {
    const [, sql = ""] = /```sql\n(.*?)```/s.exec(await readFile("docs/RECORDS.md", "utf8")) ?? [];
    const { rows } = await ask(sql, SAMPLE_RECORDS);
    expect(rows.length).toBeGreaterThan(0);
  });
});

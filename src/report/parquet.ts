import { ByteWriter, ParquetWriter, schemaFromColumnData } from "hyparquet-writer";
import { type Cell, type Column, recordColumns } from "./columns.ts";
import type { RecordStream } from "./record-stream.ts";

/**
 * Rows that are kept back and written as one row group: what bounds the memory, at some megabytes. A Parquet file ends with
 * a directory of its groups, which is kept too: measured, 12 bytes a record.
 */
const GROUP_ROWS = 4096;

const PARQUET_TYPE = { text: "STRING", integer: "INT64", number: "DOUBLE" } as const;

/**
 * Records as a Parquet file: the columns of the CSV, typed by the record's schema. Counts are 64-bit integers, other
 * numbers are doubles, bit for bit; a column that is never null says so.
 */
export async function* parquetOfRecords(records: RecordStream): AsyncGenerator<Uint8Array> {
  const columns = recordColumns();
  const writer = new ByteWriter();
  const schema = schemaFromColumnData({ columnData: emptyGroup(columns) });
  const file = new ParquetWriter({ writer, schema });
  let group = emptyGroup(columns);
  let rows = 0;
  yield taken(writer);
  for await (const record of records) {
    for (const { data, stored, cellOf } of group) data.push(stored(cellOf(record)));
    rows++;
    if (rows < GROUP_ROWS) continue;
    file.write({ columnData: group, rowGroupSize: GROUP_ROWS });
    yield taken(writer);
    group = emptyGroup(columns);
    rows = 0;
  }
  file.write({ columnData: group, rowGroupSize: GROUP_ROWS });
  file.finish();
  yield taken(writer);
}

/** A group of no rows yet, column by column: its records need not be kept. */
function emptyGroup(columns: readonly Column[]) {
  return columns.map(({ name, type, nullWhen, cellOf }) => {
    const data: (Cell | bigint)[] = [];
    const stored = type === "integer" ? bigintOf : asItIs;
    return { name, type: PARQUET_TYPE[type], nullable: nullWhen !== undefined, data, stored, cellOf };
  });
}

function bigintOf(cell: Cell): bigint | null {
  return cell === null ? null : BigInt(cell);
}

function asItIs(cell: Cell): Cell {
  return cell;
}

/** What was written since the last time. The writer goes on counting from the beginning of the file. */
function taken(writer: ByteWriter): Uint8Array {
  const bytes = new Uint8Array(writer.getBuffer());
  writer.index = 0;
  return bytes;
}

import type { ShiftRecord } from "../experiment/record.ts";
import { recordSchema } from "../experiment/record-schema.ts";
import type { JsonSchema } from "../scenario/json-schema.ts";

export type Cell = string | number | null;

/** One value of a record, as a column of a flat table. */
export interface Column {
  /** Nested names joined by a dot ("measured.shift"), an array's elements by their index ("measured.interval.0"). */
  readonly name: string;
  readonly type: "text" | "integer" | "number";
  /** Where the value is null; undefined where it never is. */
  readonly nullWhen: string | undefined;
  /** The schema of the value where it is not null. */
  readonly schema: JsonSchema;
  /** The value that a record has here. −0 is 0, as in JSON. */
  readonly cellOf: (record: ShiftRecord) => Cell;
}

/** The columns of a table of records, in the order of the record's schema and the same for all. */
export function recordColumns(): readonly Column[] {
  return columnsOf(recordSchema(), { path: [], nullWhen: undefined });
}

/** The keywords that the record's schema nests by. */
interface Nesting {
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly prefixItems?: readonly JsonSchema[];
  /** A value's schema, and that of null. */
  readonly anyOf?: readonly [JsonSchema, { readonly description: string }];
}

/** Where a schema stands in the record's, and where what it is within is null. */
interface Place {
  readonly path: readonly string[];
  readonly nullWhen: string | undefined;
}

function columnsOf(schema: JsonSchema, { path, nullWhen: outer }: Place): Column[] {
  const [value, nothing] = (schema as Nesting).anyOf ?? [schema, undefined];
  const { properties, prefixItems } = value as Nesting;
  const nullWhen = nothing?.description ?? outer;
  const inner = properties ?? prefixItems;
  if (inner !== undefined) {
    return Object.entries(inner).flatMap(([name, one]) => columnsOf(one, { path: [...path, name], nullWhen }));
  }
  return [
    {
      name: path.join("."),
      type: value.type === "integer" || value.type === "number" ? value.type : "text",
      nullWhen,
      schema: value,
      cellOf: (record) => cellAt(record, path),
    },
  ];
}

function cellAt(record: ShiftRecord, path: readonly string[]): Cell {
  let value: unknown = record;
  for (const name of path) value = (value as Readonly<Record<string, unknown>> | null)?.[name] ?? null;
  return value === 0 ? 0 : (value as Cell);
}

import { writeFile } from "node:fs/promises";
import { Ajv2020 } from "ajv/dist/2020.js";
import standalone from "ajv/dist/standalone/index.js";
import type { JsonSchema } from "../scenario/json-schema.ts";
import { recordSchema } from "./record-schema.ts";

// Compiles the JSON Schema of records and writes what checks it, a module without the compiler, to
// src/experiment/record-check.ts:
//
//   npm run build:record-check
//
// Compiling it at run time took longer than all else that a command with one record does.

const FILE = "src/experiment/record-check.ts";

const HEAD = [
  "// @ts-nocheck: ajv writes JavaScript.",
  "// Made by compile-record-check.ts; not in git.",
  'import type { ValidateFunction } from "ajv/dist/2020.js";',
];

/** The module's source; `isRecord`, which it exports, leaves its `errors` on itself where a value is none. */
export function recordCheckSource(): string {
  const ajv = new Ajv2020({ strict: true, code: { source: true, esm: true } });
  const code = standalone
    .default(ajv, ajv.compile(withoutWords(recordSchema())))
    .replace(
      /^"use strict";export const validate = (\w+);export default \1;/,
      "export const isRecord: ValidateFunction = $1;",
    )
    .replace('require("ajv/dist/runtime/ucs2length").default', "(text) => [...text].length");
  if (/\brequire\(|\bexport default\b/.test(code)) throw new Error(`${FILE}: ajv writes other code than it did`);
  return [...HEAD, code, ""].join("\n");
}

/** What says nothing about values is left out: the module holds the parts of the schema that it reports. */
function withoutWords(schema: JsonSchema): JsonSchema {
  return JSON.parse(JSON.stringify(schema), (key, value) =>
    (key === "description" || key === "title") && typeof value === "string" ? undefined : nullFirst(value),
  );
}

/**
 * Null is found by a condition, for which ajv writes no errors. As an alternative that comes last, each of the thirty nulls of a
 * record would have the error of the first one made for it, half of the time that the check takes. The first error of
 * what fits neither is the same.
 */
function nullFirst(schema: JsonSchema): JsonSchema {
  const [other, last, ...more] = (schema?.anyOf ?? []) as readonly JsonSchema[];
  return last?.type === "null" && more.length === 0 ? { if: last, else: other } : schema;
}

if (process.argv[1] === import.meta.filename) await writeFile(FILE, recordCheckSource());

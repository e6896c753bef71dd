import { VshiftError } from "../errors.ts";
import { parseJson } from "../json.ts";
import { AUDIT_SCHEMA, AUDITS_SCHEMA, type AuditBaseline, type AuditRecord, deltaOf } from "../report/audit-record.ts";
import { excerpt } from "../tensor/file-error.ts";
import { readBytes } from "./read-bytes.ts";

/** Δ of each norm in an earlier audit: the JSON of a whole, or NDJSON with a line for each norm. */
export function readAudit(file: string): AuditBaseline {
  const where = excerpt(file);
  const text = new TextDecoder().decode(readBytes(file));
  const parsed = (part: string) => parseJson(part, { field: where, hint: AGAIN });
  // A document in JSON has one value, which may be on many lines; a line of NDJSON is a value.
  const values = /^\s*\{[^\n]*\}\s*\n\s*\{/.test(text)
    ? text
        .split("\n")
        .filter((line) => line.trim() !== "")
        .map(parsed)
    : [parsed(text)];
  const norms = values.flatMap((value) => (isOf(value, AUDITS_SCHEMA) ? listIn(value) : [value])).filter(isNorm);
  if (norms.length === 0) {
    throw new VshiftError({
      code: "invalid-file",
      field: where,
      problem: "contains no batch norm of an audit",
      hint: AGAIN,
    });
  }
  return { file, deltas: new Map(norms.map((norm) => [norm.norm, deltaOf(norm)])) };
}

const AGAIN = "give what vshift audit model.pt2 --format json wrote";

function isOf(value: unknown, schema: string): value is { readonly [key: string]: unknown } {
  return typeof value === "object" && value !== null && "schema" in value && value.schema === schema;
}

function listIn({ norms }: { readonly [key: string]: unknown }): readonly unknown[] {
  return Array.isArray(norms) ? norms : [];
}

/** Whether it has all that Δ is known by. */
function isNorm(value: unknown): value is Pick<AuditRecord, "norm" | "predicted" | "measured"> {
  if (!isOf(value, AUDIT_SCHEMA)) return false;
  const { norm, predicted, measured } = value;
  const isRatio = (part: unknown) =>
    typeof part === "object" && part !== null && "ratio" in part && (part.ratio === null || isPositive(part.ratio));
  return typeof norm === "string" && isRatio(predicted) && (measured === null || isRatio(measured));
}

function isPositive(value: unknown): boolean {
  return typeof value === "number" && Number.isFinite(value) && value > 0;
}

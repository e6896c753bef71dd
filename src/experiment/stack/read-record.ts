import { VshiftError } from "../../errors.ts";
import { parseJson } from "../../json.ts";
import { stackInputOf } from "../../scenario/input-of.ts";
import { defineStack } from "../../scenario/stack/define.ts";
import { stackId } from "../../scenario/stack/identity.ts";
import type { StackScenario } from "../../scenario/stack/stack.ts";
import { schemaFaultOf } from "../read-record.ts";
import { auditStackRecord } from "./audit-record.ts";
import { STACK_SCHEMA, type StackRecord } from "./record.ts";
import { stackRecordSchema } from "./record-schema.ts";

/** Its `outputError` was the distance from noise-free statistics; the one from training output was not measured. */
const EARLIER_SCHEMA = "vshift.stack/1";

/** Whether a text may be the record of a stack: JSON that says so. */
export function isOfStack(text: string): boolean {
  return OF_STACK.test(text);
}

/** In a text within the JSON the quotes would be escaped. */
const OF_STACK = new RegExp(`"schema"\\s*:\\s*"(${STACK_SCHEMA}|${EARLIER_SCHEMA})"`);

/**
 * Reads one record of a stack from its JSON text, as a `RecordReader` does those of scenarios: what is of another schema, of
 * no stack, or not what stack and measurement give, is a `VshiftError` that begins with the file and line.
 */
export type StackReader = (text: string, place: string) => StackRecord;

/** The reader; loads what checks a JSON Schema. */
export async function createStackReader(): Promise<StackReader> {
  const { Ajv2020 } = await import("ajv/dist/2020.js");
  const isRecord = new Ajv2020({ strict: true }).compile<StackRecord>(stackRecordSchema());
  return (text, place) => {
    const value = upgraded(parseJson(text, { field: place, hint: HINT }));
    if (!isRecord(value)) throw invalid(place, schemaFaultOf(isRecord.errors));
    const fault = auditStackRecord(value, stackOf(value, place));
    if (fault !== undefined) throw invalid(place, fault);
    return value;
  };
}

/** A record of the earlier schema as one of this; anything else stays unchanged. */
function upgraded(value: unknown): unknown {
  if (typeof value !== "object" || value === null || !("schema" in value) || value.schema !== EARLIER_SCHEMA)
    return value;
  if (!("outputError" in value)) return value;
  return { ...value, schema: STACK_SCHEMA, outputError: null, noiseFreeError: value.outputError };
}

/** The stack that the record is of, if its id says so. */
function stackOf({ id, scenario }: StackRecord, place: string): StackScenario {
  let stack: StackScenario;
  try {
    stack = defineStack(stackInputOf(scenario));
  } catch (cause) {
    if (!(cause instanceof VshiftError)) throw cause;
    throw invalid(place, `has an invalid stack (${cause.message})`, cause);
  }
  if (stackId(stack) === id) return stack;
  throw invalid(place, `has an id that does not match its stack (${id.slice(0, 12)}…)`);
}

function invalid(place: string, problem: string, cause?: unknown): VshiftError {
  return new VshiftError({ code: "invalid-file", field: place, problem, hint: HINT, cause });
}

const HINT = `give records of ${STACK_SCHEMA}, as vshift stack writes them`;

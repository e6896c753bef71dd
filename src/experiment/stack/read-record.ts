import { VshiftError } from "../../errors.ts";
import { stackId } from "../../scenario/stack/identity.ts";
import { faultOf } from "../read-record.ts";
import { STACK_SCHEMA, type StackRecord } from "./record.ts";
import { stackRecordSchema } from "./record-schema.ts";

/** Whether a text may be the record of a stack: JSON that says so. */
export function isOfStack(text: string): boolean {
  return text.includes(`"${STACK_SCHEMA}"`);
}

export type StackReader = (text: string, place: string) => StackRecord;

/** The reader of records of stacks, as `createRecordReader` is of those of scenarios; loads what checks a JSON Schema. */
export async function createStackReader(): Promise<StackReader> {
  const { Ajv2020 } = await import("ajv/dist/2020.js");
  const isRecord = new Ajv2020({ strict: true }).compile<StackRecord>(stackRecordSchema());
  return (text, place) => {
    const value: unknown = JSON.parse(text);
    if (!isRecord(value)) throw invalid(place, faultOf(isRecord.errors));
    if (stackId(value.scenario) !== value.id) throw invalid(place, "has an id that is not of its stack");
    return value;
  };
}

function invalid(place: string, problem: string): VshiftError {
  return new VshiftError({
    code: "invalid-file",
    field: place,
    problem,
    hint: `records of stacks are of ${STACK_SCHEMA}, as vshift stack writes them`,
  });
}

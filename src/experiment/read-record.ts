import type { ValidateFunction } from "ajv/dist/2020.js";
import { VshiftError } from "../errors.ts";
import { parseJson } from "../json.ts";
import { listOf } from "../scenario/arguments.ts";
import { positionId } from "../scenario/canonical.ts";
import { completeScenario } from "../scenario/complete.ts";
import { FIELD_NAMES, LATER_FIELDS } from "../scenario/fields.ts";
import { inputOf } from "../scenario/input-of.ts";
import type { Scenario } from "../scenario/scenario.ts";
import { shown } from "../scenario/typed.ts";
import { RECORD_SCHEMA, type RealisedScenario, type ShiftRecord, scenarioOf } from "./record.ts";
import { createFaultFinder } from "./record-faults.ts";
import type { Sums } from "./sums.ts";

/**
 * Reads one record from its JSON text; `place` is what an error calls it, such as "sweep.ndjson:12".
 *
 * Text that is not JSON, is of another schema, or has a value that no record has, is a `VshiftError`; so are sums that no
 * measurement gives, a scenario that is not the one of the id, and any field that is not what scenario and sums give.
 */
export type RecordReader = (text: string, place: string) => ShiftRecord;

/** The reader; loads what checks a record's JSON Schema. */
export async function createRecordReader(): Promise<RecordReader> {
  const { isRecord } = await import("./record-check.ts");
  const faultIn = createFaultFinder();
  let last: { readonly scenario: RealisedScenario; readonly asked: Scenario } | undefined;

  /** Neighbours are often of one scenario: those of the positions of a network, and of the parts of a run. */
  function askedOf({ scenario }: ShiftRecord, place: string): Scenario {
    if (last === undefined || !isSame(last.scenario, scenario)) {
      last = { scenario, asked: askedScenario(scenario, place) };
    }
    return last.asked;
  }

  return (text, place) => {
    const given = parseJson(text, { field: place, hint: HINT });
    requireSchema(given, place);
    if (!isRecord(given)) throw invalid(place, schemaFaultOf(isRecord.errors));
    const value = completed(given as ShiftRecord);
    const sumsFault = faultOfSums(value.sums);
    if (sumsFault !== undefined) throw invalid(place, `sums ${sumsFault}`);
    const asked = askedOf(value, place);
    requireId(value, asked, place);
    const fault = faultOf(() => faultIn(value, asked));
    if (fault !== undefined) throw invalid(place, fault);
    return LATER_FIELDS.every((field) => field in value.scenario)
      ? value
      : { ...value, scenario: { ...asked, ...value.scenario } };
  };
}

/**
 * Records that a program was handed: each of the schema, those from before a field was there with the field. What their sums give is not
 * worked out again.
 *
 * name  what an error calls the list
 */
export async function recordsIn(values: readonly unknown[], name: string): Promise<readonly ShiftRecord[]> {
  const { isRecord } = await import("./record-check.ts");
  listOf(
    (value, at) => {
      requireSchema(value, at);
      if (!isRecord(value)) throw invalid(at, schemaFaultOf(isRecord.errors));
    },
    { is: "a list of records", hint: "give what simulate and sweep return, as in [record]" },
  )(values, name);
  return (values as readonly ShiftRecord[]).map((value) => {
    const record = completed(value);
    return { ...record, scenario: { ...NO_LATER_FIELDS, ...record.scenario } };
  });
}

const NO_LATER_FIELDS = Object.fromEntries(LATER_FIELDS.map((name) => [name, null]));

/** A record from before a field was there has it as null, in its place. */
function completed(record: ShiftRecord): ShiftRecord {
  if ("position" in record) return record;
  const { schema, kernel, id, scenario, theory, measured, agreement, sums } = record as ShiftRecord;
  const { firstBatch, batches, samples, ...seen } = measured;
  return {
    ...{ schema, kernel, id, position: null, scenario },
    theory: theory && { ...theory, meanShift: null, spread: 0 },
    theoryReason: null,
    measured: { ...seen, meanShift: null, meanShiftInterval: null, firstBatch, batches, samples },
    agreement,
    outputs: null,
    sums: { ...sums, meanShift: null, meanShiftSquared: null },
  };
}

function requireSchema(value: unknown, place: string): void {
  const schema = typeof value === "object" && value !== null && "schema" in value ? value.schema : undefined;
  if (schema === RECORD_SCHEMA) return;
  throw invalid(
    place,
    schema === undefined ? "lacks a schema" : `has the schema ${shown(schema)}, not ${RECORD_SCHEMA}`,
  );
}

/** What was found; what cannot be computed with, because theory has no such numbers, is a fault of the record. */
function faultOf(find: () => string | undefined): string | undefined {
  try {
    return find();
  } catch (cause) {
    if (cause instanceof VshiftError) return `does not add up (${cause.message})`;
    throw cause;
  }
}

/** "measured.batches must be >= 2". */
function schemaFaultOf(errors: ValidateFunction["errors"]): string {
  const { instancePath = "", message = "is not valid", params = {} } = errors?.[0] ?? {};
  const property = params.additionalProperty === undefined ? "" : ` (${params.additionalProperty})`;
  return `${instancePath.slice(1).replaceAll("/", ".")} ${message}${property}`.trim();
}

/** Relative rounding of a sum of products over any number of mini-batches. */
const ROUNDING = 1e-9;

/** n·Σa² ≥ (Σa)², and |cov(a, b)| is no more than the standard deviations allow. */
function faultOfSums({ n, train, test, trainSquared, testSquared, product }: Sums): string | undefined {
  const trainSpread = n * trainSquared - train * train;
  const testSpread = n * testSquared - test * test;
  const common = n * product - train * test;
  if (trainSpread < -ROUNDING * train * train) return "of the training variances have a negative variance";
  if (testSpread < -ROUNDING * test * test) return "of the test variances have a negative variance";
  const rounding = ROUNDING * train * test;
  const bound =
    Math.sqrt(Math.max(0, trainSpread) + ROUNDING * train * train) *
    Math.sqrt(Math.max(0, testSpread) + ROUNDING * test * test);
  return Math.abs(common) > bound + rounding ? "have a correlation beyond 1" : undefined;
}

function isSame(one: RealisedScenario, other: RealisedScenario): boolean {
  return one.targetAlignment === other.targetAlignment && FIELD_NAMES.every((name) => one[name] === other[name]);
}

/** The scenario that a record is of. */
function askedScenario(scenario: RealisedScenario, place: string): Scenario {
  try {
    return completeScenario(inputOf(scenarioOf({ scenario })));
  } catch (cause) {
    throw invalid(place, `has an invalid scenario (${cause instanceof Error ? cause.message : cause})`, cause);
  }
}

function requireId({ id, position }: ShiftRecord, asked: Scenario, place: string): void {
  if (positionId(asked, position?.index ?? null) === id) return;
  throw invalid(place, `has an id that does not match its scenario (${id.slice(0, 12)}…)`);
}

function invalid(place: string, problem: string, cause?: unknown): VshiftError {
  return new VshiftError({
    code: "invalid-file",
    field: place,
    problem,
    hint: HINT,
    cause,
  });
}

const HINT = "give records as vshift simulate and vshift sweep write them";

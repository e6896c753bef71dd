import type { ShiftRecord } from "../experiment/record.ts";
import { printable } from "../printable.ts";
import { FIELDS } from "../scenario/fields.ts";
import { readable } from "./numbers.ts";

/** Fields that a note lists. */
const MOST_FIELDS = 3;

/** Spellings of what keep, β and samples say already. */
const REPEATED: readonly string[] = ["drop", "relativeVariance", "batches"];

type FieldName = keyof typeof FIELDS;

const COMPARED = (Object.keys(FIELDS) as FieldName[]).filter((field) => !REPEATED.includes(field));

/**
 * What tells a record from the one among others with the fewest other fields: "batchSize (256, not 128)". Undefined where there
 * are no others.
 */
export function differenceFromNearest(record: ShiftRecord, others: readonly ShiftRecord[]): string | undefined {
  let fewest: readonly string[] | undefined;
  for (const other of others) {
    // Variables are a note of what the text has, and say it in less words.
    const hasOtherText = record.scenario.network !== other.scenario.network;
    const hasNotes = record.scenario.variables !== null && other.scenario.variables !== null;
    const said =
      hasOtherText && hasNotes && record.scenario.variables !== other.scenario.variables ? "network" : "variables";
    const differing = COMPARED.flatMap((field) => {
      if (field === said) return [];
      const [own, theirs] = [asked(record, field), asked(other, field)];
      return own === theirs ? [] : [`${field} (${shown(own)}, not ${shown(theirs)})`];
    });
    if (fewest === undefined || differing.length < fewest.length) fewest = differing;
  }
  if (fewest === undefined) return undefined;
  const more = fewest.length - MOST_FIELDS;
  return `${fewest.slice(0, MOST_FIELDS).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

/** As it was asked for: the alignment that is aimed at, and not what the draw of weights made of it. */
function asked({ scenario }: ShiftRecord, field: FieldName): string | number | null {
  return field === "alignment" ? scenario.targetAlignment : scenario[field];
}

function shown(value: string | number | null): string {
  return typeof value === "number" ? readable(value, 6) : printable(value ?? "none");
}

import type { RealisedScenario, ShiftRecord } from "../../experiment/record.ts";
import { propertiesOf } from "../../noises/noises.ts";
import { printable } from "../../printable.ts";
import { isVariableName } from "../../scenario/variables.ts";
import { describeLaw, describeWeights } from "../describe.ts";
import { readable } from "../numbers.ts";
import { askedValue, type FieldName, symbolOf } from "./field.ts";
import { varies } from "./varying.ts";

/** Fields that the name of a distribution has in it. */
export const OF_THE_LAW: readonly FieldName[] = ["activation", "mean", "variance"];

/**
 * What the records of a series have in common, as far as these fields say: "d = 64, ρ = 0.2". Mean and variance are part of the
 * distribution's name where kinds of distribution are compared; a label leaves out what axes and panels say.
 */
export function seriesLabel(record: ShiftRecord, by: readonly FieldName[], axes: readonly FieldName[]): string {
  const isLaw = by.includes("activation") && !axes.some((field) => OF_THE_LAW.includes(field));
  const rest = isLaw ? by.filter((field) => !OF_THE_LAW.includes(field) || field === "activation") : by;
  const parts = rest.map((field) => {
    if (field === "activation") return isLaw ? describeLaw(record.scenario) : record.scenario.activation;
    return part(record, field);
  });
  return parts.filter((text) => text !== "").join(", ");
}

/**
 * The name of a category or of a panel: what a record has in one field, in words. The kind of input is named with its moments where
 * all records of that kind share them.
 */
export function categoryName(record: ShiftRecord, field: FieldName, records: readonly ShiftRecord[]): string {
  const { scenario } = record;
  if (field === "seed") return printable(scenario.seed);
  if (field !== "activation") return part(record, field) || `no ${symbolOf(field)}`;
  const alike = records.filter((other) => other.scenario.activation === scenario.activation);
  return varies(alike, "mean") || varies(alike, "variance") ? scenario.activation : describeLaw(scenario);
}

/** One field and its value: "p = 0.5"; "" where the record has none. */
function part(record: ShiftRecord, field: FieldName): string {
  const { scenario } = record;
  switch (field) {
    case "noise":
      return propertiesOf(scenario.noise).label;
    case "layer":
      return layerName(scenario);
    case "weights":
      return scenario.weights === null ? "" : describeWeights(scenario.weights);
    case "masks":
      return `${scenario.masks} masks`;
    case "preset":
      return scenario.preset;
    case "scaling":
      return scenario.scaling === null ? "" : `${scenario.scaling} scaling`;
    case "activationDigest":
    case "weightsDigest":
      return digestName(scenario[field]);
    case "seed":
      return `seed ${printable(JSON.stringify(scenario.seed))}`;
    case "position":
      return record.position?.name ?? "";
    default: {
      const value = askedValue(record, field);
      if (value === null) return "";
      return typeof value === "number" || isVariableName(field)
        ? `${symbolOf(field)} = ${typeof value === "number" ? readable(value) : printable(value)}`
        : `${symbolOf(field)} ${printable(value)}`;
    }
  }
}

/** As much of it as tells files apart. */
function digestName(digest: string | null): string {
  return digest === null ? "" : `SHA-256 ${digest.slice(0, 8)}…`;
}

function layerName({ layer }: RealisedScenario): string {
  return layer === "none" ? "no layer" : "linear layer";
}

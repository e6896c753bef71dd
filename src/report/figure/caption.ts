import type { ShiftRecord } from "../../experiment/record.ts";
import type { NoiseKind } from "../../scenario/scenario.ts";
import { describeLaw, describeWeights } from "../describe.ts";
import { readable } from "../numbers.ts";
import type { FieldName } from "./field.ts";
import { varies } from "./varying.ts";

const NOISE_NAMES = {
  bernoulli: "Bernoulli dropout",
  gaussian: "Gaussian dropout",
  uout: "Uout",
  spatial: "spatial dropout",
  dropconnect: "DropConnect",
  alpha: "alpha dropout",
  none: "no noise",
} as const satisfies Record<NoiseKind, string>;

/** What all records share of what Δ depends on: "Held fixed: Bernoulli dropout, x ~ N(0, 1), ρ = 0, d = 512, no layer." */
export function heldFixed(records: readonly ShiftRecord[], axes: readonly FieldName[]): string {
  const [first] = records;
  if (first === undefined) return "";
  const { scenario } = first;
  const { noise, keep, beta, channelSize, scaling, rho, width, layer, neurons, weights, weightMean, targetAlignment } =
    scenario;
  const kind = NOISE_NAMES[noise];
  const strength = noise === "uout" ? `β = ${readable(beta ?? 0)}` : noise === "none" ? "" : `p = ${readable(keep)}`;
  const candidates: readonly (readonly [string, readonly FieldName[]])[] = [
    [kind, ["noise"]],
    [strength, ["noise", "keep", "relativeVariance"]],
    [`channels of ${channelSize}`, ["channelSize"]],
    [`${scaling} scaling`, ["scaling"]],
    [`x ~ ${describeLaw(scenario)}`, ["activation", "mean", "variance"]],
    [`ρ = ${readable(rho)}`, ["rho"]],
    [`d = ${width}`, ["width"]],
    [layer === "none" ? "no layer" : "linear layer", ["layer"]],
    [`k = ${neurons}`, ["neurons"]],
    [describeWeights(weights), ["weights"]],
    [`weight mean ${readable(weightMean ?? 0)}`, ["weightMean"]],
    [`d·cos²θ = ${readable(targetAlignment ?? 0)}`, ["alignment"]],
  ];
  const isThere = (fields: readonly FieldName[]) => fields.every((field) => scenario[field] !== null);
  const isFixed = (fields: readonly FieldName[]) =>
    !fields.some((field) => varies(records, field) || (axes.includes(field) && fields.length === 1));
  const isAlignmentGiven = targetAlignment !== null;
  const parts = candidates
    .filter(([, fields]) => isThere(fields) && isFixed(fields) && (!fields.includes("alignment") || isAlignmentGiven))
    .flatMap(([text]) => (text === "" ? [] : [text]));
  return parts.length === 0 ? "" : `Held fixed: ${parts.join(", ")}.`;
}

/** A word on records that no figure should pass over in silence. */
export function caveats({ used, given }: { readonly used: readonly ShiftRecord[]; readonly given: number }): string[] {
  const kernels = new Set(used.map(({ kernel }) => kernel)).size;
  const left = given - used.length;
  return [
    ...(kernels > 1 ? [`The records are of ${kernels} kernels, which draw different numbers.`] : []),
    ...(left > 0
      ? [
          `${left} ${left === 1 ? "record has" : "records have"} no such value and ${left === 1 ? "is" : "are"} left out.`,
        ]
      : []),
  ];
}

/** What an interval is an interval of: "95 % intervals". */
export function intervalName(records: readonly ShiftRecord[]): string {
  const levels = new Set(records.map(({ measured }) => measured.confidence));
  const [level = 0] = levels;
  return levels.size === 1 ? `${readable(level * 100)} % intervals` : "intervals";
}

import type { ShiftRecord } from "../../experiment/record.ts";
import { propertiesOf } from "../../noises/noises.ts";
import { printable } from "../../printable.ts";
import { isArrayName } from "../../scenario/arrays.ts";
import { describeLaw, describeWeights } from "../describe.ts";
import { readable } from "../numbers.ts";
import { networkInCommon } from "../variables.ts";
import type { FieldName } from "./field.ts";
import { varies } from "./varying.ts";

/**
 * What all records share of what Δ depends on, in words: "Held fixed: Bernoulli dropout, keep 0.5, ReLU of N(0, 1), correlation 0.2,
 * 512 units, linear, 64 neurons, normal weights."
 */
export function heldFixed(records: readonly ShiftRecord[], shown: readonly FieldName[]): string {
  const [first] = records;
  if (first === undefined) return "";
  const isFixed = (...fields: readonly FieldName[]) =>
    !fields.some((field) => varies(records, field) || (shown.includes(field) && fields.length === 1));
  const { network } = first.scenario;
  if (network !== null && isFixed("network")) return `Held fixed: ${network}.`;
  if (network !== null) return networkInCommon(records.map(({ scenario }) => scenario)) ?? "";
  const parts = [
    ...noiseInWords(first.scenario, isFixed),
    ...inputInWords(first.scenario, isFixed),
    ...(first.scenario.depth === null ? layerInWords(first.scenario, isFixed) : stackInWords(first.scenario, isFixed)),
  ];
  return parts.length === 0 ? "" : `Held fixed: ${parts.join(", ")}.`;
}

/** Whether fields are the same in all records, and no axis. */
type IsFixed = (...fields: readonly FieldName[]) => boolean;

function noiseInWords({ noise, keep, beta, relativeVariance, channelSize, scaling }: Shared, isFixed: IsFixed) {
  const isOneNoise = isFixed("noise");
  const { name, parameter } = propertiesOf(noise);
  const strength = parameter?.field === "beta" ? `β = ${readable(beta ?? 0)}` : `keep ${readable(keep)}`;
  return [
    ...(isOneNoise ? [name] : []),
    ...(isOneNoise && parameter !== null && isFixed("keep", "relativeVariance") ? [strength] : []),
    ...(!isOneNoise && isFixed("relativeVariance")
      ? [`σ² = ${readable(relativeVariance, 4)} (as keep ${readable(keep, 4)})`]
      : []),
    ...(channelSize !== null && isFixed("channelSize") ? [`channels of ${channelSize}`] : []),
    ...(scaling !== null && scaling !== "inverted" && isFixed("scaling") ? [`${scaling} scaling`] : []),
  ];
}

function inputInWords(scenario: Shared, isFixed: IsFixed): readonly string[] {
  const { activation, mean, variance, rho, width, testActivation } = scenario;
  const law = isFixed("activation", "mean", "variance")
    ? [describeLaw(scenario)]
    : [
        ...(isFixed("activation") ? [isArrayName(activation) ? printable(activation) : `${activation} input`] : []),
        ...(isFixed("mean") ? [`mean ${readable(mean)}`] : []),
        ...(isFixed("variance") ? [`variance ${readable(variance)}`] : []),
      ];
  return [
    ...law,
    ...(testActivation !== null && isFixed("testActivation") ? [`${printable(testActivation)} at test time`] : []),
    ...(isFixed("rho") ? [rho === 0 ? "uncorrelated" : `correlation ${readable(rho)}`] : []),
    ...(isFixed("width") ? [width === 1 ? "1 unit" : `${width} units`] : []),
  ];
}

function layerInWords(scenario: Shared, isFixed: IsFixed): readonly string[] {
  const { layer, neurons, weights, weightMean, targetAlignment } = scenario;
  return [
    ...(isFixed("layer") ? [layer === "none" ? "no layer" : "linear"] : []),
    ...(neurons !== null && isFixed("neurons") ? [neurons === 1 ? "1 neuron" : `${neurons} neurons`] : []),
    ...(weights !== null && isFixed("weights") ? [describeWeights(weights)] : []),
    ...(weightMean !== null && weightMean !== 0 && isFixed("weightMean")
      ? [`weight mean ${readable(weightMean)}`]
      : []),
    ...(targetAlignment !== null && isFixed("alignment") ? [`alignment d·cos²θ ${readable(targetAlignment)}`] : []),
  ];
}

function stackInWords(scenario: Shared, isFixed: IsFixed): readonly string[] {
  const { depth, norm, nonlinearity, connection, noiseAt } = scenario;
  return [
    ...(isFixed("depth") ? [depth === 1 ? "1 block" : `${depth} blocks`] : []),
    ...(isFixed("norm") ? [norm === "batch" ? "BN" : `${norm} norm`] : []),
    ...(isFixed("nonlinearity") ? [`${nonlinearity}`] : []),
    ...(isFixed("noiseAt") && noiseAt !== "all" ? [`noise in ${noiseAt === "last" ? "the last block" : noiseAt}`] : []),
    ...(isFixed("connection") && connection === "residual" ? ["residual"] : []),
  ];
}

type Shared = ShiftRecord["scenario"];

/** A word on records that no figure should pass over in silence. */
export function caveats({ used, given }: { readonly used: readonly ShiftRecord[]; readonly given: number }): string[] {
  const kernels = new Set(used.map(({ kernel }) => kernel)).size;
  const left = given - used.length;
  return [
    ...(kernels > 1 ? [`The records come from ${kernels} engine versions, which draw different numbers.`] : []),
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

import { VshiftError } from "../errors.ts";
import { columnMoments } from "../numeric/column-moments.ts";
import { meanOf } from "../numeric/mean.ts";
import type { ArrayField, RealArray } from "./arrays.ts";
import type { ArrayName, CompletedInput } from "./scenario.ts";
import { brief } from "./typed.ts";

/** An array, and where it is from. */
export interface NamedArray {
  readonly name: ArrayName;
  readonly array: RealArray;
  readonly digest: string;
}

/** What a scenario says of an array that it names: its digest, its size, and what planning needs to know. */
export function factsOf(field: ArrayField, named: NamedArray): CompletedInput {
  switch (field) {
    case "weights":
      return weightsFacts(named);
    case "activation":
      return activationFacts(named);
    case "testActivation":
      return { testActivationDigest: named.digest };
  }
}

/** Magnitude of the largest weight: outputs and their squares then stay within single precision. */
const LARGEST_WEIGHT = 1e12;
const SMALLEST_WEIGHT = 1e-12;

function weightsFacts({ name, array, digest }: NamedArray): CompletedInput {
  let largest = 0;
  for (const value of array.values) largest = Math.max(largest, Math.abs(value));
  if (!(largest >= SMALLEST_WEIGHT && largest <= LARGEST_WEIGHT)) {
    throw refused("weights", name, {
      problem:
        largest === 0
          ? "has only weights of 0"
          : `has weights of up to ${largest.toPrecision(3)}, and the largest must be from ${SMALLEST_WEIGHT} to ${brief(LARGEST_WEIGHT)}`,
      hint: largest === 0 ? "give other weights" : "scale them, which does not change Δ",
    });
  }
  return { weightsDigest: digest, layer: "linear", width: array.columns, neurons: array.rows };
}

/** Means of the units may differ by this many of their standard deviations; single precision keeps no digits beyond. */
const LARGEST_RELATIVE_MEAN = 1000;

/**
 * Averages over the units of a file, each sample as likely as any other:
 *
 *   c = ⟨cᵢ⟩    v = ⟨vᵢ⟩    ρ = (Var Σxᵢ − Σvᵢ) / ((d − 1)·Σvᵢ)    kurtosis = ⟨E(xᵢ − cᵢ)⁴⟩ / v²
 *
 * and the spread ⟨(cᵢ − c)²⟩. ρ is the mean covariance of two units over the mean variance; of a single unit it is 0.
 */
function activationFacts({ name, array, digest }: NamedArray): CompletedInput {
  const { rows, columns, values } = array;
  const { means, variances } = columnMoments(array);
  const mean = meanOf(means);
  const variance = meanOf(variances);
  if (variance === 0) {
    throw refused("activation", name, {
      problem: rows === 1 ? "has only one row, so nothing varies" : "has the same row throughout, so nothing varies",
      hint: "export many samples, one per row",
    });
  }
  const spread = meanOf(means.map((own) => (own - mean) * (own - mean)));
  const largest = LARGEST_RELATIVE_MEAN * LARGEST_RELATIVE_MEAN * variance;
  if (mean * mean > largest || spread > largest) {
    throw refused("activation", name, {
      problem: `has unit means of about ${Math.sqrt(Math.max(mean * mean, spread)).toPrecision(3)}, more than ${LARGEST_RELATIVE_MEAN} standard deviations (${Math.sqrt(variance).toPrecision(3)})`,
      hint: "subtract a constant, because single precision loses the variance otherwise",
    });
  }
  let sumSquares = 0;
  let fourth = 0;
  for (let start = 0; start < values.length; start += columns) {
    let sum = 0;
    for (let column = 0; column < columns; column++) {
      const difference = values[start + column] - means[column];
      const square = difference * difference;
      sum += difference;
      fourth += square * square;
    }
    sumSquares += sum * sum;
  }
  const total = variance * columns;
  const rho = columns === 1 ? 0 : (sumSquares / rows - total) / ((columns - 1) * total);
  return {
    activationDigest: digest,
    activationKurtosis: Math.max(1, fourth / (rows * columns) / (variance * variance)),
    activationSpread: spread,
    mean,
    variance,
    rho: Math.min(1, Math.max(columns === 1 ? 0 : -1 / (columns - 1), rho)),
    width: columns,
  };
}

function refused(
  field: ArrayField,
  name: ArrayName,
  { problem, hint }: { readonly problem: string; readonly hint: string },
): VshiftError {
  return new VshiftError({ code: "invalid-value", field, problem: `${name} ${problem}`, hint });
}

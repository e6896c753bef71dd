import { horner } from "./horner.ts";
import { ln } from "./ln.ts";

/**
 * Quantile of the standard normal distribution: the x with Φ(x) = probability.
 *
 * probability   in [0, 1]; ±∞ at the ends, a RangeError beyond. Near 1 the digits of 1 − probability are lost: ask for
 *               −normalQuantile(1 − probability), or {@link normalTwoSided}, with the tail itself
 *
 * Relative accuracy 1e-15, down to a probability of 1e-300. Three rational functions, of ½ − q and of √(−ln tail):
 * Wichura 1988, Applied Statistics 37, 477-484, algorithm AS 241, routine PPND16; coefficients as printed.
 */
export function normalQuantile(probability: number): number {
  if (!(probability >= 0 && probability <= 1)) {
    throw new RangeError(`normalQuantile: ${probability} is not a probability`);
  }
  const fromCentre = probability - 0.5;
  if (Math.abs(fromCentre) <= 0.425) {
    const r = 0.180625 - fromCentre * fromCentre;
    return (fromCentre * horner(CENTRE_NUMERATOR, r)) / horner(CENTRE_DENOMINATOR, r);
  }
  const tail = fromCentre < 0 ? probability : 1 - probability;
  const size = tail === 0 ? Number.POSITIVE_INFINITY : tailQuantile(Math.sqrt(-ln(tail)));
  return fromCentre < 0 ? -size : size;
}

/** The q ≥ 0 with P(|Z| > q) = tail for a standard normal Z; tail in [0, 1]. Accuracy of {@link normalQuantile}. */
export function normalTwoSided(tail: number): number {
  return 0 - normalQuantile(tail / 2);
}

/** Quantile of an upper tail, r = √(−ln tail) > 1.6. */
function tailQuantile(r: number): number {
  if (r <= 5) return horner(MIDDLE_NUMERATOR, r - 1.6) / horner(MIDDLE_DENOMINATOR, r - 1.6);
  return horner(TAIL_NUMERATOR, r - 5) / horner(TAIL_DENOMINATOR, r - 5);
}

const CENTRE_NUMERATOR = [
  3.3871328727963665, 133.14166789178438, 1971.5909503065513, 13731.69376550946, 45921.95393154987, 67265.7709270087,
  33430.57558358813, 2509.0809287301227,
];
const CENTRE_DENOMINATOR = [
  1, 42.31333070160091, 687.1870074920579, 5394.196021424751, 21213.794301586597, 39307.89580009271, 28729.085735721943,
  5226.495278852854,
];
const MIDDLE_NUMERATOR = [
  1.4234371107496835, 4.630337846156546, 5.769497221460691, 3.6478483247632045, 1.2704582524523684, 0.2417807251774506,
  0.022723844989269184, 0.0007745450142783414,
];
const MIDDLE_DENOMINATOR = [
  1, 2.053191626637759, 1.6763848301838038, 0.6897673349851, 0.14810397642748008, 0.015198666563616457,
  0.0005475938084995345, 1.0507500716444169e-9,
];
const TAIL_NUMERATOR = [
  6.657904643501103, 5.463784911164114, 1.7848265399172913, 0.29656057182850487, 0.026532189526576124,
  0.0012426609473880784, 2.7115555687434876e-5, 2.0103343992922881e-7,
];
const TAIL_DENOMINATOR = [
  1, 0.599832206555888, 0.1369298809227358, 0.014875361290850615, 0.0007868691311456133, 1.8463183175100548e-5,
  1.421511758316446e-7, 2.0442631033899397e-15,
];

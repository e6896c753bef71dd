/** A function to be approximated by a polynomial: the error is (P(x) − target(x)) · weight(x), over an interval. */
export interface Fit {
  readonly target: (x: number) => number;
  /** Positive; where it is 0 or NaN, at isolated points, the target need not be defined. */
  readonly weight: (x: number) => number;
  readonly interval: readonly [number, number];
  /** Number of coefficients: the degree plus one. */
  readonly terms: number;
}

/** Coefficients, lowest first, and the largest |error| over a dense grid. */
export interface Approximation {
  readonly coefficients: readonly number[];
  readonly error: number;
}

/** What {@link minimax} found, and the lower bound on any such polynomial's error that its last reference proves. */
export interface Minimax extends Approximation {
  readonly level: number;
}

// The errors have ten extrema at most, and flat ones: 4,000 points find their height to 1e-5.
const GRID_POINTS = 4000;
const MOST_ROUNDS = 60;
// Where the weight falls to 0 the error is rounding, whose signs are no extrema; the least error fitted here is 5e-11.
const ROUNDING_NOISE = 1e-14;

/**
 * The polynomial whose largest weighted error is least: Remez exchange in double precision.
 *
 * Solves P(xᵢ) + (−1)ⁱ E/w(xᵢ) = f(xᵢ) on terms + 1 reference points, moves these to the extrema of the error, and
 * repeats until the largest error is the levelled |E| to 1e-6. Where rounding keeps it from that, it returns the best
 * it met. Remez 1934; Trefethen 2013, Approximation Theory and Approximation Practice, chapter 10.
 */
export function minimax(fit: Fit): Minimax {
  const points = gridOf(fit);
  let reference = firstReference(fit, points);
  let best: Minimax = { coefficients: [], error: Number.POSITIVE_INFINITY, level: 0 };
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const { coefficients, level } = levelled(fit, reference);
    const errors = points.map((x) => (polynomial(coefficients, x) - fit.target(x)) * fit.weight(x));
    const error = largest(errors);
    if (error < best.error) best = { coefficients, error, level };
    const extrema = alternatingExtrema(points, errors, fit.terms + 1);
    if (error <= level * (1 + 1e-6) || extrema.length <= fit.terms) break;
    reference = extrema;
  }
  return best;
}

/** The minimax polynomial, each coefficient rounded to single precision. */
export function roundedMinimax(fit: Fit): Approximation {
  const coefficients = minimax(fit).coefficients.map(Math.fround);
  return { coefficients, error: errorOf(fit, coefficients) };
}

/**
 * A polynomial with single-precision coefficients: the lowest is rounded, the others are fitted anew to what is left,
 * and so on, so that each makes up for the rounding of those before it. For intervals that begin at 0.
 */
export function refittedMinimax(fit: Fit): Approximation {
  const coefficients: number[] = [];
  while (coefficients.length < fit.terms) {
    const known = [...coefficients];
    const rest = minimax({
      target: (x) => known.reduce((value, coefficient) => (value - coefficient) / x, fit.target(x)),
      weight: (x) => fit.weight(x) * x ** known.length,
      interval: fit.interval,
      terms: fit.terms - known.length,
    });
    coefficients.push(Math.fround(rest.coefficients[0]));
  }
  return { coefficients, error: errorOf(fit, coefficients) };
}

/** Largest weighted |error| of given coefficients, the polynomial evaluated in double precision. */
export function errorOf(fit: Fit, coefficients: readonly number[]): number {
  return largest(gridOf(fit).map((x) => (polynomial(coefficients, x) - fit.target(x)) * fit.weight(x)));
}

/** The polynomial whose errors on the reference have one size and alternate; that size bounds every error from below. */
function levelled(fit: Fit, reference: readonly number[]): { coefficients: number[]; level: number } {
  const system = reference.map((x, row) => [
    ...Array.from({ length: fit.terms }, (_, power) => x ** power),
    (row % 2 === 0 ? 1 : -1) / fit.weight(x),
    fit.target(x),
  ]);
  const solution = solve(system);
  return { coefficients: solution.slice(0, fit.terms), level: Math.abs(solution[fit.terms]) };
}

function polynomial(coefficients: readonly number[], x: number): number {
  return coefficients.reduceRight((sum, coefficient) => sum * x + coefficient);
}

function largest(errors: readonly number[]): number {
  return errors.reduce((most, error) => Math.max(most, Math.abs(error)), 0);
}

/** Chebyshev's points, denser at the ends, where the weight is positive. */
function gridOf({ interval: [from, to], weight }: Fit): number[] {
  const points = Array.from({ length: GRID_POINTS + 1 }, (_, i) => {
    return from + ((to - from) * (1 - Math.cos((Math.PI * i) / GRID_POINTS))) / 2;
  });
  return points.filter((x) => weight(x) > 0);
}

/** Evenly over the points that weigh at least a hundredth of the heaviest: the others say little about the fit. */
function firstReference({ weight, terms }: Fit, points: readonly number[]): number[] {
  const heaviest = largest(points.map(weight));
  const heavy = points.filter((x) => weight(x) > heaviest / 100);
  return Array.from({ length: terms + 1 }, (_, i) => heavy[Math.floor(((i + 0.5) * heavy.length) / (terms + 1))]);
}

/** The highest point of every run of one sign; the lower of the two ends is dropped until `count` are left. */
function alternatingExtrema(points: readonly number[], errors: readonly number[], count: number): number[] {
  const extrema: number[] = [];
  errors.forEach((error, i) => {
    if (Math.abs(error) < ROUNDING_NOISE) return;
    const last = extrema.length === 0 ? 0 : errors[extrema[extrema.length - 1]];
    if (last === 0 || last > 0 !== error > 0) extrema.push(i);
    else if (Math.abs(error) > Math.abs(last)) extrema[extrema.length - 1] = i;
  });
  while (extrema.length > count) {
    const [first, last] = [errors[extrema[0]], errors[extrema[extrema.length - 1]]];
    if (Math.abs(first) < Math.abs(last)) extrema.shift();
    else extrema.pop();
  }
  return extrema.map((i) => points[i]);
}

/** Gaussian elimination with partial pivoting: eliminate the first unknown, solve the rest, substitute. */
function solve(system: readonly (readonly number[])[]): number[] {
  if (system.length === 0) return [];
  const [pivot, ...others] = [...system].sort((a, b) => Math.abs(b[0]) - Math.abs(a[0]));
  const reduced = others.map((row) => row.slice(1).map((entry, i) => entry - (row[0] / pivot[0]) * pivot[i + 1]));
  const rest = solve(reduced);
  const known = rest.reduce((sum, value, i) => sum + value * pivot[i + 1], 0);
  return [(pivot[pivot.length - 1] - known) / pivot[0], ...rest];
}

/** Below this ratio, a few equal steps look like equal ratios too. */
const SMALLEST_RATIO = 1.25;
/** How far each ratio may be from the first: values are often rounded, as 0.03 between 0.01 and 0.1 is. */
const RATIO_TOLERANCE = 0.01;

/** Whether values, three or more of them, are each the one before times something: a logarithmic axis suits them. */
export function isGeometric(values: readonly number[]): boolean {
  const sorted = distinct(values);
  const [first = 0, second = 0] = sorted;
  const ratio = second / first;
  if (sorted.length < 3 || !(first > 0) || ratio < SMALLEST_RATIO) return false;
  return sorted.slice(1).every((value, index) => {
    const before = sorted[index] ?? value;
    return Math.abs(value / before / ratio - 1) <= RATIO_TOLERANCE;
  });
}

/** Each value once, in ascending order. */
export function distinct(values: readonly number[]): readonly number[] {
  return [...new Set(values)].sort((a, b) => a - b);
}

export interface Range {
  readonly low: number;
  readonly high: number;
}

/** The smallest and the largest of values, however many; of none, an empty range from ∞ to −∞. */
export function rangeOf(values: readonly number[]): Range {
  return values.reduce<Range>(({ low, high }, value) => ({ low: Math.min(low, value), high: Math.max(high, value) }), {
    low: Number.POSITIVE_INFINITY,
    high: Number.NEGATIVE_INFINITY,
  });
}

/** `count` values from low to high, both included, in equal steps or in equal ratios. */
export function spread(
  { low, high, isLogarithmic }: Range & { readonly isLogarithmic: boolean },
  count: number,
): readonly number[] {
  return Array.from({ length: count }, (_, index) => {
    if (index === 0) return low;
    if (index === count - 1) return high;
    const part = index / (count - 1);
    return isLogarithmic ? low * (high / low) ** part : low + (high - low) * part;
  });
}

/** About so many round numbers from low to high: multiples of 1, 2 or 5 times a power of ten. */
export function roundNumbers({ low, high }: Range, count: number): number[] {
  const rough = (high - low) / count;
  if (!(rough > 0)) return [low];
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5].find((factor) => factor * power >= rough) ?? 10);
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, index) => Number(((first + index) * step).toPrecision(12)));
}

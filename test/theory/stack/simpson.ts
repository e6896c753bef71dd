/** ∫ f from `from` to `to` by Simpson's rule, 2·`halves` steps: independent of everything in src/. */
function simpson(f: (x: number) => number, { from, to, halves }: { from: number; to: number; halves: number }): number {
  const step = (to - from) / (2 * halves);
  let sum = f(from) + f(to);
  for (let index = 1; index < 2 * halves; index++) sum += (index % 2 === 1 ? 4 : 2) * f(from + index * step);
  return (sum * step) / 3;
}

/** E f(g), g standard normal; a kink of f at `kink` ends a piece. */
export function normalMean(f: (g: number) => number, { kink = 0, halves = 200 } = {}): number {
  const density = (g: number) => (f(g) * Math.exp((-g * g) / 2)) / Math.sqrt(2 * Math.PI);
  const middle = Math.max(-REACH, Math.min(REACH, kink));
  return simpson(density, { from: -REACH, to: middle, halves }) + simpson(density, { from: middle, to: REACH, halves });
}

const REACH = 9;

/** Φ by Simpson's rule from 0, in steps of 1/40: to 10⁻⁹. */
export function distribution(x: number): number {
  const halves = Math.max(4, Math.ceil(20 * Math.abs(x)));
  return 0.5 + simpson((g) => Math.exp((-g * g) / 2) / Math.sqrt(2 * Math.PI), { from: 0, to: x, halves });
}

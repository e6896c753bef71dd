import type { ShiftRecord } from "../../experiment/record.ts";
import { counted } from "../numbers.ts";

/** Fewer say nothing of their distribution. */
const FEWEST = 20;
const BINS = 24;
/** Standard errors on each side. */
const REACH = 6;
const FAR = 3;

const WIDTH = 480;
const HEIGHT = 150;
const BASE = 126;

/**
 * How many measurements are so many standard errors from theory, z = (Δ̂ − Δ)/s: about a standard normal where all agree. A picture,
 * undefined for few records.
 */
export function deviationsChart(records: readonly ShiftRecord[]): string | undefined {
  const z = records.flatMap(({ measured, theory }) => {
    const { shift, standardError } = measured;
    if (theory === null || standardError === null || standardError <= 0 || !Number.isFinite(shift)) return [];
    return [(shift - theory.shift) / standardError];
  });
  if (z.length < FEWEST) return undefined;
  const counts = new Array<number>(BINS).fill(0);
  for (const value of z) {
    const bin = Math.floor(((value + REACH) / (2 * REACH)) * BINS);
    const at = Math.max(0, Math.min(BINS - 1, bin));
    counts[at] = (counts[at] ?? 0) + 1;
  }
  const most = Math.max(...counts);
  const step = WIDTH / BINS;
  const bars = counts.map((count, bin) => {
    const height = (BASE - 10) * (count / most);
    return count === 0
      ? ""
      : `<rect x="${bin * step + 1}" y="${(BASE - height).toFixed(1)}" width="${step - 2}" height="${height.toFixed(1)}"/>`;
  });
  const ticks = [-4, -2, 0, 2, 4].map((value) => {
    const x = ((value + REACH) / (2 * REACH)) * WIDTH;
    return `<text x="${x}" y="${BASE + 17}">${value < 0 ? `−${-value}` : value}</text>`;
  });
  const far = z.filter((value) => Math.abs(value) > FAR).length;
  const words = `${counted(z.length, "measurement")}, by their distance from theory in standard errors; ${far} of them beyond ${FAR}`;
  return [
    `<figure><svg class="bars" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" role="img" aria-label="${words}">`,
    `${bars.join("")}<line x1="0" x2="${WIDTH}" y1="${BASE}" y2="${BASE}"/>${ticks.join("")}</svg>`,
    `<figcaption>${words}. Where all agree, about 3 in 1,000 are.</figcaption></figure>`,
  ].join("");
}

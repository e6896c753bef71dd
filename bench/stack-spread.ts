/**
 * How far stacks whose weights were drawn anew lie from each other and from the mean field, by depth:
 *
 *   npm run stack-study           40 networks each
 *   npm run stack-study -- 10     fewer
 *
 * Prints a Markdown table. The spread is the standard deviation of ln Δ in units of √(blocks before/width), 1 at the most by
 * docs/STACK.md; over 40 networks it is known to 11 %.
 */
import { mean, sampleStandardDeviation } from "simple-statistics";
import { type ScenarioInput, stack } from "../src/index.ts";
import { markdownTable } from "../src/report/markdown.ts";

const networks = Number(process.argv[2] ?? 40);
const depth = 10;

const stacks: readonly ScenarioInput[] = [
  { keep: 0.5, width: 64 },
  { keep: 0.5, width: 256 },
  { keep: 0.8, width: 64 },
  { keep: 0.3, width: 128 },
  { keep: 0.5, width: 64, nonlinearity: "gelu" },
  { keep: 0.5, width: 64, nonlinearity: "tanh" },
  { keep: 0.5, width: 64, nonlinearity: "identity" },
  { keep: 0.5, width: 64, connection: "residual" },
];

const rows: string[][] = [];
for (const input of stacks) {
  const width = input.width ?? 0;
  const logs: number[][] = [];
  const offsets: number[][] = [];
  for (let seed = 0; seed < networks; seed++) {
    const records = await stack({ ...input, depth, batches: 32, seed: String(seed) }, { threads: 2 });
    logs.push(records.map(({ measured }) => Math.log(measured.shift)));
    offsets.push(records.map(({ measured, theory }) => Math.log(measured.shift / (theory?.shift ?? Number.NaN))));
  }
  const at = (values: readonly number[][], place: number) => values.map((row) => row[place] ?? Number.NaN);
  const shown = [1, 2, 3, 5, 7, 10];
  const name = Object.entries(input)
    .map(([field, value]) => `${field} ${value}`)
    .join(", ");
  rows.push([
    name,
    ...shown.map((place) => {
      const spread = sampleStandardDeviation(at(logs, place)) / Math.sqrt(place / width);
      return `${spread.toFixed(2)} (${(100 * mean(at(offsets, place))).toFixed(1)} %)`;
    }),
  ]);
  process.stderr.write(`${name}\n`);
}
process.stdout.write(
  markdownTable(["stack; blocks before:", ...[1, 2, 3, 5, 7, 10].map(String)], rows) +
    "\nSpread of ln Δ in √(blocks before/width), and its mean distance from the mean field.\n",
);

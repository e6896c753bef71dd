/**
 * How far networks as text whose weights were drawn anew lie from each other and from theory, position by position:
 *
 *   npm run network-study           24 networks each
 *   npm run network-study -- 10     fewer
 *
 * Prints a Markdown table. The spread is the standard deviation of ln Δ, less what the measurement itself scatters, in units of
 * √Σ 1/channels over the layers with weights before the position: a third of that is what docs/METHOD.md allows for.
 */
import { mean, sampleStandardDeviation } from "simple-statistics";
import { type ShiftRecord, stack } from "../src/index.ts";
import { markdownTable } from "../src/report/markdown.ts";

const networks = Number(process.argv[2] ?? 24);

const TEXTS: readonly string[] = [
  "input(64, relu) linear(64) dropout(0.3) bn",
  "input(512) bn relu dropout(0.3) linear(128) bn relu dropout(0.3) linear(128) bn",
  "input(64) repeat(3, bn relu dropout(0.5) linear(64))",
  "input(3x8x8) conv(16,3) repeat(3, residual(bn relu conv(16,3) bn relu dropout(0.3) conv(16,3))) bn",
  "input(3x8x8) conv(16,3) repeat(3, residual(bn relu conv(16,3) dropout(0.3) bn relu conv(16,3))) bn",
  "input(16x6x6) repeat(3, concat(bn relu conv(12,3) dropout(0.2))) bn",
  "input(64) repeat(6, linear(64) relu dropout(0.3)) bn",
  "input(64) repeat(4, dropout(0.2) linear(64) tanh) linear(16) bn",
  "input(16x6x6) dropout2d(0.3) conv(32,3) bn relu conv(32,3) bn relu avgpool dropout(0.5) linear(32) bn",
  "input(64, relu) repeat(4, residual(linear(64) bn relu linear(64) droppath(0.2))) bn",
  "input(32, lognormal) dropout(0.3) linear(32, uniform) relu linear(32) bn",
  "input(64) dropout(0.5) linear(64) layernorm relu dropout(0.3) linear(64) bn",
  "input(128, relu) mask(0.3, unscaled) linear(64) relu linear(10)",
];

/** What is compared at a position of networks with different seeds. */
function rowsOf(network: string, drawn: readonly (readonly ShiftRecord[])[]): string[][] {
  const [first = []] = drawn;
  return first.flatMap(({ position, theory }, index) => {
    const unit = 3 * (theory?.spread ?? 0);
    if (unit === 0 || theory === null) return [];
    const own = drawn.flatMap((records) => records[index] ?? []);
    const offsets = own.map(({ measured }) => Math.log(measured.shift / theory.shift));
    const errors = own.map(({ measured }) => (measured.standardError ?? 0) / measured.shift);
    const ofMeasurement = mean(errors.map((error) => error * error));
    const spread = Math.sqrt(Math.max(0, sampleStandardDeviation(offsets) ** 2 - ofMeasurement));
    const cells = [spread.toFixed(4), (spread / unit).toFixed(2), `${(100 * mean(offsets)).toFixed(1)} %`];
    return [[`\`${network}\``, position?.name ?? "BN", ...cells]];
  });
}

const rows: string[][] = [];
for (const network of TEXTS) {
  const drawn: (readonly ShiftRecord[])[] = [];
  for (let seed = 0; seed < networks; seed++) {
    drawn.push(await stack({ network, seed: String(seed), batchSize: 128, batches: 24 }, { threads: 2 }));
  }
  rows.push(...rowsOf(network, drawn));
  process.stderr.write(`${network}\n`);
}
process.stdout.write(
  markdownTable(["network", "position", "spread of ln Δ", "in √Σ 1/channels", "mean distance from theory"], rows),
);

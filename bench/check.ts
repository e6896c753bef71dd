/**
 * How often `vshift check` errs: false alarms over many true scenarios, and faults that it misses.
 *
 *   npm run check-study                     2,000 true checks at α = 10⁻³, and 2,000 of each fault
 *   npm run check-study -- --runs 500 --fault-runs 100
 *
 * Prints the table of docs/METHOD.md, in about five minutes. A check is what the command does with a grid of one cell, or of
 * thirty where it says so: drawn until the verdict is settled at its share of the error rate. Ends with 1 when a rate is not
 * within its bound.
 */
import { parseArgs } from "node:util";
import { detectableDeviation, settlingPrecision } from "../src/experiment/check-plan.ts";
import { createFamily } from "../src/experiment/family.ts";
import { forecast } from "../src/experiment/plan/forecast.ts";
import { markdownTable } from "../src/report/markdown.ts";
import { defineScenario } from "../src/scenario/define.ts";
import type { ScenarioInput } from "../src/scenario/scenario.ts";
import { createFaultyExecutor, FAULTS, type ImplementationFault, offBy } from "../test/experiment/faulty-executor.ts";
import { measureOne } from "../test/experiment/measured-one.ts";

const { values } = parseArgs({
  options: { runs: { type: "string", default: "2000" }, "fault-runs": { type: "string", default: "2000" } },
});
const runs = Number(values.runs);
const faultRuns = Number(values["fault-runs"]);

const ALPHA = 1e-3;
/** Of a grid of thirty cells; its runs are so many times fewer. */
const CELLS = 30;
const TOLERANCE = 0.05;
const SETTING: ScenarioInput = { width: 8, batchSize: 16, tolerance: TOLERANCE };

/** True scenarios: a light and a heavier tail, correlation, a layer, another noise, and one at the edge of the tolerance. */
const TRUE: readonly ScenarioInput[] = [
  { keep: 0.5 },
  { keep: 0.8, mean: 1 },
  { keep: 0.5, activation: "relu", rho: 0.2 },
  { keep: 0.7, layer: "linear", neurons: 4 },
  { noise: "gaussian", relativeVariance: 0.5, mean: 0.5 },
];

interface Tally {
  readonly checks: number;
  readonly agrees: number;
  readonly disagrees: number;
}

async function verdicts(input: ScenarioInput, fault: ImplementationFault, count: number, cells = 1): Promise<Tally> {
  const executor = createFaultyExecutor(fault);
  const errorRate = ALPHA / cells;
  let agrees = 0;
  let disagrees = 0;
  for (let check = 0; check < count; check++) {
    const family = createFamily(ALPHA);
    for (let cell = 0; cell < cells; cell++) {
      const base = defineScenario({ ...SETTING, ...input, seed: `check ${check} ${cell}` });
      const precision = settlingPrecision(base, errorRate);
      const scenario = defineScenario({ ...SETTING, ...input, seed: base.seed, precision });
      family.add(await measureOne(scenario, { executor, errorRate }), errorRate);
    }
    const { whole } = family.verdict();
    if (whole === "agrees") agrees++;
    if (whole === "disagrees") disagrees++;
  }
  return { checks: count, agrees, disagrees };
}

const rows: string[][] = [];
let isOdd = false;
for (const input of TRUE) {
  const tally = await verdicts(input, { name: "none" }, runs);
  const bound = boundOf(runs);
  isOdd ||= tally.disagrees > bound;
  rows.push(row(named(input), "–", tally, `at most ${bound} disagree`));
}
// The worst that is still true: a ratio at the very edge of the tolerance, which no number of draws settles.
const edge = offBy("Δ off by the tolerance", TOLERANCE);
const atEdge = await verdicts({ keep: 0.5, mean: 0.5, maxSamples: 60_000 }, edge, runs);
const edgeBound = boundOf(runs);
isOdd ||= atEdge.disagrees > edgeBound || atEdge.agrees > edgeBound;
rows.push(row("keep 0.5, mean 0.5", edge.name, atEdge, `at most ${edgeBound} disagree, and ${edgeBound} agree`));
const grid = await verdicts({ keep: 0.5 }, { name: "none" }, Math.round(runs / CELLS), CELLS);
const gridBound = boundOf(runs / CELLS);
isOdd ||= grid.disagrees > gridBound;
rows.push(row(`${CELLS} scenarios, keep 0.5`, "–", grid, `at most ${gridBound} disagree`));
// Mini-batches of 8, so that a biased variance, too, is off by more than twice the tolerance.
const twice = offBy("Δ off by twice the tolerance", 2 * TOLERANCE);
const light: ScenarioInput = { keep: 0.7, mean: 0.5, batchSize: 8 };
// Batch variances that are skewed, and a run that ends as soon as it is as precise as asked.
const skewed: ScenarioInput = { keep: 0.5, activation: "lognormal", mean: 1 };
// The promise of `--plan`: what a small budget surely finds, to both sides.
const planned = [
  { ...skewed, maxSamples: 100_000 },
  { ...light, maxSamples: 6000 },
].flatMap((input) => [1, -1].map((sign) => ({ fault: detectable(input, sign), input })));
const faulty = [
  { fault: twice, input: skewed },
  ...[twice, ...FAULTS].map((fault) => ({ fault, input: light })),
  ...planned,
];
for (const { fault, input } of faulty) {
  const tally = await verdicts(input, fault, faultRuns);
  const most = Math.floor(0.001 * faultRuns);
  isOdd ||= faultRuns - tally.disagrees > most;
  rows.push(row(named(input), fault.name, tally, `all but ${most} disagree`));
}
process.stdout.write(markdownTable(["scenario", "fault", "checks", "agree", "disagree", "bound"], rows));
process.exitCode = isOdd ? 1 : 0;

function detectable(input: ScenarioInput, sign: number): ImplementationFault {
  const scenario = defineScenario({ ...SETTING, ...input });
  const { leastError: standardError } = forecast(scenario);
  const deviation = detectableDeviation(scenario, { errorRate: ALPHA, standardError });
  if (deviation === undefined) throw new RangeError("the budget settles nothing");
  return offBy(`Δ off by ${(100 * sign * deviation).toFixed(1)} %, what --plan says is found`, sign * deviation);
}

/** Binomial at the rate α: five standard deviations and, the counts being small, five more are passed less than once in 10⁶. */
function boundOf(checks: number): number {
  return Math.ceil(ALPHA * checks + 5 * Math.sqrt(ALPHA * checks) + 5);
}

function row(scenario: string, fault: string, { checks, agrees, disagrees }: Tally, bound: string): string[] {
  return [scenario, fault, String(checks), String(agrees), String(disagrees), bound];
}

function named(input: ScenarioInput): string {
  return Object.entries(input)
    .map(([name, value]) => `${name} ${value}`)
    .join(", ");
}

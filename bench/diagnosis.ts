/**
 * How often a diagnosis is wrong: networks with every mistake, many times each, and what is said of them.
 *
 *   npm run diagnosis-study             200 runs of each mistake in each of six settings, 1 to 2 minutes
 *   npm run diagnosis-study -- 20       fewer
 *
 * Prints a Markdown table. A diagnosis is wrong when it names mistakes, and not the one that was made; it is a likely or a
 * possible one, as it says itself. The networks are plain loops that share no formula with the library
 * (test/check/wrong-network.ts).
 */
import { checkMeasured } from "../src/check/check.ts";
import { markdownTable } from "../src/report/markdown.ts";
import { activationMoments } from "../src/theory/activation.ts";
import { type MistakeKind, mistakes } from "../src/theory/mistakes.ts";
import { createUniforms, type ForeignNetwork, runForeign, scenarioOf } from "../test/check/wrong-network.ts";

const runs = Number(process.argv[2] ?? 200);

const common = {
  noise: "bernoulli",
  keep: 0.7,
  mean: 0,
  rho: 0,
  width: 16,
  neurons: 0,
  batchSize: 32,
  batches: 64,
} as const;
const networks: readonly ForeignNetwork[] = [
  common,
  { ...common, keep: 0.5, mean: 0.5 },
  { ...common, keep: 0.9, mean: 1 },
  { ...common, noise: "gaussian", keep: 0.8, mean: 0.5 },
  { ...common, neurons: 8, mean: 0.5 },
  { ...common, neurons: 8, keep: 0.8, mean: 1, rho: 0.3 },
];
const tolerance = 0.01;
const alpha = 0.05;

/** A mistake, or an input of the scenario that is not the network's own. */
type Truth = MistakeKind | "right" | "wrong-strength" | "wrong-mean";

interface Count {
  runs: number;
  disagrees: number;
  first: number;
  listed: number;
  wrong: number;
  possiblyWrong: number;
  none: number;
}

const counts = new Map<Truth, Count>();

networks.forEach((network, setting) => {
  const truths: Truth[] = ["right", ...kindsIn(network), "wrong-strength", "wrong-mean"];
  for (const truth of truths) {
    for (let run = 0; run < runs; run++) tally(network, truth, (setting * 100 + truths.indexOf(truth)) * 1e6 + run);
  }
  process.stderr.write(`setting ${setting + 1} of ${networks.length}\n`);
});

const header = [
  "what was done",
  "runs",
  "disagrees",
  "named first",
  "named",
  "wrong, likely",
  "wrong, possible",
  "no diagnosis",
];
const rows = [...counts].map(([truth, count]) => [
  truth,
  String(count.runs),
  ...[count.disagrees, count.first, count.listed, count.wrong, count.possiblyWrong, count.none].map((part) =>
    share(part, count.runs),
  ),
]);
process.stdout.write(markdownTable(header, rows));
process.stdout.write(`\nWrong, of what is known: ${allKnown()}.\n`);

function tally(network: ForeignNetwork, truth: Truth, seed: number): void {
  const uniform = createUniforms(seed);
  const [keep, mean] = [0.05 + 0.9 * uniform(), 2 * uniform()];
  const isOfInput = truth === "wrong-strength" || truth === "wrong-mean";
  const made = isOfInput ? { ...network, ...(truth === "wrong-mean" ? { mean } : { keep }) } : network;
  const { measured, weights } = runForeign(made, isOfInput ? "right" : truth, uniform);
  const options = { tolerance, alpha, ...(weights === undefined ? {} : { weights }) };
  const { agreement, diagnosis } = checkMeasured(scenarioOf(network), measured, options);
  const named: readonly string[] = diagnosis.map(({ kind }) => kind);
  const isLikely = diagnosis.some(({ certainty }) => certainty === "likely");
  const count = counts.get(truth) ?? {
    runs: 0,
    disagrees: 0,
    first: 0,
    listed: 0,
    wrong: 0,
    possiblyWrong: 0,
    none: 0,
  };
  counts.set(truth, count);
  count.runs++;
  if (agreement.verdict === "disagrees") count.disagrees++;
  if (named[0] === truth) count.first++;
  if (named.includes(truth)) count.listed++;
  if (named.length > 0 && !named.includes(truth)) count[isLikely ? "wrong" : "possiblyWrong"]++;
  if (named.length === 0) count.none++;
}

/** The mistakes that a network has room for, as far as they change anything. */
function kindsIn({ noise, keep, mean, rho, neurons, batchSize }: ForeignNetwork): MistakeKind[] {
  const input = activationMoments({ kind: "normal", mean, variance: 1, correlation: rho });
  const strength = (1 - keep) / keep;
  const all = mistakes({
    noise:
      noise === "gaussian" ? { kind: noise, relativeVariance: strength } : { kind: "bernoulli", keepProbability: keep },
    input,
    layer: neurons === 0 ? { kind: "none" } : { kind: "aligned", alignment: 1 },
    batchSize,
  });
  return all.map(({ kind }) => kind).filter((kind) => kind !== "keep-drop-swapped" || keep !== 0.5);
}

function share(part: number, whole: number): string {
  return `${((100 * part) / whole).toFixed(1)} %`;
}

function allKnown(): string {
  const known = [...counts].filter(([truth]) => truth !== "right").map(([, count]) => count);
  const wrong = known.reduce((sum, count) => sum + count.wrong + count.possiblyWrong, 0);
  const total = known.reduce((sum, count) => sum + count.runs, 0);
  return `${wrong} of ${total} runs, ${share(wrong, total)}`;
}

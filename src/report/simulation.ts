import type { ShiftRecord } from "../experiment/record.ts";
import { exp } from "../numeric/exp.ts";
import { ln } from "../numeric/ln.ts";
import { printable } from "../printable.ts";
import { DEFAULTS } from "../scenario/fields.ts";
import { weightOfNew } from "../scenario/presets.ts";
import { describeInput, describeLayer, describeNoise, frameworkCall } from "./describe.ts";
import type { Block, Document } from "./document.ts";
import { counted, grouped, percent, readable } from "./numbers.ts";
import { bad, doubtful, good, joined, type Phrase, type Span, strong } from "./phrase.ts";
import { halfWidthOf, ratioInWords, whyInconclusive, whyNoInterval } from "./ratio.ts";
import { shiftInWords } from "./shift-words.ts";

/** One record: what its ratio means, the ratio measured and in theory, the verdict, then what they are made of. */
export function simulationDocument(record: ShiftRecord): Document {
  const { scenario, theory, measured } = record;
  const ratio = ratioInWords(measured);
  const facts = [
    ["measured", [strong(ratio), `   ${intervalName(record)}`]],
    ["theory", theory === null ? `none: ${record.theoryReason}` : strong(readable(theory.shift, 6))],
    ...(theory === null ? [] : [["verdict", verdictOf(record)] as const]),
  ] as const;
  const parts: readonly (readonly [string, Phrase])[] = [
    ["variance", `${inBoth(measured.trainVariance, theory?.trainVariance)} during training`],
    ["", `${inBoth(measured.testVariance, theory?.testVariance)} at test time`],
    ["statistics", runningStatistics(record)],
    ["BN output", outputStatistics(record)],
    ["", ""],
    ["input", describeInput(scenario)],
    ["noise", noiseOf(record)],
    ["layer", describeLayer(scenario)],
    ["sampled", sampled(record)],
  ];
  return {
    conclusion: conclusionOf(record),
    blocks: [
      { kind: "paragraphs", paragraphs: ["Δ = Var_test / Var_train at Batch Normalization"] },
      { kind: "facts", facts },
      { kind: "facts", facts: parts.filter(([name, value]) => name === "" || value !== "") },
      ...nextCommand(record),
    ],
    data: { kind: "records", records: [record], isOne: true },
  };
}

function conclusionOf({ measured, agreement, theory }: ShiftRecord): string {
  if (theory === null) return shiftInWords(measured.shift);
  if (agreement.verdict === "disagrees") return "Measurement and theory disagree.";
  if (measured.interval === null) return `${shiftInWords(theory.shift)} (theory; too few samples to measure it)`;
  // Where both agree theory's is the one without noise.
  return shiftInWords(agreement.verdict === "agrees" ? theory.shift : measured.shift);
}

function intervalName(record: ShiftRecord): string {
  const { measured } = record;
  const halfWidth = halfWidthOf(measured);
  if (halfWidth === null) return whyNoInterval(record);
  return halfWidth === 0 ? "both phases are the same" : `${readable(measured.confidence * 100)} % interval`;
}

function inBoth(measured: number, theory: number | undefined): string {
  return `${readable(measured)}${theory === undefined ? "" : ` (theory ${readable(theory)})`}`;
}

function runningStatistics(record: ShiftRecord): string {
  const { runningMean, runningVariance } = record.measured;
  if (runningMean === null || runningVariance === null) return "";
  return `running mean ${readable(runningMean, 3)}, running variance ${readable(runningVariance, 4)}${stillInitial(record, runningVariance)}`;
}

function outputStatistics({ measured: { outputMean, outputVariance } }: ShiftRecord): string {
  if (outputMean === null || outputVariance === null) return "";
  return `mean ${readable(outputMean, 3)}, variance ${readable(outputVariance, 4)} at test time; 0 and 1 during training`;
}

/** The strength in both conventions: theirs is the probability to drop. */
function noiseOf({ scenario }: ShiftRecord): Phrase {
  const call = frameworkCall(scenario);
  const noise = describeNoise(scenario);
  return call === undefined ? noise : joined(`${noise}: `, { text: call, tone: "code" });
}

function sampled({ scenario, measured }: ShiftRecord): string {
  const batches = `${counted(measured.batches, "mini-batch", "mini-batches")} of ${scenario.batchSize}`;
  const masks = scenario.maskCount > 1 ? `, ${scenario.maskCount} balanced masks each` : "";
  return `${grouped(measured.samples)} samples in ${batches}${masks}, seed ${printable(JSON.stringify(scenario.seed))}`;
}

/** The verdict with its reason: "✓ agrees within 0.5 %". */
function verdictOf(record: ShiftRecord): Span {
  const { deviation, tolerance, verdict } = record.agreement;
  const band = percent(tolerance);
  switch (verdict) {
    case "agrees":
      return good(`✓ agrees within ${band}`);
    case "disagrees":
      return bad(`✗ disagrees: off by ${percent(deviation ?? 0)}, tolerance ${band}`);
    case "inconclusive":
      return doubtful(`? inconclusive: ${whyInconclusive(record)}`);
  }
}

/** A shift that somebody will want to do something about. */
const NOTABLE = 0.05;

/** What helps against the shift, if it is one of the noise that stacks have by default. */
function nextCommand({ scenario: { noise, keep }, theory }: ShiftRecord): readonly Block[] {
  if (noise !== DEFAULTS.noise || theory === null || Math.abs(theory.shift - 1) < NOTABLE) return [];
  return [
    {
      kind: "command",
      on: "terminal",
      about: "What it does in a deep network, and what helps",
      command: `vshift stack --p ${keep} --d 64 --compare`,
    },
  ];
}

/** Share of the running variance that may be its initial value without a remark. */
const INITIAL_SHARE = 0.01;

/**
 * A running variance starts at 1, and r = kept^n of that is left after n mini-batches: V = r + (1 − r)·s with batch variances s
 * on average. Says which share r/V of the value that is where it is more than a hundredth, and from which n on it is not.
 */
function stillInitial({ scenario, measured: { batches } }: ShiftRecord, runningVariance: number): string {
  const kept = 1 - weightOfNew(scenario);
  const left = kept > 0 ? exp(batches * ln(kept)) : 0;
  if (!(left > INITIAL_SHARE * runningVariance)) return "";
  const share = `the initial 1 still contributes ${percent(left / runningVariance)}`;
  const batchVariance = left < 1 ? (runningVariance - left) / (1 - left) : 0;
  // r/V = INITIAL_SHARE, solved for r.
  const enough = (INITIAL_SHARE * batchVariance) / (1 - INITIAL_SHARE + INITIAL_SHARE * batchVariance);
  if (!(enough > 0)) return ` (${share})`;
  const batchesNeeded = Math.floor(ln(enough) / ln(kept)) + 1;
  return ` (${share}; less than 1 % after ${counted(batchesNeeded, "mini-batch", "mini-batches")})`;
}

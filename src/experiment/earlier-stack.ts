import { VshiftError } from "../errors.ts";
import { parseJson } from "../json.ts";
import { ln } from "../numeric/ln.ts";
import { studentTwoSided } from "../numeric/student.ts";
import { isStack } from "../scenario/blocks.ts";
import { identify, positionId } from "../scenario/canonical.ts";
import { completeScenario } from "../scenario/complete.ts";
import { strengthOf } from "../scenario/input-of.ts";
import type { Scenario } from "../scenario/scenario.ts";
import { estimate, intervalFactor } from "./estimate.ts";
import { mismatch } from "./mismatch.ts";
import { inputMoments } from "./plan/input-law.ts";
import { comparisonOf } from "./plan/plan.ts";
import { toleranceAt } from "./position-theory.ts";
import { NO_VIEW } from "./reading.ts";
import {
  type OutputDistance,
  type OutputSums,
  type RecordSums,
  realisedScenario,
  recordOf,
  recordPosition,
  type ShiftRecord,
} from "./record.ts";
import type { RatioSums } from "./root-of-ratio.ts";
import { settingOf } from "./setting.ts";
import { stackExpectation } from "./stack-expectation.ts";
import { verdictsAfter } from "./stopping.ts";

/** A stack in one record, as versions before this one wrote it. */
interface EarlierStack {
  readonly kernel: string;
  readonly id: string;
  readonly scenario: Readonly<Record<string, string | number | null>>;
  readonly places: readonly EarlierPlace[];
  readonly outputError: (EarlierDistance & { readonly masks: number; readonly sums: RatioSums }) | null;
  readonly noiseFreeError: EarlierDistance;
  readonly batches: { readonly train: number; readonly test: number };
}

interface EarlierPlace {
  readonly block: number;
  /** What receives it: a norm, or "output". */
  readonly meets: string;
  readonly theory: { readonly shift: number; readonly meanShift: number | null; readonly spread: number } | null;
  readonly measured: EarlierMeasurement;
}

interface EarlierDistance {
  readonly value: number;
  readonly interval: readonly [number, number];
}

interface EarlierMeasurement {
  readonly trainVariance: number;
  readonly testVariance: number;
  readonly shift: number;
  readonly standardError: number;
  readonly interval: readonly [number, number];
  readonly foldedShift: number;
  readonly logShift: number;
  readonly meanShift: number | null;
  readonly meanShiftInterval: readonly [number, number] | null;
}

/**
 * The records of the positions of a stack, of the one that it was written in. That had no sums; these are the ones that give the same
 * means and standard errors. They had no verdict; it is passed here. What is not such a record, or does not add up, is a `VshiftError`.
 */
export function recordsOfEarlierStack(text: string, place: string): readonly ShiftRecord[] {
  const value = parseJson(text, { field: place, hint: HINT });
  const refused = (why: string, cause?: unknown) => {
    const problem = `is not a record of vshift.stack/2${why}`;
    return new VshiftError({ code: "invalid-file", field: place, problem, hint: HINT, cause });
  };
  try {
    const records = recordsOf(value as EarlierStack);
    const fault = faultOf(value as EarlierStack, records);
    if (fault === undefined) return records;
    throw new RangeError(fault);
  } catch (cause) {
    // Something that is not there.
    if (cause instanceof TypeError) throw refused("", cause);
    if (cause instanceof VshiftError || cause instanceof RangeError) throw refused(` (${cause.message})`, cause);
    throw cause;
  }
}

const EARLIER_SCHEMA = "vshift.stack/2";

const HINT = "measure it again with vshift stack";

function recordsOf({
  kernel,
  scenario,
  places,
  outputError,
  noiseFreeError,
  batches,
}: EarlierStack): readonly ShiftRecord[] {
  const { activation, keep, drop, beta, relativeVariance, ...fields } = scenario;
  const strength = strengthOf(scenario as unknown as Scenario);
  const given = { ...fields, nonlinearity: activation, ...strength };
  const stack = completeScenario(given as Parameters<typeof completeScenario>[0]);
  if (!isStack(stack) || places.length !== stack.depth + 1) throw new RangeError("it has another number of positions");
  const { network, plan } = settingOf(stack);
  const realised = realisedScenario(stack, { input: inputMoments(stack), alignment: null, masks: plan.masks });
  const n = batches.test;
  const errorRate = 1 - stack.confidence;
  return stackExpectation(stack).map(({ theory, reason }, index) => {
    const sums = sumsOf(places[index]?.measured, { n, errorRate, samples: (stack.batches ?? n) * stack.batchSize });
    const estimated = estimate(sums);
    if (estimated === undefined) throw new RangeError("a position has no variance");
    const isOutput = index === stack.depth;
    const rule = { ...stack, tolerance: toleranceAt(stack, index + 1) };
    const ending = { rule, plan, expected: theory?.shift ?? null, estimate: estimated, batches: n };
    const position = recordPosition(network.positions, index);
    const record = recordOf({
      id: positionId(stack, position?.index ?? null),
      scenario: realised,
      position,
      theory,
      theoryReason: reason,
      firstBatch: 0,
      sums,
      estimate: estimated,
      view: NO_VIEW,
      verdict: verdictsAfter(ending)[0],
      outputs: isOutput ? outputsOf(outputError ?? unknownError(batches), noiseFreeError, errorRate) : null,
    });
    // Stacks have other draws now, of another engine version than what scenarios of that version have.
    return { ...record, kernel: identify({ schema: EARLIER_SCHEMA, kernel }) };
  });
}

interface Sampling {
  readonly n: number;
  readonly errorRate: number;
  /** Of training. */
  readonly samples: number;
}

/** A train variance that is the same in all mini-batches, and test variances of the standard error that was measured. */
function sumsOf(measured: EarlierMeasurement | undefined, { n, errorRate, samples }: Sampling): RecordSums {
  if (measured === undefined) throw new RangeError("a position is missing");
  const { trainVariance: a, testVariance: b, standardError, meanShift, meanShiftInterval } = measured;
  const error = (standardError * a) / b;
  const quantile = studentTwoSided({ tail: errorRate, degreesOfFreedom: n - 1 });
  const [low, high] = meanShiftInterval ?? [0, 0];
  const meanError = Math.max(0, (high - low) / 2 - 1 / samples) / quantile;
  return {
    n,
    train: n * a,
    test: n * b,
    trainSquared: n * (a * a),
    testSquared: b * b * (n + error * error * n * (n - 1)),
    product: n * (a * b),
    meanShift: meanShift === null ? null : n * meanShift,
    meanShiftSquared: meanShift === null ? null : n * (meanShift * meanShift + meanError * meanError * (n - 1)),
  };
}

type TrainingSums = Pick<NonNullable<EarlierStack["outputError"]>, "masks" | "sums">;

/** Where the training output did not vary measurably there was no error of the outputs: here it is of nothing. */
function unknownError({ train, test }: EarlierStack["batches"]): TrainingSums {
  const { masks, batches } = comparisonOf(train);
  const n = Math.min(test, batches);
  const nothing = { numerator: 0, denominator: 0, numeratorSquared: 0, denominatorSquared: 0, product: 0 };
  return { masks, sums: { n, ...nothing } };
}

function outputsOf(
  { masks, sums: training }: TrainingSums,
  { value, interval: [, high] }: EarlierDistance,
  errorRate: number,
): OutputSums {
  const { n } = training;
  const square = value * value;
  // The interval of the root has the root of the ratio's factor e^(t·se).
  const error = value > 0 ? (2 * ln(high / value)) / studentTwoSided({ tail: errorRate, degreesOfFreedom: n - 1 }) : 0;
  const noiseFree = {
    n,
    numerator: n * square,
    denominator: n,
    numeratorSquared: square * square * (n + error * error * n * (n - 1)),
    denominatorSquared: n,
    product: n * square,
  };
  return { masks, training, noiseFree };
}

/** Relative: an earlier version's elementary functions, and what sums that were made of quotients lose. */
const ROUNDING = 1e-9;

/** What does not add up, in words that begin with the field: what the records that were made of it do not give again. */
function faultOf(earlier: EarlierStack, records: readonly ShiftRecord[]): string | undefined {
  const { kernel, id, scenario, places, outputError, noiseFreeError, batches } = earlier;
  const [first] = records;
  const outputs = records.at(-1)?.outputs;
  if (first === undefined || !/^[0-9a-f]{64}$/.test(kernel)) return "kernel is not a digest";
  if (id !== identify(scenario)) return `id ${id.slice(0, 12)}… is not that of its scenario`;
  if (batches.test > batches.train) return `batches.test ${batches.test} is more than batches.train ${batches.train}`;
  const of = { source: "the rest of the record gives", tolerance: ROUNDING } as const;
  const { keep, drop, beta, relativeVariance } = first.scenario;
  const strength = { keep, drop, beta, relativeVariance, batches: batches.train };
  const again = records.map(({ position, theory, measured }, index) => {
    const { trainVariance, testVariance, shift, meanShift, meanShiftInterval } = measured;
    // A record leaves out an interval that says nothing; these had all.
    const relativeError = (places[index]?.measured.standardError ?? 0) / shift;
    const ratio = { trainVariance, testVariance, shift, relativeError, degreesOfFreedom: batches.test - 1 };
    const factor = intervalFactor(ratio, 1 - first.scenario.confidence);
    return {
      block: position?.index,
      meets: position?.norm ?? "output",
      theory: theory && { shift: theory.shift, meanShift: theory.meanShift, spread: theory.spread },
      measured: {
        ...{ trainVariance, testVariance, shift, interval: [shift / factor, shift * factor] },
        ...{ foldedShift: Math.max(shift, 1 / shift), logShift: ln(shift), meanShift, meanShiftInterval },
      },
    };
  });
  const distance = (name: "training" | "noiseFree") => outputs && valueAndInterval(outputs[name]);
  return (
    mismatch({ ...of, field: "scenario", is: scenario, shouldBe: strength }) ??
    mismatch({ ...of, field: "places", is: places, shouldBe: again }) ??
    mismatch({ ...of, field: "outputError", is: outputError, shouldBe: distance("training") }) ??
    mismatch({ ...of, field: "noiseFreeError", is: noiseFreeError, shouldBe: distance("noiseFree") })
  );
}

function valueAndInterval({ value, interval }: OutputDistance): Pick<OutputDistance, "value" | "interval"> {
  return { value, interval };
}

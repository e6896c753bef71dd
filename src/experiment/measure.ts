import { VshiftError } from "../errors.ts";
import { NO_FILES, parseFiles } from "../notation/files.ts";
import { ARRAY_FIELDS, type Arrays, arrayOf, isArrayName, missingArray, NO_ARRAYS } from "../scenario/arrays.ts";
import { positionId } from "../scenario/canonical.ts";
import type { Scenario } from "../scenario/scenario.ts";
import type { BlockResult, Run } from "./block.ts";
import { bothPhasesOf } from "./both-phases.ts";
import { type Estimate, estimate } from "./estimate.ts";
import { type Expectation, expectationOf, theoryOfSegment } from "./expectation.ts";
import { phasesOf } from "./phases.ts";
import { inputMoments } from "./plan/input-law.ts";
import { type BatchPart, type BatchRange, type Plan, planOfPart } from "./plan/plan.ts";
import { type PositionTheory, toleranceAt, wholeExpectation } from "./position-theory.ts";
import type { BatchesRead, PassesDone, Reading, ReadingProgress } from "./reading.ts";
import { realisedScenario, recordOf, recordPosition, type ShiftRecord } from "./record.ts";
import { floorsOf } from "./record-estimate.ts";
import { type Setting, settingOf } from "./setting.ts";
import { type Look, look } from "./stopping.ts";
import { weightsOf } from "./streamed-block.ts";
import type { Sums } from "./sums.ts";

/** Where blocks are run. */
export interface Executor {
  /** Told what will be run first, so that what takes its time to start can do so meanwhile. */
  prepare(job: Omit<BlockJob, "signal">): Promise<void>;
  /**
   * Runs the blocks of a range. Results come in the order of the blocks, whoever ran them; when the signal is aborted they
   * end early, without an error. The arrays of a result's running statistics hold until the next one is asked for: they are
   * then used again.
   */
  run(job: BlockJob): AsyncIterable<BlockResult>;
  /** Gives back what it holds. */
  close(): void;
}

export interface BlockJob {
  readonly run: Run;
  readonly range: BatchRange;
  /** With those that the network names. */
  readonly arrays?: Arrays | undefined;
  readonly signal: AbortSignal | undefined;
}

export interface MeasureOptions {
  readonly executor: Executor;
  /** The arrays that the scenario names, and maybe others; none where left out. */
  readonly arrays?: Arrays | undefined;
  /** Measures these mini-batches only, of a scenario with a given number of samples. */
  readonly part?: BatchPart | undefined;
  /** Probability that the verdict on a position is wrong [1 − confidence]. */
  readonly errorRate?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Told after each block. */
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

/** How far a measurement has come. */
export type Progress = BatchesMeasured | PassesDone;

export interface BatchesMeasured extends Pick<BatchesRead, "kind" | "sums" | "target"> {
  /** What the result would be if this were the end; undefined before anything varied. Holds until the next block. */
  records(): Records | undefined;
}

/** A record for each position of the network, in their order. */
export type Records = readonly [ShiftRecord, ...ShiftRecord[]];

/**
 * Measures a scenario and compares it with the closed form: measures blocks of mini-batches until the interval at each position is
 * as narrow as asked and its verdict is conclusive, or the budget is spent, or `signal` is aborted (what was measured is then kept).
 *
 * Memory does not grow with the number of samples, except for 8 bytes a mini-batch and position of a stack. Throws a `VshiftError` when
 * nothing that was drawn varied, and the signal's reason when it was aborted before two mini-batches were measured.
 */
export async function measure(scenario: Scenario, options: MeasureOptions): Promise<Records> {
  const { executor, arrays = NO_ARRAYS, part, errorRate = 1 - scenario.confidence, signal, onProgress } = options;
  const setting = settingOf(scenario);
  const { network, segment, run } = setting;
  const plan = part === undefined ? setting.plan : planOfPart(setting.plan, part);
  const firstBatch = part?.from ?? 0;
  requireArrays(scenario, arrays);
  const first = { ...plan, from: firstBatch, to: firstBatch + plan.firstLook };
  await executor.prepare({ run, arrays, range: { ...first, pass: segment === undefined ? TRAINING : BOTH } });
  const expected = expectedOf(setting, arrays);
  const realised = realisedScenario(scenario, { ...expected, masks: plan.masks });
  const unspent = network.positions.map(() => 1);

  /** What a reading says of each position; of the last one, all of the budget is spent. */
  function lookAt(reading: Reading, isLast: boolean): readonly Seen[] {
    return network.positions.map((_, index) => {
      const at = expected.at[index] ?? NOTHING_EXPECTED;
      const estimated = estimate(sumsAt(reading, index), expected.floors);
      const seen = look({
        rule: { ...scenario, tolerance: toleranceAt(scenario, index + 1) },
        plan: { ...plan, budget: isLast ? reading.batches : plan.budget },
        expected: at.theory?.shift ?? null,
        errorRate,
        estimate: estimated,
        batches: reading.batches,
        unspent: unspent[index] ?? 0,
      });
      return { ...at, estimated, look: seen };
    });
  }

  function recordsOf(reading: Reading, seen: readonly Seen[]): Records | undefined {
    const records = seen.flatMap(({ estimated, look, theory, reason }, index): ShiftRecord[] => {
      if (estimated === undefined) return [];
      const position = recordPosition(network.positions, index);
      const record = recordOf({
        id: positionId(scenario, position?.index ?? null),
        scenario: realised,
        position,
        theory,
        theoryReason: reason,
        firstBatch,
        sums: sumsAt(reading, index),
        estimate: estimated,
        view: reading.view(index),
        verdict: look.verdict,
        outputs: index === network.positions.length - 1 ? reading.outputs : null,
      });
      return [record];
    });
    return records.length === seen.length ? (records as unknown as Records) : undefined;
  }

  function progressOf(progress: ReadingProgress): Progress {
    if (progress.kind === "passes") return progress;
    const { kind, sums, target } = progress;
    const records = () => {
      const reading = progress.reading();
      return recordsOf(reading, lookAt(reading, true));
    };
    return { kind, sums, target, records };
  }

  const source: ReadingSource = {
    ...{ setting, plan, firstBatch, executor, arrays, signal },
    onProgress: onProgress && ((progress) => onProgress(progressOf(progress))),
  };
  const readTo = segment === undefined ? phasesOf(source) : bothPhasesOf(source);
  let target = plan.firstLook;
  for (;;) {
    const reading = await readTo(target);
    if (reading === undefined) throw signal?.reason;
    const interrupted = reading.batches < target;
    const seen = lookAt(reading, interrupted);
    for (const [index, { look }] of seen.entries()) unspent[index] = look.unspent;
    const next = seen.flatMap(({ look }) => look.next ?? []);
    if (next.length > 0) {
      target = Math.max(...next);
      continue;
    }
    const records = recordsOf(reading, seen);
    if (records !== undefined) return records;
    const index = seen.findIndex(({ estimated }) => estimated === undefined);
    const { batches } = reading;
    const name = network.positions[index]?.name ?? "";
    throw interrupted ? signal?.reason : nothingToMeasure(scenario, { batches, sums: sumsAt(reading, index), name });
  }
}

/** A position, and what the rule of stopping says of it. */
type Seen = PositionTheory & { readonly estimated: Estimate | undefined; readonly look: Look };

const BOTH = { kind: "both" } as const;
const TRAINING = { kind: "train", mask: 0 } as const;
const NOTHING_EXPECTED: PositionTheory = { theory: null, reason: "" };

function sumsAt(reading: Reading, index: number) {
  const sums = reading.sums[index];
  if (sums === undefined) throw new RangeError(`there is no position ${index + 1}`);
  return sums;
}

/** What theory says of each position, and what a record and its error need besides. */
interface Expected extends Pick<Expectation, "input" | "alignment"> {
  readonly at: readonly PositionTheory[];
  readonly floors: ReturnType<typeof floorsOf>;
}

function expectedOf(setting: Setting, arrays: Arrays): Expected {
  const { scenario, segment } = setting;
  if (segment === undefined) {
    return {
      at: wholeExpectation(scenario),
      input: inputMoments(scenario),
      alignment: null,
      floors: floorsOf(setting, null),
    };
  }
  const expectation = expectationOf(scenario, weightsOf(segment, arrays), arrays);
  requireVarianceInTest(scenario, expectation);
  const { input, alignment } = expectation;
  return { at: [theoryOfSegment(scenario, expectation)], input, alignment, floors: floorsOf(setting, alignment) };
}

/** A `VshiftError` where one is missing, before any thread would look for it. */
function requireArrays(scenario: Scenario, arrays: Arrays): void {
  for (const field of ARRAY_FIELDS) arrayOf(scenario, field, arrays);
  const { files } = scenario;
  for (const [name, { digest }] of files === null ? NO_FILES : parseFiles(files)) {
    if (!arrays.has(digest)) throw missingArray("network", name, digest);
  }
}

/** Below this fraction of the units' variance, what the weights let through is of the order of single precision's rounding. */
const SMALLEST_FRACTION = 1e-6;

/** Weights can cancel what the units share or what they do not, so that nothing varies at test time and Δ is 0. */
function requireVarianceInTest(scenario: Scenario, { alignment, remaining, shift }: Expectation): void {
  if (remaining >= SMALLEST_FRACTION) return;
  if (isArrayName(scenario.activation)) {
    throw new VshiftError({
      code: "invalid-value",
      field: scenario.testActivation === null ? "activation" : "testActivation",
      problem: `${scenario.testActivation ?? scenario.activation} leaves only ${Number(remaining.toPrecision(3))} of its variance at test time, too little for single precision`,
      hint: "subtract each unit's mean, or use other weights, because these cancel what the units share",
    });
  }
  throw new VshiftError({
    code: "invalid-value",
    field: "rho",
    problem: `${scenario.rho} with weights of alignment ${alignment} leaves no variance at test time (Δ is ${shift})`,
    hint: "use a `rho` closer to 0, or another `alignment`",
  });
}

function nothingToMeasure(
  { batchSize, samples, depth, network }: Scenario,
  { batches, sums, name }: { readonly batches: number; readonly sums: Sums; readonly name: string },
): VshiftError {
  if (network !== null) {
    const areNumbers = Number.isFinite(sums.trainSquared) && Number.isFinite(sums.testSquared);
    return new VshiftError({
      code: "invalid-value",
      field: "network",
      problem: areNumbers ? `leaves no variance at ${name}` : `has values beyond single precision at ${name}`,
      hint: areNumbers
        ? "use a lower drop rate, more units, larger mini-batches, or an input that varies"
        : "use smaller weights or inputs, or larger mini-batches: norms divide by variances near 0",
    });
  }
  if (depth !== null) {
    return new VshiftError({
      code: "invalid-value",
      field: "width",
      problem: `leaves no variance at one of the ${depth + 1} positions`,
      hint: "use a larger `width` or `keep`",
    });
  }
  return new VshiftError({
    code: "invalid-value",
    field: samples === null ? "maxSamples" : "samples",
    problem: `${batches} mini-batches of ${batchSize} have no variance to measure`,
    hint: "run more samples, or use a larger `width`, `keep` or `mean`",
  });
}

/** What a way to read a network's variances is given. */
export interface ReadingSource extends Pick<MeasureOptions, "executor" | "signal"> {
  readonly onProgress: ((progress: ReadingProgress) => void) | undefined;
  readonly setting: Setting;
  readonly plan: Plan;
  readonly firstBatch: number;
  readonly arrays: Arrays;
}

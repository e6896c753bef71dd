import { describe, expect, it } from "vitest";
import { VshiftError } from "../../src/errors.ts";
import { createInlineExecutor } from "../../src/executor/inline.ts";
import { joined } from "../../src/experiment/join.ts";
import { type MeasureOptions, measure } from "../../src/experiment/measure.ts";
import { partOf, planOf } from "../../src/experiment/plan/plan.ts";
import { createRecordReader } from "../../src/experiment/read-record.ts";
import type { ShiftRecord } from "../../src/experiment/record.ts";
import { createKernel } from "../../src/kernel/fastest.ts";
import { defineScenario } from "../../src/scenario/define.ts";
import type { ScenarioInput } from "../../src/scenario/scenario.ts";
import { changes } from "./changes.ts";

const executor = createInlineExecutor(createKernel);
const SMALL = { width: 16, batchSize: 16, batches: 8, depth: 3 } as const;
const measured = (input: ScenarioInput, options: Partial<MeasureOptions> = {}) =>
  measure(defineScenario({ ...SMALL, ...input }), { executor, ...options });

const LONG = { batches: 48 } as const;
const part = (index: number) =>
  measured(LONG, { part: partOf(planOf(defineScenario({ ...SMALL, ...LONG })), { index, count: 2 }) });
const [FIRST_PART, SECOND_PART] = [await part(1), await part(2)];

const RECORDS: Readonly<Record<string, readonly ShiftRecord[]>> = {
  // Enough samples, and a confidence, at which its training output stands out of the noise whatever is drawn.
  "batch norm": await measured({ batchSize: 64, confidence: 0.8 }),
  "layer norm": await measured({ norm: "layer", noise: "gaussian", keep: 0.7, connection: "residual" }),
  mixed: await measured({ norm: "group", groups: 4, normAt: "2,3", noise: "uout", beta: 0.3, nonlinearity: "tanh" }),
  reestimated: await measured({ statistics: "reestimated", reestimateBatches: 4, seed: 'a "π" 🎲' }),
  "reestimated with the noise on": await measured({ statistics: "reestimated-noisy", reestimateBatches: 4 }),
  "an output lost in the noise": await measured({ keep: 0.1, depth: 10, confidence: 0.999999 }),
  corrected: await measured({ statistics: "corrected", noiseAt: "last", nonlinearity: "gelu" }),
  "without noise": await measured({ drop: 0 }),
  "alpha, of another input": await measured({ noise: "alpha", activation: "lognormal", mean: 1, rho: 0.2 }),
  "classic, spatial": await measured({ noise: "spatial", channelSize: 3, preset: "keras" }),
  "to a precision": await measured({ batches: null, precision: 0.1, maxSamples: 10_000, tolerance: 0.3 }),
  "a part": SECOND_PART,
  joined: FIRST_PART.map((record, index) => joined(record, SECOND_PART[index] as ShiftRecord)),
};

const read = await createRecordReader();
const TEXTS = Object.entries(RECORDS).flatMap(([name, records]) =>
  records.map((record, index) => ({ name: `${name}, position ${index + 1}`, record, text: JSON.stringify(record) })),
);

it.each(TEXTS)("a record of $name is read as it was written", ({ text }) => {
  expect(JSON.stringify(read(text, "here"))).toBe(text);
});

const at = (name: string, position: number): ShiftRecord => {
  const record = RECORDS[name]?.at(position - 1);
  if (record === undefined) throw new Error(`${name} has no position ${position}`);
  return record;
};
const outputOf = (name: string) => at(name, 0);

// Once in 10⁶ noise alone would pass for an output, at that confidence.
it("where nothing of the training output stands out of the noise, the distance from it is null", () => {
  expect(outputOf("an output lost in the noise").outputs?.training).toMatchObject({ value: null, interval: null });
  expect(outputOf("an output lost in the noise").outputs?.noiseFree.value).toBeGreaterThan(0);
  expect(outputOf("batch norm").outputs?.training.value).toBeGreaterThan(0);
});

describe("a value that is not what the rest of its record gives is refused by its field, in one line", () => {
  const second = at("batch norm", 2);
  const output = outputOf("batch norm");
  type Part = "scenario" | "position" | "theory" | "measured" | "agreement" | "outputs" | "sums";
  const edited = (record: ShiftRecord, name: Part, change: object) =>
    JSON.stringify({ ...record, [name]: { ...record[name], ...change } });
  const withDistance = (name: "training" | "noiseFree", change: object) =>
    edited(output, "outputs", { [name]: { ...output.outputs?.[name], ...change } });
  const withOutputSums = (name: "training" | "noiseFree", change: object) =>
    withDistance(name, { sums: { ...output.outputs?.[name].sums, ...change } });
  const { interval, shift, meanShift } = second.measured;

  it.each<readonly [name: string, text: string, says: string]>([
    ["no JSON", JSON.stringify(second).slice(0, -1), "is not JSON"],
    ["a key twice", JSON.stringify(second).replace('"id":', '"id":"","id":'), "has the key id more than once"],
    ["another id", JSON.stringify({ ...second, id: "0".repeat(64) }), "has an id that does not match its scenario"],
    [
      "the id of another position",
      JSON.stringify({ ...second, id: at("batch norm", 3).id }),
      "has an id that does not",
    ],
    ["an edited width", edited(second, "scenario", { width: 32 }), "has an id that does not match its scenario"],
    ["an edited depth", edited(second, "scenario", { depth: 1000 }), "has an id that does not match its scenario"],
    ["an edited drop", edited(second, "scenario", { drop: 0.25 }), "scenario.drop 0.25 is not what the scenario gives"],
    ["other batches", edited(second, "scenario", { batches: 9 }), "scenario.batches 9 is not what the scenario gives"],
    ["blocks that are not there", edited(second, "scenario", { noiseAt: "9" }), "has an invalid scenario"],
    ["no position", JSON.stringify({ ...second, position: null }), "has an id that does not match its scenario"],
    ["another position", edited(second, "position", { index: 3 }), "has an id that does not match its scenario"],
    ["another norm", edited(second, "position", { norm: "layer" }), "position.norm layer is not what the scenario"],
    ["another name", edited(second, "position", { name: "LN 2" }), 'position.name "LN 2" is not what the scenario'],
    ["no theory", JSON.stringify({ ...second, theory: null }), "theory.trainVariance null is not what"],
    ["a reason", JSON.stringify({ ...second, theoryReason: "none" }), "theoryReason none is not what the scenario"],
    ["another theory", edited(second, "theory", { shift: 0.5 }), "theory.shift 0.5 is not what the scenario gives"],
    ["another mean shift of theory", edited(second, "theory", { meanShift: 0.5 }), "theory.meanShift 0.5 is not what"],
    ["another spread", edited(second, "theory", { spread: 0.5 }), "theory.spread 0.5 is not what the scenario gives"],
    ["another Δ", edited(second, "measured", { shift: 0.5 }), "measured.shift 0.5 is not what the sums give"],
    ["another variance", edited(second, "measured", { testVariance: 9 }), "measured.testVariance 9 is not what"],
    ["another error", edited(second, "measured", { standardError: shift }), "measured.standardError"],
    ["another end", edited(second, "measured", { interval: [interval?.[0], 9] }), "measured.interval.1 9 is not what"],
    ["no mean shift", edited(second, "measured", { meanShift: null }), "measured.meanShift null is not what the sums"],
    ["another mean shift", edited(second, "measured", { meanShift: (meanShift ?? 0) + 1 }), "measured.meanShift"],
    [
      "a mean shift without an error",
      edited(second, "measured", { meanShiftInterval: [meanShift, meanShift] }),
      "measured.meanShiftInterval.0",
    ],
    ["other sums", edited(second, "sums", { train: second.sums.train * (1 + 1e-12) }), "measured.trainVariance"],
    [
      "sums that no numbers have",
      edited(second, "sums", { train: 9 }),
      "sums of the training variances have a negative",
    ],
    ["other sums of means", edited(second, "sums", { meanShift: 9 }), "measured.meanShift"],
    ["other squares of means", edited(second, "sums", { meanShiftSquared: 9 }), "measured.meanShiftInterval.0"],
    ["no sums of means", edited(second, "sums", { meanShift: null }), "measured.meanShift"],
    ["another tolerance", edited(second, "agreement", { tolerance: 0.005 }), "agreement.tolerance 0.005 is not what"],
    ["another verdict", edited(second, "agreement", { verdict: "disagrees" }), "agreement.verdict disagrees is not"],
    [
      "outputs before the last position",
      JSON.stringify({ ...second, outputs: output.outputs }),
      "outputs must be null",
    ],
    ["another distance", withDistance("training", { value: 9 }), "outputs.training.value 9 is not what the sums give"],
    ["another end of it", withDistance("training", { interval: [0, 9] }), "outputs.training.interval"],
    ["no distance", withDistance("training", { value: null }), "outputs.training.value null is not what"],
    ["other sums of it", withOutputSums("training", { numerator: 9 }), "outputs.training.value"],
    ["sums without a variance", withOutputSums("training", { denominator: -1 }), "is not what the sums give (null)"],
    ["another distance from noise-free", withDistance("noiseFree", { value: 9 }), "outputs.noiseFree.value 9 is not"],
    ["other sums of that", withOutputSums("noiseFree", { product: 9 }), "outputs.noiseFree.interval"],
    ["sums of another number", withOutputSums("noiseFree", { n: 7 }), "outputs.noiseFree"],
    ["other masks", edited(output, "outputs", { masks: 3 }), "outputs.masks 3 is not what the scenario gives (4)"],
    [
      "a mean shift where no means are frozen",
      edited(at("layer norm", 1), "sums", { meanShift: 0, meanShiftSquared: 0 }),
      "measured.meanShift null is not what the sums give",
    ],
    ["a running mean where there is none", edited(output, "measured", { runningMean: 1 }), "measured.running"],
  ])("%s", (_, text, says) => {
    expect(() => read(text, "stacks.ndjson:12")).toThrow(VshiftError);
    expect(() => read(text, "stacks.ndjson:12")).toThrow(/^stacks\.ndjson:12: [^\n]+; give records as vshift/);
    expect(() => read(text, "stacks.ndjson:12")).toThrow(says);
  });

  it("more mini-batches than were compared", () => {
    const { training, noiseFree } = output.outputs as NonNullable<ShiftRecord["outputs"]>;
    const twice = (sums: typeof training.sums) =>
      Object.fromEntries(Object.entries(sums).map(([name, value]) => [name, 2 * value]));
    // The distances of twice the mini-batches; their intervals are refused first.
    const text = edited(output, "outputs", {
      training: { ...training, sums: twice(training.sums) },
      noiseFree: { ...noiseFree, sums: twice(noiseFree.sums) },
    });
    expect(() => read(text, "here")).toThrow(/outputs\.training\.(interval|sums)/);
  });
});

/** Every value in a record by its path, with another one in its place. */
function* changedOnes(
  value: unknown,
  path: readonly string[] = [],
): Generator<readonly [string, (root: object) => void]> {
  if (typeof value === "object" && value !== null) {
    for (const [name, one] of Object.entries(value)) yield* changedOnes(one, [...path, name]);
    return;
  }
  const last = path.at(-1) ?? "";
  yield [
    path.join("."),
    (root) => {
      const holder = path.slice(0, -1).reduce((at, name) => at[name] as Tree, root as Tree);
      holder[last] = anotherThan(value);
    },
  ];
}

interface Tree {
  [name: string]: unknown;
}

/** Far enough from what it was for any rounding, and of its kind. */
function anotherThan(value: unknown): unknown {
  if (typeof value === "number") return Number.isInteger(value) ? value + 1 : value * 1.01;
  return value === null ? 0.5 : `${value}x`;
}

/** What nothing else in a record determines. */
function undeterminedIn({ measured, outputs }: ShiftRecord): readonly string[] {
  const { interval, runningMean, outputMean } = measured;
  return [
    // What Batch Normalization saw, except for the ratio of the running variance and that at test time.
    ...(runningMean === null ? [] : ["measured.runningMean"]),
    ...(outputMean === null ? [] : ["measured.outputMean", "measured.outputVariance"]),
    // Nothing is made of the squares of sums that are too few for an interval,
    ...(interval === null ? ["sums.trainSquared", "sums.testSquared", "sums.product"] : []),
    // nor of sums that give no distance, nor what the squared distance 0 would be relative to.
    ...(outputs?.training.value === null ? DISTANCE.map((name) => `outputs.training.sums.${name}`) : []),
    ...(outputs?.noiseFree.value === 0 ? DISTANCE.slice(1).map((name) => `outputs.noiseFree.sums.${name}`) : []),
  ];
}

const DISTANCE = ["numerator", "denominator", "numeratorSquared", "denominatorSquared", "product"] as const;

describe("a value in any field of a record that is another is refused by a field", () => {
  it.each(TEXTS)("$name", ({ record, text }) => {
    const accepted: string[] = [];
    let refused = 0;
    for (const [field, change] of changedOnes(record)) {
      const damaged = JSON.parse(text);
      change(damaged);
      try {
        read(JSON.stringify(damaged), "here");
        accepted.push(field);
      } catch (error) {
        if (!(error instanceof VshiftError)) throw error;
        expect(error.message, field).toMatch(NAMES_A_FIELD);
        refused++;
      }
    }
    const may = undeterminedIn(record);
    expect(accepted.filter((field) => !may.includes(field))).toEqual([]);
    expect(refused).toBeGreaterThan(70);
  });
});

const NAMES_A_FIELD =
  /^here: (has (an id|an invalid scenario|the schema)|(kernel|schema|id|position|scenario|theory|theoryReason|measured|agreement|outputs|sums)\b)[^\n]*$/;

it("a record with any single digit replaced is refused, or is another in what nothing determines or by rounding alone", () => {
  let accepted = 0;
  for (const [index, { name, record, text }] of TEXTS.entries()) {
    const may = undeterminedIn(record);
    for (let at = index; at < text.length; at += 61) {
      if (!/\d/.test(text[at] ?? "")) continue;
      const damaged = `${text.slice(0, at)}${(Number(text[at]) + 1) % 10}${text.slice(at + 1)}`;
      try {
        read(damaged, "here");
      } catch (error) {
        if (!(error instanceof VshiftError)) throw error;
        continue;
      }
      accepted++;
      const moved = changes(text, damaged).filter(([field]) => field !== "kernel" && !may.includes(field));
      // A last digit, that rounding takes away in what is made of it.
      expect(Math.max(0, ...moved.map(([, change]) => change)), `${name}: ${JSON.stringify(moved)}`).toBeLessThan(
        1e-11,
      );
    }
  }
  expect(accepted).toBeGreaterThan(0);
});

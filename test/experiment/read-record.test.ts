import { describe, expect, it } from "vitest";
import { VshiftError } from "../../src/errors.ts";
import { createRecordReader } from "../../src/experiment/read-record.ts";
import type { ShiftRecord } from "../../src/experiment/record.ts";
import { SAMPLE_RECORDS } from "../report/sample-records.ts";

const read = await createRecordReader();
const [record] = SAMPLE_RECORDS as [ShiftRecord];
const { sums, measured, scenario } = record;

/** The record's text with some of it changed. */
const changed = (change: object): string => JSON.stringify({ ...record, ...change });
const withSums = (change: object): string => changed({ sums: { ...sums, ...change } });
const withMeasured = (change: object): string => changed({ measured: { ...measured, ...change } });
const withScenario = (change: object): string => changed({ scenario: { ...scenario, ...change } });
/** The number under the name becomes this text, which JSON.stringify would not write. */
const withText = (name: string, text: string): string =>
  JSON.stringify(record).replace(new RegExp(`"${name}":[^,}]+`), `"${name}":${text}`);

/** n·Σa² less than (Σa)², by a little more than rounding. */
const negativeVariance = (sum: number): number => ((sum * sum) / sums.n) * (1 - 1e-6);
/** The covariance that a correlation of 1 would have, and a tenth more. */
const tooCorrelated = (): number => {
  const spread = (sum: number, squares: number) => Math.sqrt(sums.n * squares - sum * sum);
  const bound = spread(sums.train, sums.trainSquared) * spread(sums.test, sums.testSquared);
  return (1.1 * bound + sums.train * sums.test) / sums.n;
};

const REFUSED: readonly (readonly [name: string, text: string, says: string])[] = [
  ["no JSON", "{", "is not JSON"],
  ["nothing", "", "is not JSON"],
  ["two records on a line", JSON.stringify(record).repeat(2), "is not JSON"],
  ["null", "null", "lacks a schema"],
  ["a number", "1", "lacks a schema"],
  ["a list of records", JSON.stringify([record]), "lacks a schema"],
  ["an object without a schema", "{}", "lacks a schema"],
  ["a record of a later schema", changed({ schema: "vshift.record/2" }), 'has the schema "vshift.record/2"'],
  ["a derivation", changed({ schema: "vshift.theory/1" }), 'has the schema "vshift.theory/1"'],
  ["a schema that is no text", changed({ schema: 1 }), "has the schema 1"],
  ["NaN", withText("shift", "NaN"), "is not JSON"],
  [
    "a number that is null",
    withMeasured({ runningMean: null }),
    "measured.runningMean and runningVariance must both be null, or neither",
  ],
  ["a number beyond doubles", withText("train", "1e999"), "must be"],
  ["a number as text", withSums({ train: String(sums.train) }), "sums.train must be number"],
  ["a field too many", changed({ time: 0 }), "must NOT have additional properties (time)"],
  ["a field too few", changed({ sums: undefined }), "must have required property 'sums'"],
  ["a digest of capitals", changed({ id: record.id.toUpperCase() }), "id must match pattern"],
  ["no mini-batch", withSums({ n: 0 }), "sums.n must be >= 2"],
  ["one mini-batch", withSums({ n: 1 }), "sums.n must be >= 2"],
  ["half a mini-batch", withSums({ n: 2.5 }), "sums.n must be integer"],
  [
    "other mini-batches than the sums",
    withMeasured({ batches: sums.n + 1 }),
    "measured.batches 3 is not what the sums give (2)",
  ],
  ["a variance of 0", withSums({ train: 0 }), "sums.train must be > 0"],
  ["a negative variance", withSums({ test: -sums.test }), "sums.test must be > 0"],
  [
    "training variances of a negative variance",
    withSums({ trainSquared: negativeVariance(sums.train) }),
    "sums of the training variances have a negative variance",
  ],
  [
    "test variances of a negative variance",
    withSums({ testSquared: negativeVariance(sums.test) }),
    "sums of the test variances have a negative variance",
  ],
  ["a correlation beyond 1", withSums({ product: tooCorrelated() }), "sums have a correlation beyond 1"],
  ["an edited shift", withMeasured({ shift: measured.shift * (1 + 1e-9) }), "is not what the sums give"],
  ["an edited sum", withSums({ test: sums.test * (1 + 1e-9) }), "is not what the sums give"],
  ["an edited seed", withScenario({ seed: "2" }), "has an id that does not match its scenario"],
  ["an edited width", withScenario({ width: 3 }), "has an id that does not match its scenario"],
  ["an edited tolerance", withScenario({ tolerance: 0.5 }), "has an id that does not match its scenario"],
  ["an edited strength", withScenario({ keep: 0.4 }), "has an id that does not match its scenario"],
  ["a negative width", withScenario({ width: -1 }), "scenario.width must be >= 1"],
  ["a noise that does not exist", withScenario({ noise: "poisson" }), "scenario.noise must be equal to one of"],
  ["fields that contradict each other", withScenario({ rho: -1, width: 3 }), "has an invalid scenario"],
  ["another id", changed({ id: "0".repeat(64) }), "has an id that does not match its scenario"],
];

describe("a record", () => {
  it.each(SAMPLE_RECORDS.map((sample) => [sample.scenario.seed, sample] as const))(
    "of the seed %j is read as it was written",
    (_, sample) => {
      const text = JSON.stringify(sample);
      // −0 is written "0".
      expect(read(text, "here")).toEqual(JSON.parse(text));
    },
  );

  it("may have fields in another order", () => {
    const reversed = Object.fromEntries(Object.entries(record).toReversed());
    expect(read(JSON.stringify(reversed), "here")).toEqual(JSON.parse(JSON.stringify(record)));
  });

  it("from before files could be named has the fields of files as null, in their places", () => {
    const { activationDigest, activationKurtosis, activationSpread, weightsDigest, ...others } = scenario;
    expect([activationDigest, activationKurtosis, activationSpread, weightsDigest]).toEqual([null, null, null, null]);
    const { testActivation, testActivationDigest, stride, padding, ...before } = others;
    expect([testActivation, testActivationDigest, stride, padding]).toEqual([null, null, null, null]);
    expect(JSON.stringify(read(withoutFiles(before), "here"))).toBe(JSON.stringify(record));
  });
});

const withoutFiles = (before: object): string => JSON.stringify({ ...record, scenario: before });

describe("a record of files", () => {
  const ofFiles = SAMPLE_RECORDS.find((sample) => sample.scenario.activationDigest !== null) as ShiftRecord;
  const edited = (change: object) => JSON.stringify({ ...ofFiles, scenario: { ...ofFiles.scenario, ...change } });

  it("is still one of the same scenario when the files have other names", () => {
    const renamed = { activation: "file:y.npy", weights: "file:elsewhere/w.npz#fc" };
    expect(read(edited(renamed), "here").id).toBe(ofFiles.id);
  });

  it.each([
    { activationDigest: "0".repeat(64) },
    { weightsDigest: "0".repeat(64) },
    { activationKurtosis: 9 },
    { mean: 0.5 },
    { activation: "normal", activationDigest: null, activationKurtosis: null, activationSpread: null },
  ])("with %o is refused", (change) => {
    expect(() => read(edited(change), "here")).toThrow("has an id that does not match its scenario");
  });

  it("that names a file, and says nothing of it, is refused", () => {
    expect(() => read(edited({ activationDigest: null }), "here")).toThrow("has an invalid scenario");
  });
});

describe("what is no record is refused by its place", () => {
  it.each(REFUSED)("%s", (_, text, says) => {
    expect(() => read(text, "sweep.ndjson:12")).toThrow(VshiftError);
    expect(() => read(text, "sweep.ndjson:12")).toThrow(
      /^sweep\.ndjson:12: [^\n]+; give records as vshift simulate and vshift sweep/,
    );
    expect(() => read(text, "sweep.ndjson:12")).toThrow(says);
  });
});

it("what is said of a record with one value of its scenario changed does not depend on the record read before it", async () => {
  for (const [field, value] of Object.entries(scenario)) {
    const text = withScenario({ [field]: typeof value === "number" ? value * 0.75 : null });
    if (text === JSON.stringify(record)) continue;
    const fresh = await createRecordReader();
    read(JSON.stringify(record), "before");
    const [after, alone] = [read, fresh].map((reader) => messageOf(() => reader(text, "here")));
    expect(after, field).toBe(alone);
    expect(alone, field).toMatch(/^here: /);
  }
});

function messageOf(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    return (error as Error).message;
  }
  return "nothing";
}

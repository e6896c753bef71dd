import { fc, test as property } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { VshiftError } from "../../src/errors.ts";
import { createRecordReader } from "../../src/experiment/read-record.ts";
import { KERNEL_FINGERPRINT } from "../../src/kernel/fingerprint.ts";
import { changes } from "./changes.ts";
import { relativeErrorOf } from "./measured.ts";
import type { ComparedRecord } from "./measured-one.ts";
import { RECORDS, recordOfInput } from "./records-of-all-kinds.ts";

const read = await createRecordReader();
const TEXTS = Object.entries(RECORDS).map(([name, record]) => ({ name, text: JSON.stringify(record) }));

/** The largest relative change that nothing in a record shows, by the field; Infinity where nothing determines it. */
const UNDETERMINED: Readonly<Record<string, number>> = {
  // Any number of records may be of another kernel.
  kernel: Number.POSITIVE_INFINITY,
  // A file counts by its digest.
  "scenario.weights": Number.POSITIVE_INFINITY,
  "scenario.activation": Number.POSITIVE_INFINITY,
  // What Batch Normalization saw is in no other field, except for the ratio of these two.
  "measured.runningMean": Number.POSITIVE_INFINITY,
  "measured.outputMean": Number.POSITIVE_INFINITY,
  "measured.outputVariance": Number.POSITIVE_INFINITY,
  "measured.runningVariance": 1e-11,
  "measured.runningShift": 1e-11,
  // The block that a part begins with.
  "measured.firstBatch": Number.POSITIVE_INFINITY,
  // A last digit that rounding takes away in what is made of the sums.
  "sums.train": 1e-15,
  "sums.test": 1e-15,
  "sums.trainSquared": 1e-14,
  "sums.testSquared": 1e-14,
  "sums.product": 1e-14,
};

/** As well where the weights are not at hand, or too many to draw again. */
const UNDETERMINED_WITHOUT_WEIGHTS: typeof UNDETERMINED = {
  ...UNDETERMINED,
  "scenario.alignment": 1e-8,
  "theory.trainVariance": 1e-8,
  "theory.testVariance": 1e-8,
};

/** Nothing is made of a file's alignment and input beyond what the file's rows are for. */
const UNDETERMINED_OF_ROWS: typeof UNDETERMINED = {
  ...UNDETERMINED_WITHOUT_WEIGHTS,
  "scenario.alignment": Number.POSITIVE_INFINITY,
};

/** Nothing is made of the squares of sums that are too few for an interval. */
const UNDETERMINED_WITHOUT_INTERVAL: typeof UNDETERMINED = {
  "sums.trainSquared": Number.POSITIVE_INFINITY,
  "sums.testSquared": Number.POSITIVE_INFINITY,
  "sums.product": Number.POSITIVE_INFINITY,
};

function undeterminedOf(name: string): typeof UNDETERMINED {
  const ofSums = RECORDS[name]?.measured.interval === null ? UNDETERMINED_WITHOUT_INTERVAL : {};
  if (name === "rows of a file") return { ...UNDETERMINED_OF_ROWS, ...ofSums };
  const hasNoWeights = name === "weights of a file" || name === "a large linear layer";
  return { ...(hasNoWeights ? UNDETERMINED_WITHOUT_WEIGHTS : UNDETERMINED), ...ofSums };
}

/** Numbers from 0 to below a limit, the same every time: Knuth's MMIX generator, in its high bits. */
function createNumbers(seed: bigint): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = BigInt.asUintN(64, state * 6364136223846793005n + 1442695040888963407n);
    return Number(((state >> 33n) * BigInt(limit)) >> 31n);
  };
}

/** Reads damaged texts; how many were accepted. Each of those must differ in nothing that the record determines. */
function acceptedOf(count: number, damage: (text: Buffer, below: (limit: number) => number) => void): number {
  const below = createNumbers(20190616n);
  let accepted = 0;
  for (let round = 0; round < count; round++) {
    const { name, text } = TEXTS[below(TEXTS.length)] as (typeof TEXTS)[number];
    const bytes = Buffer.from(text);
    damage(bytes, below);
    const damaged = bytes.toString("utf8");
    try {
      read(damaged, "here");
    } catch (error) {
      if (!(error instanceof VshiftError)) throw error;
      expect(error.message).toMatch(/^here: [^\n]+$/);
      continue;
    }
    accepted++;
    const undetermined = undeterminedOf(name);
    for (const [field, change] of changes(text, damaged)) {
      expect(change, `${name}: ${field}`).toBeLessThanOrEqual(undetermined[field] ?? 0);
    }
  }
  return accepted;
}

describe("a damaged record is refused, or differs in what nothing else in it determines", () => {
  it("with any of 2,000 single bits flipped", () => {
    const accepted = acceptedOf(2000, (bytes, below) => {
      const bit = below(8 * bytes.length);
      bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    });
    // 2.7 % are.
    expect(accepted).toBeLessThan(100);
    expect(accepted).toBeGreaterThan(0);
  });

  it("with any of 2,000 digits replaced", () => {
    const accepted = acceptedOf(2000, (bytes, below) => {
      const digits = [...bytes.keys()].filter((at) => /\d/.test(String.fromCharCode(bytes[at] ?? 0)));
      const at = digits[below(digits.length)] ?? 0;
      bytes[at] = 0x30 + (((bytes[at] ?? 0) - 0x30 + 1 + below(9)) % 10);
    });
    // A fifth: digests of kernels, and BN's view, are many digits.
    expect(accepted).toBeLessThan(500);
  });
});

it.each(TEXTS)("a record of $name is read as it was written", ({ text }) => {
  expect(JSON.stringify(read(text, "here"))).toBe(text);
});

const SCENARIO = fc.record(
  {
    noise: fc.constantFrom("bernoulli", "gaussian", "uout", "alpha", "spatial"),
    keep: fc.double({ min: 0.75, max: 1, noNaN: true }),
    width: fc.integer({ min: 2, max: 64 }),
    rho: fc.double({ min: 0, max: 1, noNaN: true }),
    mean: fc.double({ min: -2, max: 2, noNaN: true }),
    activation: fc.constantFrom("normal", "relu", "uniform"),
    weights: fc.constantFrom("normal", "uniform", "constant", "he", "xavier"),
    preset: fc.constantFrom("torch", "keras", "onnx"),
    momentum: fc.constantFrom(0, 0.5, 1),
    batchSize: fc.integer({ min: 2, max: 100 }),
    samples: fc.integer({ min: 300, max: 3000 }),
    tolerance: fc.double({ min: 0.001, max: 0.5, noNaN: true }),
    confidence: fc.double({ min: 0.5, max: 0.999, noNaN: true }),
  },
  { requiredKeys: ["noise", "keep"] },
);

property.prop([SCENARIO, fc.boolean()], { numRuns: 100 })(
  "whatever is measured is read as it was written",
  async (input, isLinear) => {
    const { weights, ...others } = input;
    const layer = isLinear ? ({ layer: "linear", neurons: 5, ...(weights && { weights }) } as const) : {};
    const budget = input.samples === undefined ? { precision: 0.1, maxSamples: 20_000 } : {};
    const text = JSON.stringify(await recordOfInput({ ...others, ...layer, ...budget }));
    expect(JSON.stringify(read(text, "here"))).toBe(text);
  },
);

it("a record from before noises had channels and scalings is read", () => {
  const record = RECORDS["no layer"] as ComparedRecord;
  const { channelSize, scaling, ...before } = record.scenario;
  expect([channelSize, scaling]).toEqual([null, null]);
  expect(read(JSON.stringify({ ...record, scenario: before }), "here")).toEqual(record);
});

it("a record without an interval has no standard error, and none that somebody put there is read", () => {
  const record = RECORDS["of few mini-batches"] as ComparedRecord;
  expect(record.measured).toMatchObject({ standardError: null, interval: null });
  expect(record.agreement.verdict).toBe("inconclusive");
  const withMeasured = (change: object) =>
    read(JSON.stringify({ ...record, measured: { ...record.measured, ...change } }), "here");
  expect(() => withMeasured({ interval: [0.4, 0.6] })).toThrow(
    "measured.interval [0.4,0.6] is not what the sums give (null)",
  );
  expect(() => withMeasured({ standardError: 0.1 })).toThrow(
    "measured.standardError 0.1 is not what the sums give (null)",
  );
});

type Part = "scenario" | "theory" | "measured" | "agreement" | "sums";
type Edit = readonly [record: string, part: Part, change: object, says: string];

/** The text of a record with some values of one part changed. */
function edited(name: string, part: Part, change: object): string {
  const record = RECORDS[name] as ComparedRecord;
  return JSON.stringify({ ...record, [part]: { ...record[part], ...change } });
}

describe("a value that is not what the rest of its record gives is refused with both", () => {
  it.each<Edit>([
    [
      "no layer",
      "agreement",
      { verdict: "disagrees" },
      "agreement.verdict disagrees is not what the sums give (agrees)",
    ],
    ["to a precision", "agreement", { verdict: "disagrees" }, "agreement.verdict disagrees is not what the sums give"],
    ["interrupted", "agreement", { verdict: "disagrees" }, "agreement.verdict disagrees is not what the sums give"],
    ["joined", "agreement", { verdict: "disagrees" }, "agreement.verdict disagrees is not what the sums give (agrees)"],
    [
      "of few mini-batches",
      "agreement",
      { verdict: "agrees" },
      "agreement.verdict agrees is not what the sums give (in",
    ],
    ["no layer", "agreement", { tolerance: 0.5 }, "agreement.tolerance 0.5 is not what the sums give (0.005)"],
    ["no layer", "agreement", { deviation: 0 }, "agreement.deviation 0 is not what the sums give"],
    ["no layer", "measured", { confidence: 0.9 }, "measured.confidence 0.9 is not what the sums give (0.95)"],
    ["no layer", "measured", { standardError: 0.5 }, "measured.standardError 0.5 is not what the sums give (0.0"],
    ["no layer", "measured", { interval: [0.1, 0.9] }, "measured.interval.0 0.1 is not what the sums give (0.4"],
    ["no layer", "measured", { samples: 8193 }, "measured.samples 8193 is not what the sums give (8192)"],
    [
      "no layer",
      "measured",
      { runningShift: 0.5 },
      "measured.runningShift 0.5 is not what the rest of the record gives",
    ],
    ["no layer", "measured", { runningShift: null }, "measured.runningShift null is not what the rest of the record"],
    ["no layer", "measured", { outputMean: null }, "measured.outputMean and outputVariance must both be null"],
    [
      "no layer",
      "measured",
      { firstBatch: 256 },
      "sweep.ndjson:12: measured.batches 128 from 256 on are more than the 128 of the scenario",
    ],
    ["a shard", "measured", { firstBatch: 3 }, "measured.firstBatch 3 is not the first of a block"],
    ["to a precision", "measured", { firstBatch: 256 }, "measured.firstBatch 256 is that of a part"],
    ["joined", "measured", { runningShift: 0.5 }, "measured.runningShift 0.5 is not what the rest of the record gives"],
    ["no layer", "theory", { shift: 0.4 }, "theory.shift 0.4 is not what the scenario gives (0.5)"],
    ["no layer", "scenario", { maskCount: 9 }, "scenario.maskCount 9 is not what the scenario gives (2)"],
    ["no layer", "scenario", { inputVariance: 2 }, "scenario.inputVariance 2 is not what the scenario gives (1)"],
    ["no layer", "scenario", { drop: 0.4 }, "scenario.drop 0.4 is not what the scenario gives (0.5)"],
    ["no layer", "scenario", { maxSamples: 5000 }, "scenario.maxSamples 5000 is not what the scenario gives"],
    ["a linear layer", "scenario", { alignment: 1 }, "scenario.alignment 1 is not what the scenario gives ("],
    ["a linear layer", "theory", { testVariance: 1 }, "theory.testVariance 1 is not what the scenario gives"],
    ["a large linear layer", "scenario", { alignment: 2 }, "theory.shift 0."],
    ["weights of a file", "scenario", { alignment: 2 }, "is not what the rest of the record gives"],
    ["rows of a file", "theory", { shift: 0.5 }, "theory.shift 0.5 is not what the rest of the record gives"],
    ["rows of a file", "scenario", { alignment: 4 }, "scenario.alignment 4 is above the width 3"],
  ])("%s: %s %o", (name, part, change, says) => {
    const text = edited(name, part, change);
    expect(() => read(text, "sweep.ndjson:12")).toThrow(
      /^sweep\.ndjson:12: [^\n]+; give records as vshift simulate and vshift sweep/,
    );
    expect(() => read(text, "sweep.ndjson:12")).toThrow(says);
  });
});

describe("a record of another kernel", () => {
  const other = { ...(RECORDS["a linear layer"] as ComparedRecord), kernel: "0".repeat(64) };
  const withTheory = (factor: number) => {
    const { trainVariance, testVariance } = other.theory;
    const theory = { ...other.theory, trainVariance: factor * trainVariance, testVariance: factor * testVariance };
    return JSON.stringify({ ...other, theory });
  };

  it("has weights that are not drawn here", () => {
    // Its theory is held to its alignment, which leaves the scale of the weights.
    expect(() => read(withTheory(2), "here")).not.toThrow();
    expect(() => read(JSON.stringify({ ...other, theory: { ...other.theory, shift: 0.5 } }), "here")).toThrow(
      "theory.shift",
    );
  });

  it("may differ from this one's arithmetic in the last digits, and in no more", () => {
    const { measured } = other;
    const standardError = measured.shift * relativeErrorOf(measured);
    const withError = (factor: number) =>
      JSON.stringify({ ...other, measured: { ...measured, standardError: factor * standardError } });
    expect(() => read(withError(1 + 1e-12), "here")).not.toThrow();
    expect(() => read(withError(1 + 1e-6), "here")).toThrow("measured.standardError");
  });

  it("may have had other masks and blocks, which belong to its version", () => {
    const scenario = { ...other.scenario, maskCount: 7 };
    expect(() => read(JSON.stringify({ ...other, scenario }), "here")).not.toThrow();
    const ours = { ...other, kernel: KERNEL_FINGERPRINT, scenario };
    expect(() => read(JSON.stringify(ours), "here")).toThrow("scenario.maskCount 7");
  });
});

import { describe, expect, it } from "vitest";
import { VshiftError } from "../../../src/errors.ts";
import { createStackExecutor } from "../../../src/executor/stacks.ts";
import { measureStack } from "../../../src/experiment/stack/measure.ts";
import { createStackReader, isOfStack } from "../../../src/experiment/stack/read-record.ts";
import type { StackPlace, StackRecord } from "../../../src/experiment/stack/record.ts";
import { defineStack } from "../../../src/scenario/stack/define.ts";
import type { StackInput } from "../../../src/scenario/stack/stack.ts";
import { SAMPLE_RECORDS } from "../../report/sample-records.ts";
import { changes } from "../changes.ts";

const executor = createStackExecutor({ threads: 1 });
const SMALL = { width: 16, batchSize: 16, batches: 8, depth: 3 } as const;
const measured = (input: StackInput) => measureStack(defineStack({ ...SMALL, ...input }), { executor });

const RECORDS: Readonly<Record<string, StackRecord>> = {
  // Enough samples, and a confidence, at which its training output stands out of the noise whatever is drawn.
  "batch norm": await measured({ batchSize: 64, confidence: 0.8 }),
  "layer norm": await measured({ norm: "layer", noise: "gaussian", keep: 0.7, connection: "residual" }),
  mixed: await measured({ norm: "group", groups: 4, normAt: "2,3", noise: "uout", beta: 0.3, activation: "tanh" }),
  reestimated: await measured({ statistics: "reestimated", reestimateBatches: 4, seed: 'a "π" 🎲' }),
  "reestimated with the noise on": await measured({ statistics: "reestimated-noisy", reestimateBatches: 4 }),
  "an output lost in the noise": await measured({ keep: 0.1, depth: 10, confidence: 0.999999 }),
  corrected: await measured({ statistics: "corrected", noiseAt: "last", activation: "gelu" }),
  "without noise": await measured({ drop: 0 }),
};
executor.close();

const read = await createStackReader();
const record = RECORDS["batch norm"] as StackRecord;
const TEXTS = Object.entries(RECORDS).map(([name, one]) => ({ name, text: JSON.stringify(one) }));

it.each(TEXTS)("a record of $name is read as it was written", ({ text }) => {
  expect(JSON.stringify(read(text, "here"))).toBe(text);
});

// Once in 10⁶ noise alone would pass for an output, at that confidence.
it("where nothing of the training output stands out of the noise, the distance from it is null", () => {
  expect(RECORDS["an output lost in the noise"]?.outputError).toBeNull();
  expect(record.outputError).not.toBeNull();
});

it("a record of a scenario whose seed is a stack's record is not one of a stack", () => {
  const [scenario] = SAMPLE_RECORDS;
  const seed = JSON.stringify(record);
  expect(isOfStack(JSON.stringify({ ...scenario, scenario: { ...scenario?.scenario, seed } }))).toBe(false);
  expect(isOfStack(seed)).toBe(true);
  expect(isOfStack(JSON.stringify(record, null, 2))).toBe(true);
});

const changed = (change: object): string => JSON.stringify({ ...record, ...change });
const withScenario = (change: object): string => changed({ scenario: { ...record.scenario, ...change } });
const withPlace = (at: number, change: object): string =>
  changed({ places: record.places.map((place, index) => (index === at ? { ...place, ...change } : place)) });
const withMeasured = (at: number, change: object): string =>
  withPlace(at, { measured: { ...(record.places[at] as StackPlace).measured, ...change } });

const withOutputError = (change: object): string => changed({ outputError: { ...record.outputError, ...change } });
const withSums = (change: object): string => withOutputError({ sums: { ...record.outputError?.sums, ...change } });

it("a record of the earlier schema is read: its outputs' error was that from noise-free statistics", () => {
  const { outputError: _, noiseFreeError, ...rest } = record;
  const earlier = { ...rest, schema: "vshift.stack/1", outputError: noiseFreeError };
  expect(isOfStack(JSON.stringify(earlier))).toBe(true);
  expect(read(JSON.stringify(earlier), "here")).toEqual({ ...record, outputError: null });
  expect(() => read(JSON.stringify({ ...rest, schema: "vshift.stack/1" }), "here")).toThrow(VshiftError);
});

describe("what is no record of a stack is refused by its place, in one line", () => {
  const [, second] = record.places as readonly [StackPlace, StackPlace];
  const { shift, interval, meanShift } = second.measured;
  it.each<readonly [name: string, text: string, says: string]>([
    ["no JSON", JSON.stringify(record).slice(0, -1), "is not JSON"],
    ["a key twice", JSON.stringify(record).replace('"id":', '"id":"","id":'), "has the key id more than once"],
    ["a field too few", changed({ places: undefined }), "must have required property 'places'"],
    ["another id", changed({ id: "0".repeat(64) }), "has an id that does not match its stack"],
    ["an edited width", withScenario({ width: 32 }), "has an id that does not match its stack"],
    ["an edited drop", withScenario({ drop: 0.25 }), "scenario.drop 0.25 is not what the scenario gives (0.5)"],
    ["blocks that are not there", withScenario({ noiseAt: "9" }), "has an invalid stack"],
    ["an edited depth", withScenario({ depth: 1000 }), "has an id that does not match its stack"],
    ["a place too few", changed({ places: record.places.slice(1) }), "has 3 positions, and a stack of depth 3 has 4"],
    ["blocks in another order", changed({ places: record.places.toReversed() }), "places.0.block 4 is not what"],
    ["another norm", withPlace(1, { meets: "layer" }), "places.1.meets layer is not what the scenario gives (batch)"],
    ["no theory", withPlace(1, { theory: null }), "places.1.theory.shift null is not what the scenario gives"],
    ["another theory", withPlace(1, { theory: { ...second.theory, shift: 0.5 } }), "places.1.theory.shift 0.5 is not"],
    ["another Δ", withMeasured(1, { shift: 0.5 }), "places.1.measured.shift 0.5 is not what the rest of the record"],
    ["another variance", withMeasured(1, { testVariance: 9 }), "places.1.measured.shift"],
    ["another fold", withMeasured(1, { foldedShift: 2 }), "places.1.measured.foldedShift 2 is not what the rest"],
    ["another logarithm", withMeasured(1, { logShift: 1 }), "places.1.measured.logShift 1 is not what the rest"],
    ["another error", withMeasured(1, { standardError: shift }), "places.1.measured.interval.0"],
    ["another end", withMeasured(1, { interval: [interval[0], 9] }), "places.1.measured.interval.1 9 is not what"],
    ["no mean shift", withMeasured(1, { meanShift: null }), "places.1.measured.meanShift must be a number"],
    [
      "another mean shift",
      withMeasured(1, { meanShift: (meanShift ?? 0) + 1 }),
      "is not in the middle of its interval",
    ],
    ["a mean without an error", withMeasured(1, { meanShiftInterval: [meanShift, meanShift] }), "is narrower than"],
    ["another outputs' error", withOutputError({ value: 9 }), "outputError.value 9 is not what the sums give"],
    ["another end of its interval", withOutputError({ interval: [0, 9] }), "outputError.interval"],
    ["other sums", withSums({ numerator: 9 }), "outputError.value"],
    ["sums without a variance", withSums({ denominator: -1 }), "is not what the sums give (null)"],
    [
      "more mini-batches than were compared",
      withSums({ n: 9 }),
      "outputError.sums.n 9 is more than the 8 mini-batches",
    ],
    ["other masks", withOutputError({ masks: 2 }), "outputError.masks 2 is not what the scenario gives"],
    [
      "another distance from noise-free statistics",
      changed({ noiseFreeError: { ...record.noiseFreeError, value: 9 } }),
      "noiseFreeError 9 is not in",
    ],
    ["more tests than trainings", changed({ batches: { train: 8, test: 9 } }), "batches.test 9 is more than"],
    [
      "other trainings",
      changed({ batches: { train: 9, test: 8 } }),
      "batches.train 9 is not what the scenario gives (8)",
    ],
    ["fewer tests", changed({ batches: { train: 8, test: 7 } }), "places.1.measured.interval.0"],
  ])("%s", (_, text, says) => {
    expect(() => read(text, "stacks.ndjson:12")).toThrow(VshiftError);
    expect(() => read(text, "stacks.ndjson:12")).toThrow(/^stacks\.ndjson:12: [^\n]+; give records of vshift\.stack/);
    expect(() => read(text, "stacks.ndjson:12")).toThrow(says);
  });

  it("a mean shift where no means are frozen", () => {
    const layered = RECORDS["layer norm"] as StackRecord;
    const [place, ...others] = layered.places as readonly [StackPlace, ...StackPlace[]];
    const frozen = { ...place.measured, meanShift: 0, meanShiftInterval: [-1, 1] };
    const text = JSON.stringify({ ...layered, places: [{ ...place, measured: frozen }, ...others] });
    expect(() => read(text, "here")).toThrow("places.0.measured.meanShift must be null");
  });
});

it("a record with any single digit replaced is refused, or is another in a kernel or by rounding alone", () => {
  let accepted = 0;
  for (const { text } of TEXTS) {
    for (let at = 0; at < text.length; at += 7) {
      if (!/\d/.test(text[at] ?? "")) continue;
      const damaged = `${text.slice(0, at)}${(Number(text[at]) + 1) % 10}${text.slice(at + 1)}`;
      try {
        read(damaged, "here");
      } catch (error) {
        if (!(error instanceof VshiftError)) throw error;
        continue;
      }
      accepted++;
      const moved = changes(text, damaged).filter(([field]) => field !== "kernel");
      // An interval may be off by 460·2⁻⁴⁸, and moves by a hundredth or more of what its standard error does.
      expect(Math.max(0, ...moved.map(([, change]) => change)), damaged).toBeLessThan(100 * 460 * 2 ** -48);
    }
  }
  expect(accepted).toBeGreaterThan(0);
});

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { VshiftError } from "../../src/errors.ts";
import { recordsOfEarlierStack } from "../../src/experiment/earlier-stack.ts";
import { createRecordReader } from "../../src/experiment/read-record.ts";
import type { ShiftRecord } from "../../src/experiment/record.ts";
import { changes } from "./changes.ts";

/** Lines that a version before wrote, whose records were of whole stacks. */
const LINES = readFileSync(new URL("data/earlier-stacks.ndjson", import.meta.url), "utf8")
  .trimEnd()
  .split("\n");
const CASES = LINES.map((line) => ({ line, earlier: JSON.parse(line) }));

/** Relative. */
const ROUNDING = 1e-9;

function expectSame(value: unknown, expected: unknown, name: string): void {
  if (typeof expected !== "number") expect(value, name).toBe(expected);
  else {
    expect(typeof value, name).toBe("number");
    expect(Math.abs((value as number) - expected), name).toBeLessThanOrEqual(ROUNDING * Math.abs(expected));
  }
}

const expectSameInterval = (value: readonly number[] | null | undefined, expected: readonly number[] | null) => {
  if (expected === null) expect(value ?? null).toBeNull();
  else for (const [end, one] of expected.entries()) expectSame(value?.[end], one, `end ${end}`);
};

it("the file has every kind of norm and statistics, and an output that was lost in the noise", () => {
  expect(LINES).toHaveLength(6);
  expect(CASES.map(({ earlier }) => earlier.outputError === null)).toContain(true);
  expect(new Set(CASES.map(({ earlier }) => earlier.scenario.norm)).size).toBe(3);
});

describe.each(CASES)("the record of an earlier version, of $earlier.scenario", ({ line, earlier }) => {
  const records = recordsOfEarlierStack(line, "old.ndjson:1");

  it("becomes one for each position, with the numbers that it had", () => {
    expect(records).toHaveLength(earlier.scenario.depth + 1);
    for (const [index, { position, measured, theory, scenario, kernel }] of records.entries()) {
      const place = earlier.places[index];
      expect(position?.index).toBe(place.block);
      expect(position?.norm ?? "output").toBe(place.meets);
      for (const name of ["trainVariance", "testVariance", "shift", "meanShift"] as const) {
        expectSame(measured[name], place.measured[name], name);
      }
      // A record has no interval that is wider than twenty times the ratio: it says nothing.
      const { interval, standardError, shift } = place.measured;
      const isKnown = interval[1] / shift <= 20;
      expectSame(measured.standardError, isKnown ? standardError : null, "standardError");
      expectSameInterval(measured.interval, isKnown ? interval : null);
      expectSameInterval(measured.meanShiftInterval, place.measured.meanShiftInterval);
      for (const name of ["shift", "meanShift", "spread"] as const) {
        expectSame(theory?.[name], place.theory?.[name], `theory.${name}`);
      }
      expect(measured.batches).toBe(earlier.batches.test);
      // Not an engine version whose stacks have the draws of this one.
      expect(kernel).toMatch(/^[0-9a-f]{64}$/);
      expect(kernel).not.toBe(earlier.kernel);
      const { activation, ...fields } = earlier.scenario;
      expect(scenario).toMatchObject({ ...fields, nonlinearity: activation, activation: "normal" });
    }
    const { outputs } = records.at(-1) as ShiftRecord;
    expectSame(outputs?.training.value, earlier.outputError?.value ?? null, "outputError");
    expectSameInterval(outputs?.training.interval, earlier.outputError?.interval ?? null);
    expectSame(outputs?.noiseFree.value, earlier.noiseFreeError.value, "noiseFreeError");
    expectSameInterval(outputs?.noiseFree.interval, earlier.noiseFreeError.interval);
    for (const { outputs } of records.slice(0, -1)) expect(outputs).toBeNull();
  });

  it("becomes records that are read as such", async () => {
    const read = await createRecordReader();
    for (const record of records) expect(read(JSON.stringify(record), "here")).toEqual(record);
  });

  it("with any single digit replaced is refused, or is another in kernel or masks, or by rounding alone", () => {
    let accepted = 0;
    for (let at = 0; at < line.length; at += 5) {
      if (!/\d/.test(line[at] ?? "")) continue;
      const damaged = `${line.slice(0, at)}${(Number(line[at]) + 1) % 10}${line.slice(at + 1)}`;
      try {
        recordsOfEarlierStack(damaged, "old.ndjson:1");
      } catch (error) {
        if (!(error instanceof VshiftError)) throw error;
        expect(error.message).toMatch(/^old\.ndjson:1: [^\n]+; measure it again/);
        continue;
      }
      accepted++;
      // An error that is small next to its ratio moves the interval's ends by less than their rounding.
      const moved = changes(line, damaged).filter(([field]) => !UNDETERMINED.test(field));
      expect(Math.max(0, ...moved.map(([, change]) => change)), damaged).toBeLessThan(1e-5);
    }
    expect(accepted).toBeGreaterThan(0);
  });
});

/** Versions may differ in their draws, and in how many masks they average over. */
const UNDETERMINED = /^(kernel|outputError\.masks)$/;

describe("what does not add up is refused by its field, in one line", () => {
  const { earlier } = CASES[0] as (typeof CASES)[number];
  const [, second] = earlier.places;
  const changed = (change: object) => JSON.stringify({ ...earlier, ...change });
  const withPlace = (change: object) =>
    changed({
      places: earlier.places.map((place: object, at: number) => (at === 1 ? { ...place, ...change } : place)),
    });
  const withMeasured = (change: object) => withPlace({ measured: { ...second.measured, ...change } });
  const { shift, interval, meanShift } = second.measured;

  it.each<readonly [name: string, text: string, says: string]>([
    ["no JSON", JSON.stringify(earlier).slice(0, -1), "is not JSON"],
    ["no places", changed({ places: undefined }), "is not a record of vshift.stack/2"],
    ["a place too few", changed({ places: earlier.places.slice(1) }), "another number of positions"],
    ["an edited width", changed({ scenario: { ...earlier.scenario, width: 32 } }), "is not that of its scenario"],
    ["another id", changed({ id: "0".repeat(64) }), "id 000000000000… is not that of its scenario"],
    ["another kernel", changed({ kernel: "new" }), "kernel is not a digest"],
    ["blocks in another order", changed({ places: earlier.places.toReversed() }), "places.0.block 4 is not what"],
    ["another norm", withPlace({ meets: "layer" }), "places.1.meets layer is not what"],
    ["another theory", withPlace({ theory: { ...second.theory, shift: 0.5 } }), "places.1.theory.shift 0.5 is not"],
    ["another Δ", withMeasured({ shift: 0.5 }), "places.1.measured.shift 0.5 is not what the rest of the record gives"],
    ["another variance", withMeasured({ testVariance: 9 }), "places.1.measured.shift"],
    ["no variance", withMeasured({ testVariance: 0 }), "a position has no variance"],
    ["another fold", withMeasured({ foldedShift: 2 }), "places.1.measured.foldedShift 2 is not what"],
    ["another logarithm", withMeasured({ logShift: 1 }), "places.1.measured.logShift 1 is not what"],
    ["another error", withMeasured({ standardError: shift }), "places.1.measured.interval.0"],
    ["another end", withMeasured({ interval: [interval[0], 9] }), "places.1.measured.interval.1 9 is not what"],
    ["another mean shift", withMeasured({ meanShift: meanShift + 1 }), "places.1.measured.meanShiftInterval.0"],
    ["another outputs' error", changed({ outputError: { ...earlier.outputError, value: 9 } }), "outputError.value 9"],
    ["another distance", changed({ noiseFreeError: { ...earlier.noiseFreeError, value: 9 } }), "noiseFreeError"],
    ["more tests than trainings", changed({ batches: { train: 12, test: 13 } }), "batches.test 13 is more than"],
    ["other trainings", changed({ batches: { train: 13, test: 12 } }), "scenario.batches 12 is not what"],
    ["fewer tests", changed({ batches: { train: 12, test: 11 } }), "places.1.measured.interval.0"],
  ])("%s", (_, text, says) => {
    expect(() => recordsOfEarlierStack(text, "old.ndjson:12")).toThrow(VshiftError);
    expect(() => recordsOfEarlierStack(text, "old.ndjson:12")).toThrow(/^old\.ndjson:12: [^\n]+; measure it again/);
    expect(() => recordsOfEarlierStack(text, "old.ndjson:12")).toThrow(says);
  });
});

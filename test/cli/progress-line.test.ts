import { expect, it } from "vitest";
import { progressLine, rateInWords } from "../../src/cli/progress-line.ts";

const WORDS = ["128,000 samples/s", "Δ ±0.12 %", "1,280,000 of about 4,000,000 samples"];
const RUN = { done: 32, total: 100, elapsedMs: 10_000, words: WORDS };

it("has a bar, the percentage and the time left, by the rate so far", () => {
  // 68 of 100 are left, at 3.2 a second: 21.25 s.
  expect(progressLine(RUN, 120)).toBe(
    `${"█".repeat(7)}${"░".repeat(17)} 32 %, 22 s left, 128,000 samples/s, Δ ±0.12 %, 1,280,000 of about 4,000,000 samples`,
  );
});

it("leaves out the least important words where they do not fit, and then a part of the bar", () => {
  expect(progressLine(RUN, 80)).toBe(`${"█".repeat(7)}${"░".repeat(17)} 32 %, 22 s left, 128,000 samples/s, Δ ±0.12 %`);
  expect(progressLine(RUN, 60)).toBe(`${"█".repeat(2)}${"░".repeat(6)} 32 %, 22 s left, 128,000 samples/s, Δ ±0.12 %`);
  expect(progressLine(RUN, 40)).toBe(`${"█".repeat(5)}${"░".repeat(11)} 32 %, 22 s left`);
});

it("is shorter than any terminal is wide", () => {
  for (let columns = 1; columns <= 200; columns++) {
    for (const done of [0, 1, 50, 99, 100]) {
      expect([...progressLine({ ...RUN, done }, columns)].length).toBeLessThan(columns);
    }
  }
});

it("says no time before anything is done, and never 100 % of what goes on", () => {
  expect(progressLine({ ...RUN, done: 0, words: [] }, 80)).toBe(`${"░".repeat(24)} 0 %`);
  expect(progressLine({ ...RUN, done: 120, words: [] }, 80)).toBe(`${"█".repeat(24)} 99 %, 1 s left`);
});

it("takes the rate from what this run has done", () => {
  // 10 of 100 in 10 s, after 50 that were there: 40 s for the rest.
  expect(progressLine({ done: 60, before: 50, total: 100, elapsedMs: 10_000, words: [] }, 80)).toContain(
    "60 %, 40 s left",
  );
});

it.each([
  [1_280_000, 10_000, "128,000 samples/s"],
  [25, 10_000, "2.5 samples/s"],
  [3, 60_000, "3 samples/min"],
])("%d in %d ms are %s", (count, elapsedMs, words) => {
  expect(rateInWords(count, elapsedMs, "samples")).toBe(words);
});

import { describe, expect, it } from "vitest";
import { type Choice, CONTROLS } from "../../src/explorer/controls.ts";
import { firstState } from "../../src/explorer/first-state.ts";
import { PRESETS } from "../../src/explorer/presets.ts";
import type { Run } from "../../src/explorer/questions.ts";
import { layerOf, networkOf, type State, stackOf, withField } from "../../src/explorer/state.ts";
import { simulate, stack, theory } from "../../src/index.ts";
import { vshift } from "../cli/in-process.ts";
import { allAnswers, lastAnswer } from "./answers.ts";

const FIRST = firstState();

/** The first state with a value of a control, and what the page changes with it. */
function chosen(field: string, { value, mean, ...facts }: Choice): State {
  const state = value === "dropconnect" ? withField(FIRST, "layer", "linear") : FIRST;
  return withField(state, field, value, { ...facts, mean: mean === undefined ? undefined : String(mean) });
}

const CHOICES = CONTROLS.flatMap((control) =>
  control.kind === "choice" ? control.choices.map((choice) => [control.field, choice] as const) : [],
);

describe("a description", () => {
  it("has the command that everybody types first, and what it comes to", async () => {
    expect(await lastAnswer({ kind: "describe", run: layerOf(FIRST) })).toEqual({
      command: "vshift simulate --keep 0.5 --width 512",
      sentence: "At test time BN's output has half the variance it had during training.",
      theory: { name: "BN", shift: 0.5, reason: null },
    });
  });

  it.each(CHOICES)("of %s %o is that of a scenario", async (field, choice) => {
    const { command } = await lastAnswer({ kind: "describe", run: layerOf(chosen(field, choice)) });
    expect(command).toMatch(/^vshift simulate /);
  });

  it.each(PRESETS)("of “$name” has the Δ of the library", async ({ change }) => {
    const state = { ...FIRST, ...change };
    const { theory: described } = await lastAnswer({ kind: "describe", run: layerOf(state) });
    const { keep, mean, rho, width, alignment, ...texts } = layerOf(state).fields;
    const { depth, network, ...others } = texts as Record<string, string>;
    const numbers = { keep: Number(keep), mean: Number(mean), rho: Number(rho), width: Number(width) };
    const ofLayer = alignment === undefined ? {} : { alignment: Number(alignment) };
    expect(described.shift).toBe(theory({ ...others, ...numbers, ...ofLayer }).theory?.shift);
  });

  it("names a field that there is not, as everywhere", async () => {
    const run: Run = { command: "simulate", fields: { keeep: "0.5" } };
    await expect(lastAnswer({ kind: "describe", run })).rejects.toThrow(
      "keeep: is not a field of a scenario; did you mean keep",
    );
  });
});

describe("a measurement", () => {
  const few = { ...FIRST, samples: "4096", width: "64" };

  it.each<readonly [string, Run]>([
    ["the layer", layerOf(few)],
    ["a linear layer", layerOf({ ...few, layer: "linear", rho: "0.2", alignment: "4" })],
    ["the stack", stackOf({ ...FIRST, width: "16", depth: "2" })],
    ["the network", networkOf({ network: "input(16) relu dropout(0.5) linear(16) bn" })],
  ])("of %s ends with the bytes that its command prints", async (_, run) => {
    const { command } = await lastAnswer({ kind: "describe", run });
    const { records } = await lastAnswer({ kind: "measure", run });
    // The words of a shell, without its quotes.
    const args = [...command.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? "");
    const { stdout } = await vshift([...args.slice(1), "--format", "ndjson"]);
    expect(records).toBe(stdout);
  });

  it("says on the way what is known, with a share that rises", async () => {
    const run = layerOf({ ...FIRST, layer: "linear", alignment: "1", precision: "0.001" });
    const answers = await allAnswers({ kind: "measure", run });
    const [first, ...others] = answers.slice(0, -1);
    expect(others.length).toBeGreaterThan(1);
    expect([first?.records, others[0]?.records]).toEqual([null, null]);
    expect(first?.share).toBeGreaterThan(0);
    expect(others.at(-1)?.samples).toBeGreaterThan(first?.samples ?? Number.POSITIVE_INFINITY);
    expect(others.at(-1)?.positions).toHaveLength(1);
  });

  it("ends with the record of the library", async () => {
    const run = layerOf({ ...FIRST, layer: "linear", alignment: "1", precision: "0.004" });
    const { positions, records, share } = await lastAnswer({ kind: "measure", run });
    expect(share).toBe(1);
    const [record] = [await simulate({ layer: "linear", alignment: 1, precision: 0.004 })];
    expect(records).toBe(`${JSON.stringify(record)}\n`);
    expect(positions).toEqual([
      {
        name: "BN",
        shift: record.theory?.shift,
        reason: null,
        measured: record.measured.shift,
        interval: record.measured.interval,
        verdict: record.agreement.verdict,
      },
    ]);
  });
});

it("theory has each position, and the reason why a run is none", async () => {
  const runs = [stackOf({ ...FIRST, depth: "2", width: "16" }), stackOf({ ...FIRST, depth: "0" })];
  const [known, refused] = await lastAnswer({ kind: "theory", runs });
  const records = await stack({ depth: 2, width: 16, keep: 0.5, batches: 8 });
  expect(known).toEqual({
    positions: records.map(({ position, theory }) => ({
      name: position?.name,
      shift: theory?.shift,
      reason: null,
    })),
  });
  expect(refused).toEqual({ error: "depth: 0 is not a whole number from 1 to 1000; try 8" });
});

it("a histogram shows where most values of training are, and counts all", async () => {
  const histogram = await lastAnswer({ kind: "histogram", run: layerOf({ ...FIRST, activation: "relu" }), batches: 8 });
  const [from, to] = histogram.range;
  // What a ReLU and a mask leave is never below 0, and 4 deviations above the mean is enough.
  expect(from).toBe(0);
  expect(to).toBeLessThan(5);
  for (const { counts, outside } of [histogram.train, histogram.test]) {
    expect(counts.reduce((sum, count) => sum + count, outside[0] + outside[1])).toBe(8 * 256);
  }
});

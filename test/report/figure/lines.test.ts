import { mean as sampleMean, sampleStandardDeviation } from "simple-statistics";
import { describe, expect, it } from "vitest";
import { defineScenario, type ScenarioInput, type ShiftRecord } from "../../../src/index.ts";
import type { FigureRequest } from "../../../src/report/figure/axes.ts";
import type { LinesFigure, Series } from "../../../src/report/figure/figure.ts";
import { figureOf } from "../../../src/report/figure/make.ts";
import { theoryOf } from "../../experiment/measured-one.ts";
import { grid, recordsOf } from "./records.ts";

const byMean = await recordsOf(grid([0.2, 0.5, 0.8], [1, 0], (keep, mean) => ({ keep, mean })));
const LAYER = { layer: "linear", neurons: 3, rho: 0.2 } as const;

/** The figure of some records, with the series of its only panel. */
function lines(
  records: readonly ShiftRecord[],
  request: FigureRequest = {},
): LinesFigure & { readonly series: readonly Series[] } {
  const figure = figureOf(records, request);
  if (figure.kind !== "lines") throw new Error("a heat map");
  expect(figure.panels).toHaveLength(1);
  return { ...figure, series: figure.panels[0]?.series ?? [] };
}

/** The panels of a figure, with their labels. */
function panels(records: readonly ShiftRecord[], request: FigureRequest): LinesFigure["panels"] {
  const figure = figureOf(records, request);
  if (figure.kind !== "lines") throw new Error("a heat map");
  return figure.panels;
}

/** What theory says of a scenario of this file's width. */
function shiftOf(input: ScenarioInput): number {
  return theoryOf(defineScenario({ width: 4, ...input })).shift;
}

describe("series", () => {
  it("have a label each, numbers in ascending order, and the points as measured", () => {
    const { series } = lines(byMean);
    expect(series.map(({ label }) => label)).toEqual(["c = 0", "c = 1"]);
    expect(series[1]?.points).toEqual(
      byMean.slice(0, 3).map(({ scenario, measured }) => ({
        x: scenario.keep,
        y: measured.shift,
        interval: measured.interval,
      })),
    );
  });

  it("a record without an interval is a point without one, whatever is shown of it", async () => {
    const records = await recordsOf(
      [0.4, 0.6].map((keep) => ({ keep, activation: "relu", mean: -4, rho: 1, samples: 2 ** 18 })),
    );
    expect(records.map(({ measured }) => measured.interval)).toEqual([null, null]);
    for (const y of ["shift", "deviation", "trainVariance"] as const) {
      const points = lines(records, { y }).series.flatMap((series) => series.points);
      expect(points.map(({ interval }) => interval)).toEqual([null, null]);
    }
  });

  it("one alone has no label", () => {
    expect(lines(byMean.slice(0, 3)).series.map(({ label }) => label)).toEqual([""]);
  });

  it("several fields make combined labels", async () => {
    const records = await recordsOf(grid([0.2, 0.4, 0.6], [2, 4], (keep, width) => ({ keep, width, rho: width / 10 })));
    const more = await recordsOf([{ keep: 0.2, width: 2, rho: 0.4 }]);
    expect(lines([...records, ...more]).series.map(({ label }) => label)).toEqual([
      "ρ = 0.2, d = 2",
      "ρ = 0.4, d = 2",
      "ρ = 0.4, d = 4",
    ]);
  });

  it("kinds of input are told apart by the name of their distribution", async () => {
    const records = await recordsOf(
      grid([0.2, 0.4], [{ mean: 0.5 }, { activation: "relu" as const }], (keep, input) => ({ ...input, keep })),
    );
    expect(lines(records).series.map(({ label }) => label)).toEqual(["N(0.5, 1)", "ReLU of N(0, 1)"]);
  });

  it("noises, sizes of channels and scalings are told apart by name, and said where they are the same", async () => {
    const kinds: readonly ScenarioInput[] = [
      { noise: "spatial", channelSize: 2 },
      { noise: "spatial", channelSize: 4 },
      { noise: "alpha" },
      { scaling: "classic" },
    ];
    const records = await recordsOf(grid([0.2, 0.4], kinds, (keep, kind) => ({ ...kind, keep })));
    expect(lines(records).series.map(({ label }) => label)).toEqual([
      "spatial, channel size = 2",
      "spatial, channel size = 4",
      "alpha",
      "Bernoulli",
    ]);
    const one = await recordsOf([0.2, 0.4].map((keep) => ({ keep, noise: "spatial" as const, channelSize: 2 })));
    expect(JSON.stringify(lines(one))).toContain("Held fixed: spatial dropout, channels of 2, N(0, 1)");
  });

  it("too many to tell apart are an error that names the way out", async () => {
    const means = Array.from({ length: 13 }, (_, index) => index);
    const records = await recordsOf(means.map((mean) => ({ mean, keep: 0.5 })));
    expect(() => lines(records, { x: "c", by: "seed" })).not.toThrow();
    const more = await recordsOf(means.map((mean) => ({ mean, keep: 0.6 })));
    expect(() => lines([...records, ...more], { x: "p" })).toThrow(
      "by: c make 13 lines, and at most 12 are distinguishable",
    );
  });
});

describe("the closed form", () => {
  it.each([
    ["keep", "keep"],
    ["σ²", "relativeVariance"],
  ] as const)("along %s is what theory says at each place", (x, field) => {
    const { series } = lines(byMean, { x });
    expect(series).toHaveLength(2);
    for (const [mean, { line, points }] of series.entries()) {
      expect(line).toHaveLength(101);
      expect(line[0]?.x).toBe(Math.min(...points.map((point) => point.x)));
      expect(line[100]?.x).toBe(Math.max(...points.map((point) => point.x)));
      for (const place of line) expect(place.y).toBe(shiftOf({ mean, [field]: place.x }));
    }
  });

  it("with a given alignment needs no weights of its own", async () => {
    const records = await recordsOf([0.2, 0.8].map((keep) => ({ ...LAYER, alignment: 2, keep })));
    const [{ line } = { line: [] }] = lines(records).series;
    expect(line).toHaveLength(101);
    // Weights in single precision are of their alignment to some 10⁻⁷.
    for (const { x, y } of line) expect(y).toBeCloseTo(shiftOf({ ...LAYER, alignment: 2, keep: x }), 6);
  });

  it("along the alignment goes through records of any width and weights", async () => {
    const records = await recordsOf(
      grid([4, 16, 64], [0, 0.5], (width, weightMean) => ({ ...LAYER, width, weightMean })),
    );
    const { series, x } = lines(records, { x: "alignment" });
    expect(series).toHaveLength(1);
    expect(x.title).toBe("alignment d·cos²θ of the weights");
    expect(series[0]?.line).toHaveLength(101);
    for (const record of records) {
      const { alignment } = record.scenario;
      // eq. 12 with v = 1, c = 0, σ² = 1: Δ depends on the alignment alone.
      const shared = 1 + 0.2 * ((alignment ?? 0) - 1);
      expect(record.theory.shift).toBeCloseTo(shared / (shared + 1), 6);
    }
    for (const { x: alignment, y } of series[0]?.line ?? []) {
      const shared = 1 + 0.2 * (alignment - 1);
      expect(y).toBeCloseTo(shared / (shared + 1), 6);
    }
  });

  it.each([
    ["widths", [4, 8, 16].map((width) => ({ ...LAYER, width }))],
    ["random weights", [0.2, 0.5, 0.8].map((keep) => ({ ...LAYER, keep }))],
  ])("of %s joins what the records say, and the caption says so", async (_, inputs) => {
    const records = await recordsOf(inputs);
    const { series, caption } = lines(records);
    expect(series[0]?.line.map(({ y }) => y)).toEqual(records.map(({ theory }) => theory.shift));
    expect(caption.join(" ")).toContain("Lines: closed form at each record, joined.");
  });

  it("joins where a field that shapes it varies along x", async () => {
    const records = await recordsOf([1, 2, 3].map((index) => ({ keep: index / 4, mean: index })));
    expect(lines(records).series[0]?.line).toHaveLength(3);
  });

  it("of quantities without one joins what was measured", () => {
    const { series, caption } = lines(byMean, { y: "output-mean" });
    expect(series[0]?.line.map(({ y }) => y)).toEqual(series[0]?.points.map(({ y }) => y));
    expect(caption.join(" ")).toContain("Symbols: measured. Lines join the symbols.");
  });

  it.each(["trainVariance", "testVariance"] as const)("of %s lies in the interval of most records", async (y) => {
    const { series } = lines(byMean, { y });
    const points = series.flatMap(({ points }) => points);
    const records = [...byMean.slice(3), ...byMean.slice(0, 3)];
    const hits = points.filter(({ interval }, index) => {
      const expected = records[index]?.theory[y] ?? Number.NaN;
      return interval !== null && interval[0] <= expected && expected <= interval[1];
    });
    // Six intervals of 95 %: fewer than 4 hold the truth with a probability of 0.2 %. The seed is fixed.
    expect(hits.length).toBeGreaterThanOrEqual(4);
  });
});

describe("the deviation", () => {
  it("has the tolerance as its band, the zero line for theory and intervals of the ratio", () => {
    const { band, series, y } = lines(byMean, { y: "deviation" });
    expect(band).toBe(0.005);
    expect(y.isPercentage).toBe(true);
    expect(series.flatMap(({ line }) => line)).toEqual([]);
    const [first] = byMean;
    expect(series[1]?.points[0]).toEqual({
      x: 0.2,
      y: first?.agreement.deviation,
      interval: first?.measured.interval?.map((end) => end / first.theory.shift - 1),
    });
  });

  it("has the narrowest band where tolerances differ", async () => {
    const records = await recordsOf([0.2, 0.4].map((keep, index) => ({ keep, tolerance: 0.01 * (index + 1) })));
    expect(lines(records, { y: "deviation" }).band).toBe(0.01);
  });
});

describe("the axis", () => {
  it("of values in equal ratios is logarithmic, with them as ticks", async () => {
    const records = await recordsOf([2, 4, 8, 16].map((width) => ({ width })));
    expect(lines(records).x).toMatchObject({ title: "width d", isLogarithmic: true, ticks: [2, 4, 8, 16] });
    expect(lines(byMean).x).toMatchObject({
      title: "keep probability p",
      isLogarithmic: false,
      ticks: [0.2, 0.5, 0.8],
    });
  });
});

it("a mean of relu units is that of the normal before it, and the title says so", async () => {
  const records = await recordsOf([0, 1].map((mean) => ({ mean, activation: "relu" as const })));
  expect(lines(records).x.title).toBe("mean c of the input, before the ReLU");
});

describe("the caption", () => {
  it("says what is held fixed and what the marks mean", () => {
    expect(lines(byMean)).toMatchObject({
      subtitle: "Held fixed: Bernoulli dropout, normal input, variance 1, uncorrelated, 4 units, no layer.",
      caption: ["Symbols: measured, with 95 % intervals. Lines: closed form."],
    });
  });

  it("names the noise, the input and the layer in words, as far as all records share them", async () => {
    const law = { ...LAYER, activation: "relu", keep: 0.5, alignment: 2, neurons: 64 } as const;
    const widths = await recordsOf([4, 8].map((width) => ({ ...law, width })));
    expect(lines(widths).subtitle).toBe(
      "Held fixed: Bernoulli dropout, keep 0.5, ReLU of N(0, 1), correlation 0.2, linear, 64 neurons, normal weights, alignment d·cos²θ 2.",
    );
    const noises = await recordsOf(
      (["bernoulli", "gaussian"] as const).map((noise) => ({ noise, relativeVariance: 0.25 })),
    );
    expect(lines(noises).subtitle).toBe(
      "Held fixed: σ² = 0.25 (as keep 0.8), N(0, 1), uncorrelated, 4 units, no layer.",
    );
  });

  it("says when records are of several kernels, and when some are left out", () => {
    const [first, ...rest] = byMean;
    const strange = [{ ...first, kernel: "0".repeat(64) } as ShiftRecord, ...rest];
    expect(lines(strange).caption).toContain("The records come from 2 engine versions, which draw different numbers.");
    const silent = byMean.map((record, index) =>
      index === 0 ? { ...record, measured: { ...record.measured, outputMean: null } } : record,
    );
    expect(lines(silent, { y: "outputMean" }).caption).toContain("1 record has no such value and is left out.");
  });

  it("no record with the quantity is an error", () => {
    const silent = byMean.map((record) => ({ ...record, measured: { ...record.measured, outputMean: null } }));
    expect(() => lines(silent, { y: "outputMean" })).toThrow(
      "y: outputMean is missing from every record; merged records have none",
    );
  });
});

it("no records are an error", () => {
  expect(() => figureOf([], {})).toThrow("records: are missing from the input");
});

describe("the alignment over the width", () => {
  const sweep = (widths: readonly number[]) =>
    recordsOf(grid(widths, [0, 0.5], (width, weightMean) => ({ ...LAYER, width, weightMean })));

  it("has the average over draws as lines, and a straight one by least squares, each on an axis in equal steps", async () => {
    const { x, series, caption } = lines(await sweep([4, 16, 64]), { x: "d", y: "alignment" });
    expect(x.isLogarithmic).toBe(false);
    expect(series.map(({ label }) => label)).toEqual(["weight mean = 0", "weight mean = 0.5"]);
    for (const { x: width, y } of series[0]?.line ?? []) expect([y, width > 0]).toEqual([1, true]);
    // μ²/(1 + μ²) = 1/5.
    expect(series[1]?.line.at(-1)).toEqual({ x: 64, y: 1 + 63 / 5 });
    expect(series.map(({ fit }) => fit.map((place) => place.x))).toEqual([
      [4, 64],
      [4, 64],
    ]);
    expect(caption.at(-1)).toMatch(
      /^Dotted, by least squares: d·cos²θ = \S+\(\S+\)·d [+−] \S+ \(weight mean = 0\); d·cos²θ = .* \(weight mean = 0\.5\)\.$/,
    );
  });

  it("of two widths has no straight line", async () => {
    const { series, caption } = lines(await sweep([4, 16]), { x: "d", y: "alignment" });
    expect(series.map(({ fit }) => fit)).toEqual([[], []]);
    expect(caption.join(" ")).not.toContain("least squares");
  });

  it("of constant weights is the width, and has no average over draws", async () => {
    const records = await recordsOf([4, 8, 16].map((width) => ({ ...LAYER, width, weights: "constant" as const })));
    const [series] = lines(records, { x: "d", y: "alignment" }).series;
    expect(series?.line).toEqual([]);
    expect(series?.fit.map(({ y }) => Math.round(y * 1e9) / 1e9)).toEqual([4, 16]);
  });

  it("of records without a layer is an error that says where one comes from", async () => {
    const records = await recordsOf([4, 8].map((width) => ({ width })));
    expect(() => lines(records, { x: "d", y: "alignment" })).toThrow(
      "y: alignment is missing from every record; the weights of a linear layer have one: give records with `layer` linear",
    );
  });
});

describe("panels", () => {
  it("have a label each, numbers in ascending order, and one look for the same series", async () => {
    const records = await recordsOf(
      grid([0.2, 0.4], [8, 4], (keep, width) => ({ keep, width, mean: 0 })).concat(
        grid([0.2, 0.4], [4], (keep, width) => ({ keep, width, mean: 1 })),
      ),
    );
    const [first, second, ...more] = panels(records, { x: "p", facet: "d" });
    expect([first?.label, second?.label, more]).toEqual(["d = 4", "d = 8", []]);
    expect(first?.series.map(({ label }) => label)).toEqual(["c = 0", "c = 1"]);
    expect(second?.series.map(({ label }) => label)).toEqual(["c = 0"]);
    expect(second?.series[0]?.look).toEqual(first?.series[0]?.look);
  });

  it("of kinds of input bear the law's name only where it is one law", async () => {
    const records = await recordsOf(
      grid([0.2, 0.4], ["normal", "relu"] as const, (keep, activation) => ({ keep, activation })),
    );
    expect(panels(records, { x: "p", facet: "activation" }).map(({ label }) => label)).toEqual([
      "N(0, 1)",
      "ReLU of N(0, 1)",
    ]);
  });

  it("are at most 16", async () => {
    const records = await recordsOf(
      grid(
        [0.2, 0.4],
        Array.from({ length: 17 }, (_, index) => index),
        (keep, mean) => ({ keep, mean }),
      ),
    );
    expect(() => panels(records, { x: "p", facet: "mean" })).toThrow(
      "facet: c makes 17 panels, and no more than 16 fit",
    );
  });
});

describe("categories", () => {
  it("lie at 0, 1, 2 in the order in which they come, with theory at each and their names on the axis", async () => {
    const noises = ["uout", "bernoulli", "gaussian"] as const;
    const records = await recordsOf(noises.map((noise) => ({ noise, relativeVariance: 0.003 })));
    const { x, series, caption } = lines(records);
    expect(x).toMatchObject({ title: "noise", ticks: [0, 1, 2], names: ["Uout", "Bernoulli", "Gaussian"] });
    expect(series).toHaveLength(1);
    expect(series[0]?.points.map((point) => [point.x, point.y])).toEqual(
      records.map(({ measured }, index) => [index, measured.shift]),
    );
    // eq. 8 with v = 1 and c = 0.
    for (const { y } of series[0]?.line ?? []) expect(y).toBeCloseTo(1 / 1.003, 9);
    expect(caption).toEqual(["Symbols: measured, with 95 % intervals. Dashes: closed form."]);
  });

  it("have a series for what else varies", async () => {
    const records = await recordsOf(
      grid(["bernoulli", "gaussian"] as const, [0.2, 0.4], (noise, keep) => ({ noise, keep })),
    );
    const { x, series } = lines(records, { x: "noise" });
    expect(x.names).toEqual(["Bernoulli", "Gaussian"]);
    expect(series.map(({ label }) => label)).toEqual(["p = 0.2", "p = 0.4"]);
  });

  it("of several networks are means with a bar", async () => {
    const records = await recordsOf(
      grid(["a", "b", "c"], ["normal", "xavier"] as const, (seed, weights) => ({ ...LAYER, seed, weights })),
    );
    const { series } = lines(records, { x: "weights" });
    const [one] = series;
    const shifts = records.slice(0, 3).map(({ measured }) => measured.shift);
    const [mean, deviation] = [sampleMean(shifts), sampleStandardDeviation(shifts)];
    expect(one?.points[0]?.y).toBeCloseTo(mean, 12);
    expect(one?.points[0]?.interval?.[0]).toBeCloseTo(mean - deviation, 12);
    expect(one?.spread).toBeUndefined();
  });
});

describe("looks", () => {
  it("follow a number by colour, and tell names by colour, symbol and dashes", async () => {
    expect(lines(byMean).hues).toEqual({ count: 2, isOrdered: true });
    expect(lines(byMean).series.map(({ look }) => look)).toEqual([
      { hue: 0, symbol: 0, dashes: 0 },
      { hue: 1, symbol: 1, dashes: 0 },
    ]);
    const noises = await recordsOf(
      grid([0.2, 0.4], ["bernoulli", "gaussian"] as const, (keep, noise) => ({ keep, noise })),
    );
    expect(lines(noises, { x: "p" }).hues).toEqual({ count: 2, isOrdered: false });
    expect(lines(noises, { x: "p" }).series.map(({ look }) => look)).toEqual([
      { hue: 0, symbol: 0, dashes: 0 },
      { hue: 1, symbol: 1, dashes: 1 },
    ]);
  });

  it("of two fields have the colour of the one with more values and the symbol of the other", async () => {
    const records = await recordsOf(
      grid([0.2, 0.4], [0, 1, 2], (keep, mean) => ({ keep, mean })).flatMap((input) =>
        (["bernoulli", "gaussian"] as const).map((noise) => ({ ...input, noise })),
      ),
    );
    const { series, hues } = lines(records, { x: "p" });
    expect(hues).toEqual({ count: 3, isOrdered: true });
    expect(series.map(({ label, look }) => [label, look.hue, look.symbol])).toEqual([
      ["Bernoulli, c = 0", 0, 0],
      ["Bernoulli, c = 1", 1, 0],
      ["Bernoulli, c = 2", 2, 0],
      ["Gaussian, c = 0", 0, 1],
      ["Gaussian, c = 1", 1, 1],
      ["Gaussian, c = 2", 2, 1],
    ]);
  });
});

describe("networks that differ in their seed alone", () => {
  const [SEEDS, WIDTHS] = [
    ["a", "b", "c"],
    [4, 8],
  ] as const;

  it("are a point at their mean, and a band of a standard deviation to either side", async () => {
    const records = await recordsOf(grid(SEEDS, WIDTHS, (seed, width) => ({ ...LAYER, seed, width })));
    const { series, caption } = lines(records, { x: "d" });
    expect(series.length).toBe(1);
    for (const [at, width] of WIDTHS.entries()) {
      const shifts = records.filter(({ scenario }) => scenario.width === width).map(({ measured }) => measured.shift);
      const [mean, deviation] = [sampleMean(shifts), sampleStandardDeviation(shifts)];
      expect(series[0]?.points[at]).toEqual({ x: width, y: expect.closeTo(mean, 12), interval: null });
      expect(series[0]?.spread?.[at]?.low).toBeCloseTo(mean - deviation, 12);
      expect(series[0]?.spread?.[at]?.high).toBeCloseTo(mean + deviation, 12);
    }
    expect(caption.join(" ")).toContain(
      "measured, mean of 3 networks, with one standard deviation between them to either side",
    );
  });
});

import { describe, expect, it } from "vitest";
import { simulate } from "../../../src/index.ts";
import { chooseAxes } from "../../../src/report/figure/axes.ts";
import { grid, recordsOf } from "./records.ts";

const keepsAndWidths = await recordsOf(grid([0.2, 0.4, 0.6], [2, 4], (keep, width) => ({ keep, width })));
const noises = await recordsOf(
  (["bernoulli", "uout"] as const).flatMap((noise, index) =>
    [0.1, 0.2, 0.3].map((relativeVariance) => ({ noise, relativeVariance: relativeVariance + index / 100 })),
  ),
);
const aligned = await recordsOf(
  grid([2, 4, 8], [0, 0.5], (width, weightMean) => ({
    width,
    weightMean,
    layer: "linear" as const,
    neurons: 2,
    rho: 0.2,
  })),
);

describe("without a word", () => {
  it("x is the number with the most values, and what else varies makes the series", () => {
    expect(chooseAxes(keepsAndWidths, {})).toEqual({
      kind: "lines",
      x: "keep",
      y: "shift",
      by: ["width"],
      facet: null,
    });
  });

  it("a field that goes hand in hand with x makes no series", async () => {
    const records = await recordsOf([1, 2, 3].map((index) => ({ keep: index / 4, width: index })));
    expect(chooseAxes(records, {})).toMatchObject({ x: "keep", by: [] });
  });

  it("the spellings of one strength are one field", () => {
    expect(chooseAxes(noises, { x: "relative-variance" })).toMatchObject({ x: "relativeVariance", by: ["noise"] });
  });

  it("the strength of Uout is its β", async () => {
    const records = await recordsOf([0.1, 0.2].map((beta) => ({ noise: "uout" as const, beta })));
    expect(chooseAxes(records, {})).toMatchObject({ x: "beta", by: [] });
  });

  it("x is a kind where no number varies, and the strengths that go with it make no series", async () => {
    const records = await recordsOf([
      { noise: "uout", beta: 0.1 },
      { noise: "bernoulli", relativeVariance: 1 / 300 },
    ]);
    expect(chooseAxes(records, {})).toMatchObject({ x: "noise", by: [] });
    expect(chooseAxes(noises, { x: "noise" })).toMatchObject({ x: "noise", by: ["keep"] });
  });

  it("what the panels say makes no series", () => {
    expect(chooseAxes(keepsAndWidths, { facet: "d" })).toMatchObject({ x: "keep", by: [], facet: "width" });
    expect(chooseAxes(keepsAndWidths, { facet: "p" })).toMatchObject({ x: "width", by: [], facet: "keep" });
  });

  it("seeds make more points and no more lines", async () => {
    const records = await recordsOf(grid([0.2, 0.4], ["a", "b"], (keep, seed) => ({ keep, seed })));
    expect(chooseAxes(records, {})).toMatchObject({ x: "keep", by: [] });
    expect(chooseAxes(records, { by: "seed" })).toMatchObject({ by: ["seed"] });
  });
});

describe("as asked for", () => {
  it.each([
    ["p", "keep"],
    ["keep", "keep"],
    ["--keep", "keep"],
    ["d", "width"],
    ["σ²", "relativeVariance"],
    ["relative-variance", "relativeVariance"],
  ])("x %s is the field %s", (x, field) => {
    expect(chooseAxes(keepsAndWidths, { x })).toMatchObject({ x: field });
  });

  it("fields of --by come first, and others that vary are added", () => {
    expect(chooseAxes(aligned, { x: "d", by: "weight-mean" })).toMatchObject({ by: ["weightMean"] });
    expect(chooseAxes(aligned, { x: "d", by: "seed" })).toMatchObject({ by: ["seed", "weightMean"] });
  });

  it("the alignment stands for the widths and means behind it", () => {
    expect(chooseAxes(aligned, { x: "alignment" })).toMatchObject({
      kind: "lines",
      x: "alignment",
      y: "shift",
      by: [],
    });
  });

  it("the alignment goes up as a quantity, and as a field where a heat map is asked for or it was", async () => {
    expect(chooseAxes(aligned, { y: "alignment" })).toMatchObject({ kind: "lines", x: "width", y: "alignment" });
    expect(chooseAxes(aligned, { x: "d", y: "d·cos²θ" })).toMatchObject({ y: "alignment", by: ["weightMean"] });
    expect(chooseAxes(aligned, { x: "d", y: "alignment", color: "shift" })).toMatchObject({ kind: "heat" });
    expect(() => chooseAxes(aligned, { x: "alignment", y: "alignment" })).toThrow("alignment is the field of `x`");
    const asked = await recordsOf(
      grid([2, 4], [1, 2], (width, alignment) => ({ width, alignment, layer: "linear" as const, neurons: 2 })),
    );
    expect(chooseAxes(asked, { x: "d", y: "alignment" })).toMatchObject({ kind: "heat", y: "alignment" });
  });

  it("a field as y makes a heat map", () => {
    expect(chooseAxes(keepsAndWidths, { y: "d" })).toMatchObject({
      kind: "heat",
      x: "keep",
      y: "width",
      color: "shift",
    });
    expect(chooseAxes(keepsAndWidths, { y: "p", color: "deviation" })).toMatchObject({
      kind: "heat",
      x: "width",
      y: "keep",
      color: "deviation",
    });
  });

  it.each(["deviation", "train-variance", "runningShift"])("y %s makes lines", (y) => {
    expect(chooseAxes(keepsAndWidths, { y })).toMatchObject({ kind: "lines" });
  });
});

describe("what cannot be drawn is said", () => {
  it.each([
    [{ x: "kep" }, "x: kep is not a field of a scenario; did you mean keep?"],
    [{ x: "nonsense" }, "x: nonsense is not a field of a scenario; see docs/RECORDS.md"],
    [
      { x: "noise" },
      "x: noise does not vary: it is bernoulli in every record; give a field that varies, or leave it out",
    ],
    [{ x: "p", facet: "keep" }, "facet: keep is the field of `x`; give another field"],
    [{ y: "d", facet: "d" }, "facet: d is the field of `y`; give another field"],
    [{ facet: "rho" }, "facet: rho does not vary: it is 0 in every record; give a field that varies, or leave it out"],
    [{ x: "rho" }, "x: rho does not vary: it is 0 in every record; give a field that varies, or leave it out"],
    [{ x: "alignment" }, "x: alignment does not vary: no record has it; give a field that varies, or leave it out"],
    [{ y: "shfit" }, "y: shfit is not a field of a scenario or a quantity of a record; did you mean shift?"],
    [{ x: "p", y: "p" }, "y: p is the field of `x`; give another field"],
    [{ by: "width,wdth" }, "by: wdth is not a field of a scenario; did you mean width?"],
    [{ y: "d", by: "rho" }, "by: rho is not an axis of a heat map; leave it out, or give a quantity as `y`"],
    [{ color: "shift" }, "fill: shift is for a heat map; give a field as `y` too, as in `y` width"],
    [{ y: "d", color: "p" }, "fill: p is not a quantity of a record; a field goes on an axis; choose one of shift, "],
  ])("%j", (request, message) => {
    expect(() => chooseAxes(keepsAndWidths, request)).toThrow(message);
  });

  it("records in which nothing varies", () => {
    expect(() => chooseAxes(keepsAndWidths.slice(0, 1), {})).toThrow(
      "records: nothing varies in one record that could be the x axis; give the records of a sweep over several values, as of `keep`",
    );
  });
});

describe("variables of networks as text", async () => {
  const inputs = grid(["0.1", "0.2", "0.3"], ["relu", "tanh"], (p, f) => ({
    network: "input($d) dropout($p) linear(2) $f bn",
    variables: `d=4, f=${f}, p=${p}`,
    samples: 1024,
  }));
  const records = await Promise.all(inputs.map((input) => simulate(input)));

  it("a number is the x axis where it varies most, and the others make the series", () => {
    expect(chooseAxes(records, {})).toEqual({ kind: "lines", x: "$p", y: "shift", by: ["$f"], facet: null });
  });

  it("a word is an axis, a series or a panel", () => {
    expect(chooseAxes(records, { x: "$f" })).toMatchObject({ x: "$f", by: ["$p"] });
    expect(chooseAxes(records, { by: "$f" })).toMatchObject({ x: "$p", by: ["$f"] });
    expect(chooseAxes(records, { facet: "$f" })).toMatchObject({ x: "$p", by: [], facet: "$f" });
    expect(chooseAxes(records, { y: "$f" })).toMatchObject({ kind: "heat", x: "$p", y: "$f" });
  });

  it("fields that they set make no series of their own", async () => {
    const plain = grid(["0.1", "0.2"], ["3", "5"], (p, k) => ({
      network: "input(4) dropout($p) linear($k) bn",
      variables: `k=${k}, p=${p}`,
      samples: 1024,
    }));
    const own = await Promise.all(plain.map((input) => simulate(input)));
    expect(chooseAxes(own, { x: "keep" })).toMatchObject({ x: "keep", by: ["$k"] });
  });

  it("one that does not vary, or that no record has, is refused", () => {
    expect(() => chooseAxes(records, { x: "$d" })).toThrow("$d does not vary: it is 4 in every record");
    expect(() => chooseAxes(records, { x: "$q" })).toThrow(
      "$q is not a variable of these records; they have $d, $p, $f",
    );
    expect(() => chooseAxes(keepsAndWidths, { x: "$q" })).toThrow("they have none; vshift sweep --set makes some");
  });
});

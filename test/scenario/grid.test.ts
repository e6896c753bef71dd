import { describe, expect, it } from "vitest";
import { VshiftError } from "../../src/errors.ts";
import { scenarioId } from "../../src/scenario/canonical.ts";
import { defineScenario } from "../../src/scenario/define.ts";
import { type Grid, gridOf } from "../../src/scenario/grid.ts";

const cellsOf = (grid: Grid) => Array.from({ length: grid.size }, (_, index) => grid.cell(index));

describe("a grid", () => {
  it("is the product of its axes, in the order of the table of fields, the first slowest", () => {
    const cells = cellsOf(gridOf({ width: "64,512", keep: "0.1:0.3:0.1" }));
    expect(cells.map(({ keep, width }) => [keep, width])).toEqual([
      [0.1, 64],
      [0.1, 512],
      [0.2, 64],
      [0.2, 512],
      [0.3, 64],
      [0.3, 512],
    ]);
  });

  it("has the scenarios that one would define alone", () => {
    const grid = gridOf({ keep: [0.25, "0.5"], noise: "bernoulli,gaussian", seed: "a b" });
    const alone = (["bernoulli", "gaussian"] as const).flatMap((noise) =>
      [0.25, 0.5].map((keep) => defineScenario({ noise, keep, seed: "a b" })),
    );
    expect(cellsOf(grid).map(scenarioId)).toEqual(alone.map(scenarioId));
  });

  it("names as axes what has more than one value", () => {
    const { axes } = gridOf({ width: "16..64*2", keep: 0.5, rho: [0, 0.2] });
    expect(axes.map(({ field, isGeometric }) => [field, isGeometric])).toEqual([
      ["rho", false],
      ["width", true],
    ]);
  });

  it("pairs what is zipped", () => {
    const grid = gridOf({ keep: [0.1, 0.2], width: [8, 16], rho: [0, 0.5] }, [["keep", "width"]]);
    expect(cellsOf(grid).map(({ keep, width, rho }) => [keep, width, rho])).toEqual([
      [0.1, 8, 0],
      [0.1, 8, 0.5],
      [0.2, 16, 0],
      [0.2, 16, 0.5],
    ]);
  });

  it("leaves the draws of a cell alone when cells are added", () => {
    const [cell] = cellsOf(gridOf({ keep: "0.5" }));
    const more = cellsOf(gridOf({ keep: "0.25:0.75:0.25", width: "256,512" }));
    expect(more.map((other) => scenarioId(other))).toContain(scenarioId(cell ?? defineScenario()));
  });

  it.each([
    [{ keep: "0.1,,0.5" }, [], '"0.1,,0.5" has an empty value between commas'],
    [{ keep: "" }, [], '"" is empty'],
    [{ keep: [] }, [], "empty"],
    [{ keep: "0.5,NaN" }, [], '"NaN" is not a number'],
    [{ keep: [0.5, Number.NaN] }, [], "NaN is not a number"],
    [{ keep: "0.5,2" }, [], "2 is not a number from 0.0001 to 1"],
    [{ kep: "0.5" }, [], "did you mean keep"],
    [{ noise: "bernoulli,gausian" }, [], "did you mean gaussian"],
    [{ keep: "0.1:0.9:0" }, [], "keep: the range 0.1:0.9:0 has a step of 0"],
    [
      { width: "1:1000:1", neurons: "1:1000:1", batchSize: "2:1001:1" },
      [],
      "the grid has 1000 × 1000 × 1000 = 1000000000 scenarios, more than the limit of 1000000",
    ],
    [{ keep: [0.1, 0.2], width: [8, 16, 32] }, [["keep", "width"]], "has 3 values, and `keep`"],
    [{ keep: [0.1, 0.2] }, [["keep", "width"]], "width: is in `zip`, and has no values"],
    [{ keep: [0.1, 0.2] }, [["keep", "keep"]], "is in `zip` twice"],
  ])("refuses %j", (input, zip, words) => {
    expect(() => gridOf(input as object, zip)).toThrow(VshiftError);
    expect(() => gridOf(input as object, zip)).toThrow(words);
  });

  it("says in which cell fields contradict each other", () => {
    const grid = gridOf({ layer: "linear", width: "4,64", alignment: "2,8" });
    expect(() => cellsOf(grid)).toThrow("alignment: 8 is above the width 4");
    expect(() => cellsOf(grid)).toThrow(
      "8 is above the width 4, the alignment of constant weights (at `width` 4, `alignment` 8)",
    );
  });
});

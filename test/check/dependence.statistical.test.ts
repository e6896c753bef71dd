import { describe, expect, test } from "vitest";
import { checkMeasured } from "../../src/check/check.ts";
import { type Dependence, dependenceOf } from "../../src/check/dependence.ts";
import { describeCheck } from "../../src/check/describe.ts";
import { createUniforms } from "./wrong-network.ts";

// Rows as people log them. Each mini-batch's variance is 1 ± 5 %.

type Rows = (count: number, uniform: () => number) => number[];

const normal = (uniform: () => number) => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
const variance = (uniform: () => number) => 1 + 0.05 * normal(uniform);

const independent: Rows = (count, uniform) => Array.from({ length: count }, () => variance(uniform));

/** The average of all so far. */
const running: Rows = (count, uniform) => {
  let sum = 0;
  return Array.from({ length: count }, (_, at) => {
    sum += variance(uniform);
    return sum / (at + 1);
  });
};

/** What BN keeps, with this weight of the new value; from the start on, or long after it. */
const moving =
  (momentum: number, start?: number): Rows =>
  (count, uniform) => {
    let value = start ?? 1;
    const next = () => {
      value += momentum * (variance(uniform) - value);
      return value;
    };
    if (start === undefined) for (let batch = 0; batch < 6 / momentum; batch++) next();
    return Array.from({ length: count }, next);
  };

const RUNS = 400;

const found = (rows: Rows, count: number) => {
  const kinds: { [Kind in Dependence["kind"]]: number } = { independent: 0, "running-averages": 0, correlated: 0 };
  for (let seed = 0; seed < RUNS; seed++) kinds[dependenceOf(rows(count, createUniforms(seed))).kind]++;
  return kinds;
};

describe(`of ${RUNS} series with seeds 0 to ${RUNS - 1}`, () => {
  // Binomial(400, 1/300) exceeds 9 with odds of 3·10⁻⁶; if 1 in 20 were called dependent, no more than 9 were with odds of 0.5 %.
  test.each([8, 20, 50, 200])("of %d independent rows, no more than 9 are called dependent", (count) => {
    expect(RUNS - found(independent, count).independent).toBeLessThanOrEqual(9);
  });

  test("of 50 running averages, no more than 9 are not found", () => {
    expect(RUNS - found(running, 50)["running-averages"]).toBeLessThanOrEqual(9);
  });

  test.each([0.1, 0.01])("of 50 moving averages of momentum %d, no more than 9 are not found", (momentum) => {
    expect(RUNS - found(moving(momentum), 50).correlated).toBeLessThanOrEqual(9);
  });
});

test("what was averaged is read off running averages", () => {
  const values = [3, 1, 2, 4, 1.5, 2.5, 2, 3.5, 1, 2, 2.5, 3, 1.5, 2, 2.2, 2.6, 1.8, 2.4, 3.1, 1.2];
  const averages = values.map((_, at) => values.slice(0, at + 1).reduce((sum, value) => sum + value, 0) / (at + 1));
  const dependence = dependenceOf(averages);
  expect(dependence.kind).toBe("running-averages");
  if (dependence.kind !== "running-averages") return;
  for (const [at, value] of dependence.values.entries()) expect(value).toBeCloseTo(values[at], 12);
});

test("a moving average of momentum 0.1 is worth a row in 19: (1 + 0.9)/(1 − 0.9)", () => {
  const dependence = dependenceOf(moving(0.1)(20_000, createUniforms(1)));
  expect(dependence.kind).toBe("correlated");
  // 20,000 rows are 1,050 correlation times; a factor of 1.5 is some ten standard errors.
  if (dependence.kind === "correlated")
    expect(Math.abs(Math.log(dependence.effective / (20_000 / 19)))).toBeLessThan(0.4);
});

describe("a right implementation does not disagree at α = 10⁻⁶, whatever it logs", () => {
  const disagreements = (rows: Rows, count: number) => {
    let disagrees = 0;
    for (let seed = 0; seed < RUNS; seed++) {
      const uniform = createUniforms(seed);
      const trainVariances = rows(count, uniform).map((value) => 2 * value);
      const testVariances = rows(count, uniform);
      const options = { alpha: 1e-6, tolerance: 0.001 };
      const { agreement } = checkMeasured({ keep: 0.5 }, { trainVariances, testVariances }, options);
      if (agreement.verdict === "disagrees") disagrees++;
    }
    return disagrees;
  };

  // Where rows are taken for independent, 1 in 4 to 3 in 4 of these disagree.
  test.each<[string, Rows, number]>([
    ["independent rows", independent, 30],
    ["running averages", running, 30],
    ["running averages", running, 60],
    ["running averages", running, 400],
    ["a moving average of momentum 0.1", moving(0.1), 60],
    ["a moving average of momentum 0.1", moving(0.1), 400],
    ["a moving average of momentum 0.01", moving(0.01), 60],
    ["a moving average of momentum 0.01", moving(0.01), 400],
    ["a moving average from its initial value on", moving(0.1, 0.5), 100],
  ])("%s", (_, rows, count) => {
    // Of 50 rows or more nearly all dependence is found; of 30 running averages all but 3 in 1,000.
    expect(disagreements(rows, count)).toBeLessThanOrEqual(1);
  });

  test("and says what it logs", () => {
    const check = (rows: Rows, count: number) => {
      const uniform = createUniforms(7);
      const trainVariances = rows(count, uniform).map((value) => 2 * value);
      return describeCheck(checkMeasured({ keep: 0.5 }, { trainVariances, testVariances: rows(count, uniform) }));
    };
    expect(check(running, 100)).toContain("rows are running averages of all mini-batches so far");
    expect(check(moving(0.1), 100)).toMatch(
      /rows are correlated with those before them.*: 100 rows are worth about \d+;/,
    );
    expect(check(independent, 100)).not.toMatch(/running averages|correlated/);
  });

  test("negative control: a wrong one that logs running averages does", () => {
    const uniform = createUniforms(1);
    const measured = {
      trainVariances: running(200, uniform).map((value) => 3 * value),
      testVariances: running(200, uniform),
    };
    const { agreement, measured: found } = checkMeasured({ keep: 0.5 }, measured, { alpha: 1e-6 });
    expect([agreement.verdict, found.dependence]).toEqual(["disagrees", "running-averages"]);
  });
});

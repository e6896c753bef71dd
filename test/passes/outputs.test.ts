import { fc, test as property } from "@fast-check/vitest";
import { describe, expect, test } from "vitest";
import { ofClasses, ofTwoClasses, ofValues, type Rows, shapeScore } from "../../src/passes/outputs.ts";

const logit = fc.double({ min: -20, max: 20, noNaN: true });
const rowsOf = (count: number, width: number) =>
  fc.array(logit, { minLength: count * width, maxLength: count * width }).map(
    (values): Rows => ({
      values: Float64Array.from(values),
      width,
    }),
  );
const sizes = fc.record({ count: fc.integer({ min: 1, max: 5 }), width: fc.integer({ min: 2, max: 5 }) });

function rowsIn({ values, width }: Rows): number[][] {
  return Array.from({ length: values.length / width }, (_, row) => [
    ...values.subarray(row * width, (row + 1) * width),
  ]);
}

function softmax(row: readonly number[]): number[] {
  const most = Math.max(...row);
  const powers = row.map((value) => Math.exp(value - most));
  const sum = powers.reduce((a, b) => a + b);
  return powers.map((power) => power / sum);
}

describe("quality by labels", () => {
  property.prop([
    sizes.chain(({ count, width }) =>
      fc.tuple(rowsOf(count, width), fc.array(fc.nat(width - 1), { minLength: count, maxLength: count })),
    ),
  ])(
    "of classes is the mean of −ln softmax of the label's class, and the share of rows with another largest",
    ([rows, labels]) => {
      const all = rowsIn(rows);
      const { loss, error } = ofClasses(rows, Float64Array.from(labels));
      const losses = all.map((row, at) => -Math.log(softmax(row)[labels[at] as number] as number));
      expect(loss).toBeCloseTo(losses.reduce((a, b) => a + b) / all.length, 8);
      const wrong = all.filter((row, at) => row.indexOf(Math.max(...row)) !== labels[at]).length;
      expect(error).toBe(wrong / all.length);
    },
  );

  property.prop([fc.array(fc.tuple(logit, fc.boolean()), { minLength: 1, maxLength: 9 })])(
    "of two classes is the binary cross-entropy of a logit",
    (pairs) => {
      const rows = { values: Float64Array.from(pairs, ([z]) => z), width: 1 };
      const { loss, error } = ofTwoClasses(
        rows,
        Float64Array.from(pairs, ([, label]) => Number(label)),
      );
      // −ln σ(z) = ln(1 + e⁻ᶻ).
      const losses = pairs.map(([z, label]) => Math.log1p(Math.exp(label ? -z : z)));
      expect(loss).toBeCloseTo(losses.reduce((a, b) => a + b) / pairs.length, 10);
      expect(error).toBe(pairs.filter(([z, label]) => z > 0 !== label).length / pairs.length);
    },
  );

  test("of a confident logit is finite", () => {
    expect(ofTwoClasses({ values: Float64Array.of(1000, -1000), width: 1 }, Float64Array.of(0, 0)).loss).toBe(500);
    expect(ofClasses({ values: Float64Array.of(1000, 0), width: 2 }, Float64Array.of(1)).loss).toBe(1000);
  });

  test("of values is the mean squared error, and 1 − R²", () => {
    const { loss, error } = ofValues({ values: Float64Array.of(1, 2, 6), width: 1 }, Float64Array.of(1, 3, 5));
    expect(loss).toBe(2 / 3);
    expect(error).toBe(2 / 8);
  });
});

/** Mean KL(softmax(Z) ‖ softmax(β·f)). */
function divergence(logits: Rows, meanLogits: Rows, beta: number): number {
  const [own, targets] = [rowsIn(logits), rowsIn(meanLogits)];
  const each = targets.map((target, at) => {
    const [p, q] = [softmax(target), softmax((own[at] as number[]).map((value) => beta * value))];
    return p.reduce((sum, share, index) => sum + (share === 0 ? 0 : share * Math.log(share / (q[index] as number))), 0);
  });
  return each.reduce((a, b) => a + b) / each.length;
}

const pairs = sizes.chain(({ count, width }) => fc.tuple(rowsOf(count, width), rowsOf(count, width)));

describe("the shape score", () => {
  property.prop([
    sizes.chain(({ count, width }) => rowsOf(count, width)),
    fc.double({ min: 0.02, max: 50, noNaN: true }),
    logit,
  ])("is 0 for any multiple of the mean logits, and any number added to a row", (meanLogits, temperature, offset) => {
    const values = Float64Array.from(
      meanLogits.values,
      (value, at) => temperature * value + offset * Math.floor(at / meanLogits.width),
    );
    // Sums in double precision of logits up to 1,000.
    expect(shapeScore({ ...meanLogits, values }, meanLogits)).toBeLessThan(1e-10);
  });

  property.prop([pairs])(
    "is the least mean divergence of all temperatures from 1/100 to 100",
    ([logits, meanLogits]) => {
      const score = shapeScore(logits, meanLogits);
      const grid = Array.from({ length: 2001 }, (_, at) =>
        divergence(logits, meanLogits, 0.01 * 10_000 ** (at / 2000)),
      );
      const least = Math.min(...grid.filter(Number.isFinite));
      // Nothing of the grid is below it; and it is a value of the function, which by Jensen's inequality is no lower than near the best
      // of the grid, whose points are 0.5 % apart.
      expect(score).toBeLessThanOrEqual(least + 1e-6 * (1 + least));
      expect(score).toBeGreaterThanOrEqual(0);
      const at = grid.indexOf(least);
      const neighbours = [grid[at - 1], grid[at + 1]].filter((value) => value !== undefined && Number.isFinite(value));
      const step = Math.max(...neighbours.map((value) => (value as number) - least), 0);
      expect(score).toBeGreaterThanOrEqual(least - step - 1e-9 * (1 + least));
    },
  );

  test("is above 0 for logits of another shape, by hand: of two classes in two rows", () => {
    // Both rows of the mean logits are 2 : 1 towards the first class; those of f are ±1, so the best temperature makes them equal, at 1/100.
    const meanLogits = { values: Float64Array.of(Math.log(2), 0, Math.log(2), 0), width: 2 };
    const logits = { values: Float64Array.of(1, 0, 0, 1), width: 2 };
    const p = 2 / 3;
    const even = p * Math.log(2 * p) + (1 - p) * Math.log(2 * (1 - p));
    expect(shapeScore(logits, meanLogits)).toBeCloseTo(even, 4);
  });
});

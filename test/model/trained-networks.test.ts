import { median } from "simple-statistics";
import { describe, expect, it } from "vitest";
import { diagnose } from "../../src/model/diagnose.ts";
import { readModel } from "../../src/model/read-model.ts";
import { meanOf } from "../../src/numeric/mean.ts";
import { modelOf, type Trained, type TruthOfNorm, truthOf } from "../check/trained.ts";

// Networks that were trained with PyTorch 2.15, and what torch measured of them (data/README.md).
async function audited(name: Trained) {
  const truth = truthOf(name);
  const found = diagnose(await readModel(modelOf(name)));
  return found.map((diagnosis) => ({ ...diagnosis, truth: truth.bn[diagnosis.norm.name] as TruthOfNorm }));
}

it.each(["pointnet", "dense"] as const)("the first norm of %s behind noise is exact", async (name) => {
  const first = (await audited(name)).find(({ noise }) => noise.length > 0);
  expect(first?.prediction.method).toBe("exact");
  const { running_mean: M = [], running_var: V = [] } = first?.truth ?? {};
  // Dropout of ½ stands before all channels of one network, and before the new ones of the other, which are the last 10.
  const noisy = name.startsWith("dense") ? V.length - 10 : 0;
  for (const [at, v] of V.entries()) {
    const expected = at < noisy ? 1 : 1 - (0.5 * (v + (M[at] as number) ** 2)) / v;
    // The truth has six digits.
    expect(first?.prediction.channels?.ratio[at]).toBeCloseTo(expected, 4);
  }
});

describe("noise that is carried through layers", () => {
  // Test rows are not the rows of training: the norm before all noise shows how far their variance differs.
  it.each(["mlp", "tab", "dense"] as const)("%s: the median error of ln Var_test is at most 0.07", async (name) => {
    const found = await audited(name);
    const ratiosOf = ({ inference_var: test, running_var: stored }: TruthOfNorm) =>
      test.map((variance, at) => variance / (stored[at] as number));
    const [control] = found;
    const ofRows = control === undefined ? Number.NaN : meanOf(ratiosOf(control.truth));
    const errors: number[] = [];
    const ofNoShift: number[] = [];
    for (const { prediction, truth } of found) {
      if (prediction.method !== "transport") continue;
      for (const [at, ratio] of ratiosOf(truth).entries()) {
        errors.push(Math.abs(Math.log(((prediction.channels?.ratio[at] as number) * ofRows) / ratio)));
        ofNoShift.push(Math.abs(Math.log(ofRows / ratio)));
      }
    }
    expect(errors.length).toBeGreaterThan(50);
    expect(median(errors)).toBeLessThan(0.07);
    // Negative control: the stored variance itself is further away.
    expect(median(ofNoShift)).toBeGreaterThan(0.14);
  });

  it("lies within its bounds, and so does what torch measured", async () => {
    const bounded = (await audited("tab")).filter(({ noise }) => noise.length === 1);
    expect(bounded.length).toBe(1);
    for (const { prediction, truth } of bounded) {
      const { ratio, low, high } = prediction;
      const measured = meanOf(truth.inference_var.map((variance, at) => variance / (truth.running_var[at] as number)));
      for (const value of [ratio as number, measured]) {
        expect(value).toBeGreaterThan(low as number);
        expect(value).toBeLessThan(high as number);
      }
    }
  });
});

it("dropout before a max-pool needs data from there on, and the norm before it is told", async () => {
  const found = await audited("cnnel");
  expect(found.map(({ prediction }) => prediction.method)).toEqual(["exact", "transport", "needs-data", "needs-data"]);
  expect(found[2]?.prediction.reason).toContain("noise before a max-pool (7");
  expect(found[3]?.prediction.reason).toBe(found[2]?.prediction.reason);
  expect(found.map(({ noise }) => noise.map(({ module }) => module))).toEqual([
    [],
    ["3"],
    ["3", "8"],
    ["3", "8", "12"],
  ]);
});

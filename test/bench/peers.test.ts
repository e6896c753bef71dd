import { execFileSync, spawnSync } from "node:child_process";
import { expect, it } from "vitest";
import { PYTHON } from "../../bench/harness/machine.ts";

const hasNumpy = spawnSync(PYTHON, ["-c", "import numpy"]).status === 0;

// Both ways draw the same numbers. Measured: 10⁻⁸ apart; the sums are those of single precision.
it("the NumPy expert's scatter matrix gives the variances of the outputs", ({ skip }) => {
  skip(!hasNumpy, `${PYTHON} has no numpy (VSHIFT_BENCH_PYTHON names one that has)`);
  const run = (...more: readonly string[]) => {
    const setting = ["bench/peers/numpy_expert.py", "--width", "200", "--neurons", "300", "--samples", "5000"];
    return JSON.parse(execFileSync(PYTHON, [...setting, ...more], { encoding: "utf8" }));
  };
  const [byScatter, byProduct] = [run(), run("--product")];
  for (const field of ["shift", "trainVariance", "testVariance", "runningVariance", "runningMean"])
    expect(byScatter[field] / byProduct[field], field).toBeCloseTo(1, 6);
});

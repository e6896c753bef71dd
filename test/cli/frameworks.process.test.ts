import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "csv-parse/sync";
import { expect, it, onTestFinished } from "vitest";
import { vshift } from "./vshift.ts";

// The code of docs/FRAMEWORKS.md, run unchanged: the sections of a framework, one after the other, are one program.

const PAGE = readFileSync("docs/FRAMEWORKS.md", "utf8");
const PYTHON = process.env.VSHIFT_BENCH_PYTHON ?? "python3";
const BACKEND = process.env.KERAS_BACKEND ?? "torch";
const ENV = { PATH: process.env.PATH, KERAS_BACKEND: BACKEND, OMP_NUM_THREADS: "1" };

interface Framework {
  readonly name: string;
  readonly needs: readonly string[];
  /** What vshift must know of its arrays. */
  readonly flags: readonly string[];
  /** The name of the norm behind the second dropout. */
  readonly norm: string;
  /** Prints the running variance of that norm once it is re-estimated, then Uout's relative variance in both modes. */
  readonly epilogue: string;
}

const FRAMEWORKS: readonly Framework[] = [
  {
    name: "PyTorch",
    needs: ["numpy", "torch"],
    flags: [],
    norm: "8",
    epilogue: `
reestimate(model, batches)
write_variances(model, batches, "after.csv")
uout = Uout(0.1)
print([model[8].running_var.mean().item()] + [uout.train(on)(torch.ones(1000000)).var().item() for on in (True, False)])
`,
  },
  {
    name: "Keras",
    needs: ["numpy", "keras", BACKEND],
    flags: ["--layout", "in-first"],
    norm: "batch_normalization_3",
    epilogue: `
reestimate(model, batches)
write_variances(model, batches, "after.csv")
moving, uout = norms_of(model)[-1].moving_variance, Uout(0.1)
ones = keras.ops.ones((1000, 1000))
print([float(keras.ops.mean(moving))] + [float(keras.ops.var(uout(ones, training=on))) for on in (True, False)])
`,
  },
];

function run(program: string, cwd: string): string {
  return execFileSync(PYTHON, ["-c", program], { cwd, env: ENV, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}

/** Why the tests of a framework cannot run here; undefined where they can. */
function missing(needs: readonly string[]): string | undefined {
  const finds = needs.map((name) => `find_spec("${name}")`).join(" and ");
  try {
    run(`from importlib.util import find_spec; assert ${finds}`, ".");
    return undefined;
  } catch {
    return `${PYTHON} has no ${needs.join(", ")} (VSHIFT_BENCH_PYTHON names one that has)`;
  }
}

/** The code of the sections whose headings begin with the framework's name. */
function codeOf(framework: string): string {
  const sections = PAGE.split(/^## /m).filter((section) => section.startsWith(`${framework}: `));
  return sections
    .flatMap((section) => [...section.matchAll(/^```python\n(.*?)^```/gms)].map(([, code]) => code))
    .join("\n");
}

/** Mean variances of a norm with the noise on and off, their ratio, and its relative standard error over mini-batches. */
function measured(file: string, norm: string) {
  const rows: Record<string, string>[] = parse(readFileSync(file), { columns: true });
  const pairs = rows
    .filter(({ layer }) => layer === norm)
    .map((row) => [Number(row.train_var), Number(row.eval_var)] as const);
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [train, test] = [mean(pairs.map(([value]) => value)), mean(pairs.map(([, value]) => value))];
  const squares = pairs.map(([a, b]) => (b / test - a / train) ** 2);
  return { batches: pairs.length, test, shift: test / train, error: Math.sqrt(mean(squares) / (pairs.length - 1)) };
}

it.for(FRAMEWORKS)(
  "the code for $name runs, and its exports give the Δ that it measures",
  { timeout: 300_000 },
  async (framework, { skip }) => {
    const { name, needs, flags, norm, epilogue } = framework;
    const reason = missing(needs);
    skip(reason !== undefined, reason);
    const cwd = mkdtempSync(join(tmpdir(), "vshift-frameworks-"));
    onTestFinished(() => rmSync(cwd, { recursive: true }));
    const printed = run(`${codeOf(name)}\n${epilogue}`, cwd);

    const files = [
      "--activation",
      "file:train.npy",
      "--test-activation",
      "file:eval.npy",
      "--weights",
      "file:weights.npy",
    ];
    const { code, stdout } = await vshift(["theory", "--drop", "0.5", ...files, ...flags, "--format", "json"], { cwd });
    expect(code).toBe(0);
    const { shift, error, batches } = measured(join(cwd, "layers.csv"), norm);
    expect(batches).toBe(128);
    // Both are of the same rows, under masks of their own in the first dropout: two errors. The seed is fixed; z = 4.9 is once in 10⁶.
    expect(Math.abs(Math.log(JSON.parse(stdout).theory.shift / shift)) / (Math.SQRT2 * error)).toBeLessThan(4.9);
    // Negative control: the shift of an input that nothing had shifted before, 0.405, is far from it.
    expect(Math.abs(Math.log(0.405 / shift)) / (Math.SQRT2 * error)).toBeGreaterThan(20);

    const [running, noisy, quiet] = JSON.parse(printed.trim().split("\n").at(-1) ?? "");
    // The running variance of Keras is biased, that of PyTorch is not: 1/128 apart.
    expect(running / measured(join(cwd, "after.csv"), norm).test).toBeCloseTo(1, 1.5);
    // The variance of 10⁶ uniform draws has a relative error of √(0.8/10⁶): their kurtosis is 1.8.
    expect(Math.abs(noisy / (0.01 / 3) - 1)).toBeLessThan(4.9 * Math.sqrt(0.8 / 1e6));
    expect(quiet).toBe(0);
  },
);

it("own dropout in front of a PyTorch norm agrees with theory", { timeout: 300_000 }, async ({ skip }) => {
  const reason = missing(["torch"]);
  skip(reason !== undefined, reason);
  const cwd = mkdtempSync(join(tmpdir(), "vshift-frameworks-"));
  onTestFinished(() => rmSync(cwd, { recursive: true }));
  const [untilOwn = ""] = codeOf("PyTorch").split("import numpy");
  run(`import torch\ntorch.manual_seed(1)\n${untilOwn}`, cwd);
  const args = /^vshift (check --drop 0\.5 --d 64 --measured bn\.csv)$/m.exec(PAGE)?.[1]?.split(" ") ?? [];
  expect(args).not.toEqual([]);
  expect((await vshift(args, { cwd })).code).toBe(0);
});

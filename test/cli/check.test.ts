import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type Estimate, estimate } from "../../src/experiment/estimate.ts";
import { recordOf, type ShiftRecord } from "../../src/experiment/record.ts";
import { vshift } from "./in-process.ts";
import { expectOneLine } from "./refusal.ts";
import { temporaryFolders } from "./vshift.ts";

const folder = temporaryFolders();
const DATA = "test/check/data";
const GRID = ["--p", "0.3,0.5", "--d", "64"];
const TORCH = ["--keep", "0.7", "--d", "64", "--mean", "0.5", "--layer", "linear", "--neurons", "32"];

/** Where the reports of a check are wanted. */
function reports() {
  const at = folder();
  const [junit, summary] = [join(at, "junit.xml"), join(at, "summary.md")];
  return { junit, summary, flags: ["--junit", junit, "--summary", summary, "--annotations", "github"] };
}

describe("each exit code, with its reports", () => {
  it("0: all cells agree", async () => {
    const { junit, summary, flags } = reports();
    const { code, stdout, stderr } = await vshift(["check", ...GRID, ...flags, "--format", "json"]);
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: "  ✓ all 2 scenarios agree within 0.5 % (error rate 10⁻⁶ overall)\n",
    });
    expect(JSON.parse(stdout)).toMatchObject({
      verdict: "agrees",
      alpha: 1e-6,
      cells: [
        { name: "keep 0.3", verdict: "agrees" },
        { name: "keep 0.5", verdict: "agrees" },
      ],
    });
    expect(readFileSync(junit, "utf8")).toContain('tests="2" failures="0" errors="0"');
    expect(readFileSync(summary, "utf8")).toContain("all 2 scenarios agree");
  });

  it("1: another program's dropout has keep and drop swapped", async () => {
    const { junit, summary, flags } = reports();
    const measured = ["--measured", join(DATA, "torch-swapped.csv")];
    const { code, stderr } = await vshift(["check", ...TORCH, ...measured, ...flags]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^::error title=.* disagrees \(−61 %25\)::/);
    expect(stderr).toContain("keep and drop were swapped");
    expect(readFileSync(junit, "utf8")).toContain('<failure type="disagrees"');
    expect(readFileSync(summary, "utf8")).toContain("disagrees");
  });

  it("2: bad input is one line, and no report is written", async () => {
    const { junit, flags } = reports();
    const { code, stdout, stderr } = await vshift(["check", "--p", "0.5,2", ...flags]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr.trim().split("\n")).toHaveLength(1);
    expect(() => readFileSync(junit)).toThrow("ENOENT");
  });

  it("3: a budget too small for the tolerance is said at once, and settles nothing", async () => {
    const { junit, flags } = reports();
    const budget = ["--max-samples", "2048", "--tolerance", "0.0005", "--mean", "1"];
    const { code, stderr } = await vshift(["check", "--p", "0.3", "--d", "16", ...budget, ...flags]);
    expect(code).toBe(3);
    expect(stderr).toContain(
      "--max-samples 2048 is likely too few for a conclusive verdict on 1 of 1 scenarios at tolerance 0.05 %",
    );
    expect(stderr).toContain("::warning title=");
    expect(readFileSync(junit, "utf8")).toContain('<error type="inconclusive"');
  });
});

describe("other people's measurements", () => {
  it.each([
    ["torch-train-mode", "the noise was left on at test time"],
    ["torch-alpha", "alpha dropout was used instead of dropout"],
  ])("%s is diagnosed", async (name, words) => {
    const measured = ["--measured", join(DATA, `${name}.csv`)];
    const { code, stdout } = await vshift(["check", ...TORCH, ...measured, "--format", "table"]);
    expect(code).toBe(1);
    expect(stdout).toContain(`if ${words}`);
  });

  const NORMAL = ["check", "--drop", "0.5", "--d", "64"];

  it.each(["table", "json", "csv", "markdown"])(
    "3 rows are too few for an interval, and Δ̂ is 1/1.5667, in %s",
    async (format) => {
      const { code, stdout } = await vshift([...NORMAL, "--measured", join(DATA, "epochs.csv"), "--format", format]);
      expect(code).toBe(3);
      expect(stdout).toMatch(format === "json" ? /"shift": 0\.6382978/ : /0\\?\.6383?/);
      // Markdown escapes the underscore.
      expect(stdout).toMatch(/Var\\?_train 1\.5667/);
      expect(stdout).not.toMatch(/NaN|e\+\d|±/);
      if (format === "csv") return;
      const words = stdout.replaceAll(/\s+/g, " ");
      expect(words).toContain("3 rows are too few for an interval at an error rate of 10⁻⁶; about 12 are needed");
      // (1/1.56667)/0.5 − 1
      if (format === "json") expect(JSON.parse(stdout).cells[0].deviation).toBeCloseTo(0.2766, 4);
    },
  );

  it("two numbers are compared within the tolerance, and no error is claimed", async () => {
    const { code, stdout } = await vshift([...NORMAL, "--measured", "1.992,1.0", "--format", "json"]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout).cells[0].notes[0]).toMatch(/no error estimate/);
    const wrong = await vshift([...NORMAL, "--measured", "1.5385,1.0", "--format", "json"]);
    expect(wrong.code).toBe(1);
    expect(JSON.parse(wrong.stdout).cells[0].diagnosis[0].sentence).toMatch(
      /^fits if keep ≈ 0\.65 \(drop 0\.35\), not 0\.5: /,
    );
  });

  it("an export of each phase, or a number for one, is named by phase", async () => {
    const tensorBoard = `train=${join(DATA, "tb_running_var.csv")},test=1.0`;
    const { code, stdout } = await vshift([
      ...NORMAL,
      "--measured",
      tensorBoard,
      "--tolerance",
      "0.02",
      "--format",
      "json",
    ]);
    expect(code).toBe(0);
    // The mean of its 40 values is 1.99840.
    expect(JSON.parse(stdout).cells[0].detail).toContain(
      "Var_train 1.9984 (theory 2), Var_test 1 (theory 1), from 40 mini-batches",
    );
    const wandb = [...NORMAL, "--measured", `train=${join(DATA, "wandb.csv")},test=1.0`, "--tolerance", "0.02"];
    expect((await vshift(wandb)).code).toBe(0);
  });

  it("columns are found by name, or given, and channels need no order", async () => {
    const channels = [...NORMAL, "--measured", join(DATA, "per_channel.csv"), "--tolerance", "0.1", "--format", "json"];
    const { code, stdout } = await vshift(channels);
    expect(code).toBe(0);
    expect(JSON.parse(stdout).cells[0].detail).toContain("from 32 channels");
    const given = await vshift([...channels, "--columns", "train=eval_var,test=running_var"]);
    expect(given.code).toBe(1);
    expect(JSON.parse(given.stdout).cells[0].diagnosis[0].mistake).toBe("phases-exchanged");
  });

  it("each layer has a verdict, and the whole is the worst", async () => {
    const file = join(folder(), "layers.csv");
    writeFileSync(file, "layer,running_var,eval_var\nbn1,2.002,1\nbn2,1.43,1\nbn3,2,1\n");
    const { code, stdout } = await vshift([...NORMAL, "--measured", file, "--format", "json"]);
    expect(code).toBe(1);
    const { cells } = JSON.parse(stdout);
    expect(cells.map(({ name, verdict }: { name: string; verdict: string }) => [name, verdict])).toEqual([
      ["bn1", "agrees"],
      ["bn2", "disagrees"],
      ["bn3", "agrees"],
    ]);
    expect(cells[1].diagnosis[0].sentence).toMatch(/^fits if keep ≈ 0\.7 \(drop 0\.3\)/);
  });

  it.each([
    [
      ["--measured", join(DATA, "tb_running_var.csv")],
      "test/check/data/tb_running_var.csv:1: has no column with a known name for training and test variances, only Wall time, Step, Value",
    ],
    [
      ["--measured", join(DATA, "wandb.csv")],
      "test/check/data/wandb.csv: lacks testVariance, or another column for the test variance",
    ],
    [["--measured", "train=x.csv"], "--measured: train=x.csv lacks test="],
    [["--measured", "1.5,0"], "--measured: 0 is not above 0, which a variance must be"],
    [
      ["--measured", join(DATA, "epochs.csv"), "--columns", "running_var"],
      '--columns: "running_var" does not name a column for train, test or layer',
    ],
    [["--columns", "train=a"], "--columns: is not used without --measured, whose columns it names"],
    [
      ["--measured", `train=${join(DATA, "wandb.csv")},test=1`, "--output", join(DATA, "wandb.csv")],
      "test/check/data/wandb.csv is also the file of --measured, and would be overwritten",
    ],
  ])("%j is refused in one line", async (args, says) => {
    expectOneLine(await vshift([...NORMAL, ...args]), [says]);
  });

  it("agrees as it stands, within its error", async () => {
    const measured = ["--measured", join(DATA, "torch-normal.csv"), "--tolerance", "0.02"];
    const { code, stdout } = await vshift(["check", ...TORCH, ...measured, "--format", "json"]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ verdict: "agrees", notes: [] });
  });

  it("does not stand beside records or a baseline", async () => {
    const measured = ["check", "--measured", join(DATA, "torch-normal.csv")];
    for (const other of [["--baseline", "x.ndjson"], ["x.ndjson"], ["--plan"]]) {
      const { code, stderr } = await vshift([...measured, ...other]);
      expect(code).toBe(2);
      expect(stderr).toContain("--measured");
    }
  });
});

/** The record as it would be of other draws, with all that its sums determine. */
function withOtherSums(record: ShiftRecord): ShiftRecord {
  const sums = { ...record.sums, trainSquared: record.sums.trainSquared * (1 + 1e-12) };
  const estimated = estimate(sums) as Estimate;
  const { measured, agreement } = record;
  return recordOf({
    ...{ ...record, firstBatch: 0, sums, estimate: estimated, view: measured, verdict: agreement.verdict },
    // Nothing of one position is compared.
    outputs: null,
  });
}

describe("records and baselines", () => {
  it("the same kernel gives the sums of the baseline, and a changed sum disagrees", async () => {
    const at = folder();
    const baseline = join(at, "old.ndjson");
    await vshift(["sweep", ...GRID, "--output", baseline]);
    const { code, stdout } = await vshift(["check", ...GRID, "--baseline", baseline, "--format", "json"]);
    expect(code).toBe(0);
    expect(stdout).toContain("the same sums, to the last bit");
    const [first = "", second = ""] = readFileSync(baseline, "utf8").split("\n");
    const changed = join(at, "new.ndjson");
    writeFileSync(changed, `${JSON.stringify(withOtherSums(JSON.parse(first)))}\n${second}\n`);
    const again = await vshift(["check", changed, "--baseline", baseline, "--format", "json"]);
    expect(again.code).toBe(1);
    expect(again.stdout).toContain("other sums of the same draws");
  });

  it("a cell of the baseline that is missing disagrees, and a new one is a note", async () => {
    const at = folder();
    const [both, one] = [join(at, "both.ndjson"), join(at, "one.ndjson")];
    await vshift(["sweep", ...GRID, "--output", both]);
    await vshift(["records", both, "--filter", "p=0.5", "--output", one]);
    const missing = await vshift(["check", one, "--baseline", both, "--format", "json"]);
    expect(missing.code).toBe(1);
    expect(missing.stdout).toContain("is in the baseline, and was not measured");
    const added = await vshift(["check", both, "--baseline", one, "--format", "json"]);
    expect(added.code).toBe(0);
    expect(JSON.parse(added.stdout).notes).toHaveLength(1);
  });

  it("records are judged again at the error rate of the check, and at its tolerance", async () => {
    const records = join(folder(), "sweep.ndjson");
    await vshift(["sweep", "--p", "0.3", "--mean", "1", "--precision", "0.004", "--output", records]);
    expect((await vshift(["check", records])).code).toBe(3);
    expect((await vshift(["check", records, "--tolerance", "0.05"])).code).toBe(0);
    expect((await vshift(["check", records, "--tolerance", "0.05", "--alpha", "0"])).code).toBe(2);
  });

  it.each([
    ["not JSON", "x"],
    ["another schema", '{"schema":"vshift.record/2"}'],
    ["no record", '{"schema":"vshift.record/1"}'],
  ])("%s is refused by its line", async (_, line) => {
    const records = join(folder(), "bad.ndjson");
    writeFileSync(records, `${line}\n`);
    const { code, stdout, stderr } = await vshift(["check", records]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain("bad.ndjson:1: ");
    expect(stderr.trim().split("\n")).toHaveLength(1);
  });

  it("a cell that two different records have is refused, and one that is there twice counts once", async () => {
    const [records, part] = [join(folder(), "all.ndjson"), join(folder(), "part.ndjson")];
    const args = ["simulate", "--d", "8", "--samples", "262144"];
    await vshift([...args, "--output", records]);
    await vshift([...args, "--shard", "1/2", "--output", part]);
    const { code, stderr } = await vshift(["check", records, part]);
    expect(code).toBe(2);
    expect(stderr).toContain("has the same mini-batches as");
    expect(stderr).toContain("but a different measured.");
    expect(await vshift(["check", records, records])).toEqual(await vshift(["check", records]));
  });
});

it("--plan says what each cell will take and can find, and measures nothing", async () => {
  const { code, stdout } = await vshift(["check", ...GRID, "--mean", "1", "--plan", "--format", "json"]);
  expect(code).toBe(0);
  const { cells } = JSON.parse(stdout);
  expect(cells).toHaveLength(2);
  for (const { samples, detects } of cells) {
    expect(samples).toBeGreaterThan(4000);
    expect(detects).toBeGreaterThan(0.005);
    expect(detects).toBeLessThan(0.01);
  }
});

it("few rows are said to count as independent, since a moving average would not be seen among them", async () => {
  const cwd = folder();
  const lines = readFileSync(join(DATA, "torch-normal.csv"), "utf8").trim().split("\n");
  const notesOf = async (rows: number) => {
    writeFileSync(join(cwd, "m.csv"), lines.slice(0, rows + 1).join("\n"));
    const check = ["check", "--drop", "0.5", "--d", "64", "--measured", "m.csv", "--format", "json"];
    return JSON.parse((await vshift(check, { cwd })).stdout).cells[0].notes.join("\n");
  };
  expect(await notesOf(29)).toContain("29 rows are too few to see whether they depend on each other");
  expect(await notesOf(30)).not.toContain("too few to see");
});

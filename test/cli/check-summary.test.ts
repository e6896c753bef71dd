import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import stringWidth from "fast-string-width";
import { describe, expect, it } from "vitest";
import { main } from "../../src/cli/main.ts";
import type { CheckCellRecord, CheckRecord } from "../../src/report/check-record.ts";
import { checkSchema } from "../../src/report/check-schema.ts";
import { vshift } from "./in-process.ts";
import { temporaryFolders } from "./vshift.ts";

const folder = temporaryFolders();
const GRID = ["check", "--p", "0.3,0.5", "--d", "64"];
const LAYER = ["check", "--drop", "0.5", "--d", "64"];
const DISAGREES = [...LAYER, "--measured", "1.5385,1.0"];
const TOO_ROUGH = ["--max-samples", "2048", "--tolerance", "0.0005", "--mean", "1"];

/** Twelve layers, of which the second has another keep. */
function twelveLayers(cwd: string): readonly string[] {
  const rows = Array.from({ length: 12 }, (_, index) => `bn${index + 1},${index === 1 ? 1.43 : 2},1`);
  writeFileSync(join(cwd, "layers.csv"), ["layer,running_var,eval_var", ...rows, ""].join("\n"));
  return [...LAYER, "--measured", "layers.csv"];
}

/** Runs the command line on terminals, one or both. */
async function onTerminal(args: readonly string[], terminals: { readonly stdout: boolean; readonly stderr: boolean }) {
  const written = { stdout: "", stderr: "" };
  const streamOf = (name: "stdout" | "stderr") => ({
    write(piece: string | Uint8Array) {
      written[name] += Buffer.from(piece).toString();
    },
    isTTY: terminals[name],
    columns: terminals[name] ? 60 : undefined,
  });
  const streams = { stdout: streamOf("stdout"), stderr: streamOf("stderr"), env: {} };
  await main(args, { ...streams, interrupt: new AbortController().signal });
  return written;
}

describe("what a check says at its end, on standard error", () => {
  it("is the verdict alone where all agree", async () => {
    const { code, stderr } = await vshift(GRID);
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: "  ✓ all 2 scenarios agree within 0.5 % (error rate 10⁻⁶ overall)\n",
    });
  });

  it("is the verdict, and the layer that disagrees with its diagnosis, of twelve", async () => {
    const cwd = folder();
    const { code, stderr } = await vshift(twelveLayers(cwd), { cwd });
    expect(code).toBe(1);
    expect(stderr).toBe(
      [
        "  ✗ 12 layers: 1 disagrees, 11 agree (tolerance 0.5 %)\n",
        "\n",
        "  - each layer: a single pair of variances has no error estimate; Δ is compared\n",
        "    with the tolerance alone\n",
        "\n",
        "  deviation  verdict      layer  Δ measured  Δ theory\n",
        "      +40 %  ✗ disagrees  bn2        0.6993       0.5\n",
        "      Var_train 1.43 (theory 2), Var_test 1 (theory 1)\n",
        "      fits if keep ≈ 0.7 (drop 0.3), not 0.5: Δ would be 0.7, measured 0.6993;\n",
        "        both variances fit too\n",
      ].join(""),
    );
    // The page shows it, indented.
    expect(readFileSync("docs/CI.md", "utf8")).toContain(stderr.replaceAll(/^(?=.)/gm, "    "));
  });

  it("says what an inconclusive one needs", async () => {
    const { code, stderr } = await vshift(["check", "--p", "0.3", "--d", "16", ...TOO_ROUGH]);
    expect(code).toBe(3);
    expect(stderr).toMatch(/\n {2}\? inconclusive: too imprecise for a tolerance of 0\.05 %/);
    expect(stderr).toMatch(/note +±[\d.]+ % after 2,048 samples, tolerance 0\.05 %; run more samples\n$/);
  });

  it.each(["json", "ndjson", "csv", "markdown", "table"])("is there whatever a pipe gets: %s", async (format) => {
    const { stdout, stderr } = await vshift([...DISAGREES, "--format", format]);
    expect(stdout).not.toBe("");
    expect(stderr).toMatch(/^ {2}✗ disagrees with theory: Δ is 30 % too high/);
    expect(stderr).toContain("fits if keep ≈ 0.65");
  });

  it("is there when the result goes to a file, and the file has nothing of it", async () => {
    const cwd = folder();
    const { stdout, stderr } = await vshift([...DISAGREES, "--output", "check.json"], { cwd });
    expect(stdout).toBe("");
    expect(stderr).toMatch(/^ {2}✗ disagrees with theory/);
    expect(JSON.parse(readFileSync(join(cwd, "check.json"), "utf8")).verdict).toBe("disagrees");
  });

  it("is nothing with --quiet", async () => {
    const { code, stderr } = await vshift([...DISAGREES, "--quiet"]);
    expect({ code, stderr }).toEqual({ code: 1, stderr: "" });
  });

  it("is not said twice on a terminal that has the table", async () => {
    const both = { stdout: true, stderr: true };
    const { stdout, stderr } = await onTerminal(DISAGREES, both);
    expect(stdout).toContain("disagrees with theory");
    expect(stderr).toBe("");
    expect((await onTerminal([...DISAGREES, "--format", "json"], both)).stderr).toContain("disagrees with theory");
  });

  it("has the width and the colours of standard error, whatever standard output is", async () => {
    const { stdout, stderr } = await onTerminal(DISAGREES, { stdout: false, stderr: true });
    const isColoured = (text: string) => text.includes("\u001b[31m");
    expect([isColoured(stdout), isColoured(stderr)]).toEqual([false, true]);
    for (const line of stderr.split("\n")) expect(stringWidth(line)).toBeLessThanOrEqual(60);
    expect(Math.max(...stderr.split("\n").map((line) => stringWidth(line)))).toBeGreaterThan(50);
    const piped = await vshift(DISAGREES, { env: { COLUMNS: "60" } });
    expect(piped.stderr.split("\n")).toHaveLength(stderr.split("\n").length);
    expect(isColoured(piped.stderr)).toBe(false);
    expect(isColoured((await vshift(DISAGREES, { env: { FORCE_COLOR: "1" } })).stderr)).toBe(true);
  });

  it("comes after the annotations", async () => {
    const { stderr } = await vshift([...DISAGREES, "--annotations", "github"]);
    expect(stderr).toMatch(/^::error title=[^\n]*%0Afits if keep ≈ 0\.65[^\n]*\n {2}✗ disagrees/);
  });

  it("names an interruption once, and is not agreement", async () => {
    const interrupt = AbortSignal.abort();
    const cells = ["check", "--p", "0.3,0.5", "--d", "64"];
    const { code, stdout, stderr } = await vshift(cells, { interrupt });
    expect(code).toBe(130);
    expect(stderr.match(/interrupted/g)).toHaveLength(1);
    expect(stderr).toMatch(/^ {2}\? 0 scenarios; the check as a whole is inconclusive/);
    expect(JSON.parse(stdout)).toMatchObject({ verdict: "inconclusive", counts: { agrees: 0 } });
  });

  it("does not call a check agreement whose cells could not all be measured", async () => {
    const correlated = ["--layer", "linear", "--d", "8", "--alignment", "8", "--tolerance", "0.1"];
    const args = ["check", "--rho", `0.2,${-1 / 7}`, ...correlated, "--format", "json"];
    const { code, stdout, stderr } = await vshift(args);
    expect(code).toBe(2);
    expect(stderr).toContain("vshift: scenario 2: --rho: ");
    expect(stderr).toContain("1 of 2 scenarios could not be measured");
    expect(JSON.parse(stdout).verdict).toBe("inconclusive");
  });
});

describe("what a program gets", () => {
  const isValid = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(checkSchema());

  /** The whole as JSON and as lines, each of which is of the schema. */
  async function resultOf(args: readonly string[], cwd: string) {
    const [whole, lines] = [
      JSON.parse((await vshift([...args, "--format", "json"], { cwd })).stdout) as CheckRecord,
      (await vshift([...args, "--format", "ndjson"], { cwd })).stdout
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line)),
    ];
    for (const value of [whole, ...lines]) {
      isValid(value);
      expect(isValid.errors).toBeNull();
    }
    return { whole, lines };
  }

  it("is of the published schema, for grids, records, baselines and measurements", async () => {
    const cwd = folder();
    await vshift(["sweep", ...GRID.slice(1), "--output", "both.ndjson"], { cwd });
    await vshift(["records", "both.ndjson", "--filter", "p=0.5", "--output", "one.ndjson"], { cwd });
    writeFileSync(join(cwd, "rows.csv"), "train_var,eval_var\n1.2,1\n1.6,1\n1.9,1\n");
    const unknownWeights = ["--layer", "linear", "--neurons", "32"];
    const cases = [
      GRID,
      ["check", "--p", "0.3", "--d", "16", ...TOO_ROUGH],
      ["check", "both.ndjson"],
      ["check", "one.ndjson", "--baseline", "both.ndjson"],
      ["check", "both.ndjson", "--baseline", "one.ndjson"],
      [...LAYER, "--measured", "rows.csv"],
      [...LAYER, "--measured", "0.5,0.25"],
      [...LAYER, "--mean", "1", "--measured", "7,7"],
      [...LAYER, ...unknownWeights, "--measured", "1,0.7"],
      twelveLayers(cwd),
    ];
    for (const args of cases) {
      const { whole, lines } = await resultOf(args, cwd);
      const { cells, ...summary } = whole;
      expect(lines).toEqual([...cells, summary]);
      expect(new Set(cells.map(({ name }) => name)).size).toBe(cells.length);
    }
  });

  it("has the diagnosis of a layer in that layer, as data", async () => {
    const cwd = folder();
    const { lines, whole } = await resultOf(twelveLayers(cwd), cwd);
    const diagnosed = (lines as CheckCellRecord[]).filter(({ diagnosis = [] }) => diagnosis.length > 0);
    expect(diagnosed).toMatchObject([
      {
        schema: "vshift.check-cell/1",
        id: null,
        name: "bn2",
        verdict: "disagrees",
        theory: { shift: 0.5, trainVariance: 2, testVariance: 1 },
        measured: { trainVariance: 1.43, testVariance: 1, interval: null },
        variances: "differ",
        diagnosis: [
          {
            mistake: "wrong-strength",
            inputs: [{ field: "keep", declared: 0.5, value: 0.7 }],
            predicted: { shift: 0.7, testVariance: 1 },
            variances: "fit",
          },
        ],
      },
    ]);
    expect(whole).toMatchObject({ counts: { agrees: 11, disagrees: 1, inconclusive: 0 }, notes: [] });
  });

  it("has the id of the record", async () => {
    const cwd = folder();
    await vshift(["simulate", "--p", "0.3", "--d", "64", "--output", "r.json"], { cwd });
    const { whole } = await resultOf(["check", "r.json"], cwd);
    expect(whole.cells[0]?.id).toBe(JSON.parse(readFileSync(join(cwd, "r.json"), "utf8")).id);
  });

  it("has the diagnosis in the JUnit failure and the row of the page of that layer alone", async () => {
    const cwd = folder();
    const args = [...twelveLayers(cwd), "--junit", "r.xml", "--summary", "s.md"];
    await vshift(args, { cwd });
    const says = "fits if keep ≈ 0.7 (drop 0.3)";
    const withIt = (name: string, split: string) =>
      readFileSync(join(cwd, name), "utf8")
        .split(split)
        .filter((part) => part.includes(says));
    expect(withIt("r.xml", "<testcase")).toEqual([expect.stringMatching(/name="bn2"[^>]*><failure /)]);
    expect(withIt("s.md", "\n")).toEqual([expect.stringMatching(/^\| \+40 % \| ✗ disagrees \| bn2 \|/)]);
  });
});

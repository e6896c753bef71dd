import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseHTML } from "linkedom";
import { afterAll, describe, expect, it } from "vitest";
import { type InProcess, vshift } from "./in-process.ts";

const root = mkdtempSync(join(tmpdir(), "vshift-report-"));
afterAll(() => rmSync(root, { recursive: true }));

/** The command that a page names as its own. */
async function commandOf(args: readonly string[], around: InProcess = {}): Promise<string> {
  const { stdout, stderr } = await vshift([...args, "--format", "html"], { cwd: root, ...around });
  const { document } = parseHTML(stdout);
  return document.querySelector("pre:last-of-type code")?.textContent ?? stderr;
}

const THEORY = ["theory", "--p", "0.5"];

describe("a page names the command that makes it again", () => {
  it("quoted for a shell", async () => {
    expect(await commandOf([...THEORY, "--layer", "linear", "--seed", "it's $5"])).toContain(
      "--seed 'it'\\''s $5' --format html",
    );
  });

  it("with control characters as a shell has them", async () => {
    expect(await commandOf([...THEORY, "--layer", "linear", "--seed", "a\tb'c"])).toContain(
      "--seed $'a\\u0009b\\'c' --format",
    );
  });

  it("with the part of an array job that it was", async () => {
    const env = { SLURM_ARRAY_TASK_ID: "2", SLURM_ARRAY_TASK_MIN: "1", SLURM_ARRAY_TASK_COUNT: "3" };
    const sweep = ["sweep", "--p", "0.3,0.5,0.7", "--samples", "2048"];
    for (const shard of [["--shard", "auto"], ["--shard=auto"]]) {
      expect(await commandOf([...sweep, ...shard], { env })).toBe(
        "vshift sweep --p 0.3,0.5,0.7 --samples 2048 --shard=2/3 --format html",
      );
    }
    expect(await commandOf(sweep, { env: { ...env, VSHIFT_SHARD: "auto" } })).toBe(
      "VSHIFT_SHARD=2/3 vshift sweep --p 0.3,0.5,0.7 --samples 2048 --format html",
    );
  });

  it("with a configuration before what two hyphens begin", async () => {
    const cwd = join(root, "hyphens");
    mkdirSync(cwd);
    await vshift(["sweep", "--p", "0.5", "--samples", "2048", "--output", "s.ndjson"], { cwd });
    writeFileSync(join(cwd, "vshift.config.yaml"), "samples: 2048\n");
    const { stdout } = await vshift(["records", "--p", "0.5", "--format", "html", "--", "s.ndjson"], {
      cwd,
      env: { VSHIFT_NO_CONFIG: "" },
    });
    expect(stdout).toContain("--format html --config vshift.config.yaml -- s.ndjson");
  });

  it("with the variables that set a field, and none of the machine's", async () => {
    const env = { VSHIFT_MEAN: "1.5", VSHIFT_THREADS: "2", VSHIFT_ENGINE: "redis://:geheim@h" };
    expect(await commandOf(THEORY, { env })).toBe("VSHIFT_MEAN=1.5 vshift theory --p 0.5 --format html");
  });

  it("with the configuration that was found, where it was read", async () => {
    const cwd = join(root, "with");
    mkdirSync(cwd);
    writeFileSync(join(cwd, "vshift.config.yaml"), "mean: 1\n");
    const command = await commandOf(THEORY, { cwd, env: { VSHIFT_NO_CONFIG: "" } });
    expect(command).toBe("vshift theory --p 0.5 --format html --config vshift.config.yaml");
    const network = ["theory", "--network", "input(64) dropout(0.5) bn"];
    expect(await commandOf(network, { cwd, env: { VSHIFT_NO_CONFIG: "" } })).toBe(
      "vshift theory --network 'input(64) dropout(0.5) bn' --format html",
    );
  });
});

it("a report says which scenarios it lacks, and then nothing of the same bytes", async () => {
  const bad = ["sweep", "--p", "0.0001,0.5", "--d", "1", "--batch-size", "2", "--samples", "8"];
  const { code, stdout } = await vshift([...bad, "--format", "html"], { cwd: root });
  expect(code).toBe(2);
  const { document } = parseHTML(stdout);
  const words = document.querySelector("main")?.textContent ?? "";
  expect(words).toContain("scenario 1: --samples: 4 mini-batches of 2 have no variance to measure");
  expect(words).not.toContain("same bytes");
});

describe("a report of a sweep", () => {
  const sweep = ["sweep", "--p", "0.3,0.5,0.7", "--d", "8,16", "--samples", "2048"];
  const bodyOf = (text: string) => text.replace(/<pre>.*?<\/pre>/s, "");

  it("is the same from standard output, from a file, and from the records of the sweep", async () => {
    const { stdout, code } = await vshift([...sweep, "--format", "html"], { cwd: root });
    expect(code).toBe(0);
    await vshift([...sweep, "--output", "sweep.html"], { cwd: root });
    await vshift([...sweep, "--output", "sweep.ndjson"], { cwd: root });
    await vshift(["records", "sweep.ndjson", "--output", "records.html"], { cwd: root });
    const files = ["sweep.html", "records.html"].map((name) => bodyOf(readFileSync(join(root, name), "utf8")));
    expect(files).toEqual([bodyOf(stdout), bodyOf(stdout)]);
    expect(stdout).toContain("all 6 scenarios");
  });
});

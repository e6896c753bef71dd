import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { vshift } from "./in-process.ts";

const LAW_FLAGS = [
  ...["--p", "--keep", "--drop", "--noise", "--beta", "--relative-variance", "--channel-size", "--scaling"],
  ...["--d", "--width", "--activation", "--mean", "--variance", "--rho", "--seed"],
  ...["--layer", "--neurons", "--weights", "--weight-mean", "--alignment"],
  ...["--config", "--format", "--output", "--quiet"],
];
const FILE_FLAGS = ["--test-activation", "--stride", "--padding", "--layout"];
const THEORY_FLAGS = [...LAW_FLAGS, ...FILE_FLAGS];
const MEASURED_FLAGS = [
  ...THEORY_FLAGS,
  ...["--preset", "--batch-size", "--momentum", "--epsilon"],
  ...["--precision", "--confidence", "--max-samples", "--samples", "--masks", "--tolerance"],
];
const CHECK_FLAGS = [
  ...[
    "--threads",
    "--zip",
    "--match-noise",
    "--alpha",
    "--baseline",
    "--measured",
    "--columns",
    "--plan",
    "--junit",
    "--summary",
    "--annotations",
  ],
];
const WEIGHTS_FLAGS = [
  ...["--name", "--layout", "--p", "--keep", "--drop", "--noise", "--beta", "--relative-variance"],
  ...["--channel-size", "--scaling"],
  ...["--activation", "--mean", "--variance", "--rho", "--format", "--output"],
];
const PLOT_FLAGS = [
  ...["--x", "--y", "--by", "--colour", "--color", "--facet", "--title", "--figure", "--width", "--height", "--scale"],
  ...["--format", "--output"],
];

it("--version prints the package's version, and exits with 0", async () => {
  const { version } = JSON.parse(readFileSync("package.json", "utf8"));
  expect(await vshift(["--version"])).toEqual({ code: 0, stdout: `${version}\n`, stderr: "" });
});

it("--help prints the commands and exit codes to stdout, and exits with 0", async () => {
  const { code, stdout, stderr } = await vshift(["--help"]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  for (const word of ["simulate", "theory", "complete", "Exit codes: 0 fine"]) expect(stdout).toContain(word);
});

it.each([
  ["simulate", [...MEASURED_FLAGS, "--threads", "--shard"]],
  [
    "sweep",
    [
      ...MEASURED_FLAGS,
      "--threads",
      "--zip",
      "--match-noise",
      "--repeats",
      "--shard",
      "--dry-run",
      "--resume",
      "--no-resume",
    ],
  ],
  ["records", [...MEASURED_FLAGS, "--zip", "--match-noise", "--sort", "--filter"]],
  ["plot", PLOT_FLAGS],
  ["check", [...MEASURED_FLAGS, ...CHECK_FLAGS]],
  ["theory", THEORY_FLAGS],
  ["solve", [...LAW_FLAGS, "--shift", "--solve-for"]],
  ["paper", ["--format", "--output"]],
  ["weights", WEIGHTS_FLAGS],
])("%s --help shows every flag, at most 80 columns wide", async (command, flags) => {
  const { code, stdout, stderr } = await vshift([command, "--help"]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  const shown = [...stdout.matchAll(/^ {2}(--.*?)(?: {2}|$)/gm)].flatMap(([, names = ""]) => names.match(/--[a-z-]+/g));
  expect(shown.toSorted()).toEqual([...flags, "--help"].toSorted());
  const [usage = ""] = stdout.split("\nExamples:");
  expect(Math.max(...usage.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
});

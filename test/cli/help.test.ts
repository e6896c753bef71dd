import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { COMMANDS } from "../../src/cli/commands.ts";
import { vshift } from "./in-process.ts";

const LAW_FLAGS = [
  ...["--p", "--keep", "--drop", "--noise", "--beta", "--relative-variance", "--channel-size", "--scaling"],
  ...["--d", "--width", "--activation", "--mean", "--variance", "--rho", "--seed"],
  ...["--layer", "--neurons", "--weights", "--weight-mean", "--alignment"],
  ...["--config", "--no-config", "--format", "--output", "--quiet"],
];
const STACK_FLAGS = [...["--depth", "--connection", "--noise-at", "--norm", "--norm-at", "--groups"]];
const TEST_TIME_FLAGS = ["--statistics", "--reestimate-batches", "--noise-in-test"];
const FILE_FLAGS = ["--test-activation", "--stride", "--padding", "--layout"];
const THEORY_FLAGS = [...LAW_FLAGS, ...FILE_FLAGS];
const MEASURED_FLAGS = [
  ...THEORY_FLAGS,
  ...["--preset", "--batch-size", "--momentum", "--epsilon"],
  ...["--precision", "--confidence", "--max-samples", "--samples", "--batches", "--masks", "--tolerance"],
  ...TEST_TIME_FLAGS,
  ...["--nonlinearity", "--network", "--set"],
];
const EXPLORE_FLAGS = [
  ...MEASURED_FLAGS.filter((flag) => ![...FILE_FLAGS, "--format"].includes(flag)),
  ...STACK_FLAGS,
  "--open",
];
const QUEUE_FLAGS = ["--engine", "--detach", "--status"];
const CHECK_FLAGS = [
  ...QUEUE_FLAGS,
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
  ...["--x", "--y", "--by", "--fill", "--facet", "--title", "--figure", "--width", "--height", "--scale"],
  ...["--format", "--output"],
];

it.each([["--version"], ["-V"], ["simulate", "-V"]])(
  "%s prints the package's version, and exits with 0",
  async (...args) => {
    const { version } = JSON.parse(readFileSync("package.json", "utf8"));
    expect(await vshift(args)).toEqual({ code: 0, stdout: `${version}\n`, stderr: "" });
  },
);

it("--help prints the commands and exit codes to stdout, and exits with 0", async () => {
  const { code, stdout, stderr } = await vshift(["--help"]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  for (const word of ["simulate", "theory", "completion", "Exit codes: 0 success"]) expect(stdout).toContain(word);
});

it.each([
  [["-h"], ["--help"]],
  [["help"], ["--help"]],
  [
    ["theory", "-h"],
    ["theory", "--help"],
  ],
  [
    ["help", "theory"],
    ["theory", "--help"],
  ],
  [
    ["--color", "never", "help", "theory"],
    ["theory", "--help"],
  ],
])("%j prints what %j does", async (short, long) => {
  expect(await vshift(short)).toEqual(await vshift(long));
});

it("help on what is no command is refused as the command itself is", async () => {
  const run = await vshift(["help", "nonsense"]);
  expect(run).toEqual(await vshift(["nonsense"]));
  expect(run).toMatchObject({ code: 2, stdout: "" });
});

it.each([
  ["simulate", [...MEASURED_FLAGS, "--print-network", "--compare", "--threads", "--shard"]],
  [
    "sweep",
    [
      ...MEASURED_FLAGS,
      ...STACK_FLAGS,
      "--threads",
      "--zip",
      "--match-noise",
      "--repeats",
      "--shard",
      "--dry-run",
      "--resume",
      "--no-resume",
      ...QUEUE_FLAGS,
    ],
  ],
  ["records", [...MEASURED_FLAGS, ...STACK_FLAGS, "--zip", "--match-noise", "--sort", "--filter"]],
  ["plot", PLOT_FLAGS],
  ["check", [...MEASURED_FLAGS, ...STACK_FLAGS, ...CHECK_FLAGS]],
  ["theory", [...THEORY_FLAGS, ...STACK_FLAGS, ...TEST_TIME_FLAGS, "--nonlinearity", "--network", "--set"]],
  ["solve", [...LAW_FLAGS, "--shift", "--solve-for"]],
  ["paper", ["--format", "--output"]],
  ["weights", WEIGHTS_FLAGS],
  ["worker", ["--threads", "--quiet"]],
  ["explore", EXPLORE_FLAGS],
])("%s --help shows every flag", async (command, flags) => {
  const { code, stdout, stderr } = await vshift([command, "--help"]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  const shown = [...stdout.matchAll(/^ {2}((?:-h, )?--.*?)(?: {2}|$)/gm)].flatMap(([, names = ""]) =>
    names.match(/--[a-z-]+/g),
  );
  expect(shown.toSorted()).toEqual([...flags, "--color", "--no-color", "--help"].toSorted());
});

const PAGES = [[], ...COMMANDS.map(({ name }) => [name])];

/** The words of a page, with its line breaks and the backslashes of commands that go on taken out. */
function wordsOf(page: string): string[] {
  return page.split(/\s+/).filter((word) => word !== "" && word !== "\\");
}

describe.each([60, 80, 100, 120])("on a terminal of %d columns", (columns) => {
  it.each(PAGES)("vshift %s --help fits, and breaks no word", async (...command) => {
    const { stdout } = await vshift([...command, "--help"], { columns });
    for (const line of stdout.split("\n")) expect(line.length, line).toBeLessThanOrEqual(columns);
    const { stdout: widest } = await vshift([...command, "--help"], { columns: 120 });
    expect(wordsOf(stdout)).toEqual(wordsOf(widest));
  });

  it("a page that is shown because of a mistake fits", async () => {
    const { code, stderr } = await vshift([], { columns });
    expect(code).toBe(2);
    expect(stderr).toContain("Examples:");
    for (const line of stderr.split("\n")) expect(line.length, line).toBeLessThanOrEqual(columns);
  });
});

it("a page has 80 columns where nobody knows, and 120 at most", async () => {
  const pageAt = async (columns?: number) => (await vshift(["check", "--help"], columns ? { columns } : {})).stdout;
  expect(await pageAt()).toBe(await pageAt(80));
  expect(await pageAt(300)).toBe(await pageAt(120));
});

it("an example that does not fit its line goes on behind a backslash, flags with their values", async () => {
  const { stdout } = await vshift(["check", "--help"], { columns: 60 });
  expect(stdout).toContain(`
  vshift check --drop 0.5 --d 512 \\
      --measured train=running_var.csv,test=eval_var.csv
      a TensorBoard export per phase
`);
});

describe("--color", () => {
  const line = ["theory", "--p", "0.5", "--format", "table"];
  const COLOURED = "\u001b[1m";

  it.each([
    [["--color", "always"], { NO_COLOR: "1" }, true],
    [["--color=always"], { TERM: "dumb" }, true],
    [["--color", "never"], { FORCE_COLOR: "1" }, false],
    [["--no-color"], { FORCE_COLOR: "1" }, false],
    [["--color", "auto"], { FORCE_COLOR: "1" }, true],
    [["--color", "auto"], {}, false],
    [[], { VSHIFT_COLOR: "always" }, true],
    [["--color", "never"], { VSHIFT_COLOR: "always" }, false],
  ])("%j with %j: %j, before the command and behind it", async (flags, env, coloured) => {
    for (const args of [
      [...flags, ...line],
      [...line, ...flags],
    ]) {
      const { code, stdout } = await vshift(args, { env });
      expect({ code, coloured: stdout.includes(COLOURED) }).toEqual({ code: 0, coloured });
    }
  });

  it("takes three words", async () => {
    const { code, stderr } = await vshift([...line, "--color", "deviation"]);
    expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringContaining("auto, always, never") });
  });

  it("is a flag of every command", async () => {
    for (const { name } of COMMANDS) {
      const { stdout } = await vshift([name, "--help"]);
      expect(stdout, name).toContain("--color <when>");
    }
  });
});

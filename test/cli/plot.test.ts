import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { vshift } from "./in-process.ts";
import { temporaryFolders } from "./vshift.ts";

const folder = temporaryFolders();
const home = folder();
const file = join(home, "records.ndjson");
let lines = "";

beforeAll(async () => {
  const runs = [0.2, 0.4, 0.8].flatMap((keep) => [0, 1].map((mean) => [`${keep}`, `${mean}`]));
  for (const [keep, mean] of runs) {
    const { stdout } = await vshift([
      "simulate",
      "--p",
      `${keep}`,
      "--mean",
      `${mean}`,
      "--d",
      "4",
      "--samples",
      "1024",
    ]);
    lines += stdout;
  }
  writeFileSync(file, lines);
});

const SVG = /^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" [\s\S]*<\/svg>\n$/;

it("without an output, a pipe gets SVG", async () => {
  const { code, stdout, stderr } = await vshift(["plot", file]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toMatch(SVG);
  expect(stdout).toContain(">c\u00a0=\u00a01</text>");
});

it("several files are one picture", async () => {
  const parts = folder();
  const all = lines.split(/(?<=\n)/);
  writeFileSync(join(parts, "a.ndjson"), all.slice(0, 3).join(""));
  writeFileSync(join(parts, "b.ndjson"), all.slice(3).join(""));
  const [whole, joined] = await Promise.all([
    vshift(["plot", file]),
    vshift(["plot", "a.ndjson", "b.ndjson"], { cwd: parts }),
  ]);
  expect(joined).toEqual(whole);
});

it("an output in .svg is written whole, from any folder, and nothing lies beside it", async () => {
  const elsewhere = folder();
  const { code, stdout } = await vshift(["plot", file, "--y", "deviation", "--output", "a.svg"], { cwd: elsewhere });
  expect({ code, stdout }).toEqual({ code: 0, stdout: "" });
  expect(readdirSync(elsewhere)).toEqual(["a.svg"]);
  expect(readFileSync(join(elsewhere, "a.svg"), "utf8")).toMatch(SVG);
});

it("a chart is text, coloured only when colour is asked for", async () => {
  const [plain, coloured] = await Promise.all([
    vshift(["plot", file, "--format", "chart"]),
    vshift(["plot", file, "--format", "chart"], { env: { FORCE_COLOR: "1" } }),
  ]);
  expect(plain.stdout).toContain("  ● c = 0\n");
  expect(plain.stdout).not.toContain("\u001b");
  // The ends of the ramp from cool to warm: blue and magenta.
  expect(coloured.stdout).toContain("\u001b[34m●\u001b[39m c = 0\n");
  expect(coloured.stdout).toContain("\u001b[35m□\u001b[39m c = 1\n");
});

it("the chart of vshift stack has the colours that plot gives its records", async () => {
  const stack = ["stack", "--depth", "2", "--d", "16"];
  const records = join(folder(), "stack.ndjson");
  await vshift([...stack, "--output", records]);
  const [measured, drawn] = await Promise.all([
    vshift([...stack, "--format", "chart"], { env: { FORCE_COLOR: "1" } }),
    vshift(["plot", records, "--format", "chart"], { env: { FORCE_COLOR: "1" } }),
  ]);
  expect(measured.stdout).toContain("\u001b[34m●\u001b[39m");
  expect(measured.stdout).toBe(drawn.stdout);
});

it.each(["--fill", "--colour"])("a heat map takes its quantity from %s", async (flag) => {
  const args = ["plot", file, "--x", "p", "--y", "mean", flag, "deviation", "--format", "chart"];
  expect(await vshift(args)).toMatchObject({ code: 0, stdout: expect.stringContaining("mean c of the input down") });
});

it("a sweep over widths shows its alignment, with the equation of the line through it", async () => {
  const sweep = ["sweep", "--layer", "linear", "--d", "16..128*2", "--weight-mean", "0,0.1", "--neurons", "4"];
  const records = join(folder(), "widths.ndjson");
  await vshift([...sweep, "--samples", "512", "--output", records]);
  const { code, stdout } = await vshift(["plot", records, "--x", "d", "--y", "alignment"]);
  expect(code).toBe(0);
  expect(stdout).toContain(">alignment d·cos²θ of the weights</text>");
  expect(stdout).toContain("Dotted, by least squares: d·cos²θ\u00a0=\u00a0");
});

it("the help's example of three noises at one strength is drawn by category", async () => {
  const flags = [
    "--noise",
    "uout,bernoulli,gaussian",
    "--beta",
    "0.1",
    "--match-noise",
    "--d",
    "4",
    "--samples",
    "1024",
  ];
  const records = join(folder(), "noise.ndjson");
  await vshift(["sweep", ...flags, "--output", records]);
  const [byItself, asked] = await Promise.all([vshift(["plot", records]), vshift(["plot", records, "--x", "noise"])]);
  expect(asked).toEqual(byItself);
  for (const words of ["Uout", "Bernoulli", "Gaussian"]) expect(asked.stdout).toContain(`>${words}</text>`);
  expect(asked.stdout).toContain("σ²\u00a0=\u00a00.003333");
});

it("a picture has the size asked for, and a panel for each value of --facet", async () => {
  const { code, stdout } = await vshift(["plot", file, "--facet", "mean", "--width", "500", "--height", "400"]);
  expect(code).toBe(0);
  expect(stdout).toContain('width="500" height="400"');
  for (const words of ["c\u00a0=\u00a00", "c\u00a0=\u00a01"]) expect(stdout).toContain(`>${words}</text>`);
});

it("a figure brings its own records and is the one in docs/", async () => {
  const { code, stdout, stderr } = await vshift(["plot", "--figure", "paper-a"]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toBe(readFileSync("docs/figures/paper-a.svg", "utf8"));
});

describe("bad input is one line and exit code 2", () => {
  it.each([
    [["--x", "kep"], "vshift: --x: kep is not a field of a scenario; did you mean keep?\n"],
    [["--x", "noise"], /^vshift: --x: noise does not vary: it is bernoulli in every record; .*\n$/],
    [["--facet", "p", "--x", "p"], "vshift: --facet: p is the field of --x; give another field\n"],
    [["--width", "20"], /^vshift: --width: 20 is not a whole number from 320 to 4000; .*\n$/],
    [
      ["--format", "chart", "--height", "300"],
      /^vshift: --height: is in px, and a chart has the terminal's columns; .*\n$/,
    ],
    [["--scale", "3"], "vshift: --scale: is for png, not svg; leave it out, or add --output figure.png\n"],
    [["--x", "rho"], /^vshift: --x: rho does not vary: it is 0 in every record; .*\n$/],
    [["--output", "nowhere/a.svg"], /^vshift: --output: cannot write nowhere\/a\.svg \(ENOENT: .*\n$/],
    [
      ["--output", "a.gif"],
      /^vshift: --output: a\.gif has the file extension \.gif, which is not a format of this command; use \.svg, .*\n$/,
    ],
    [["--format", "gif"], /^vshift: --format: "gif" is not one of svg, png, pdf, chart; choose one of these\n$/],
    [["--figure", "uout"], /^vshift: --figure: uout brings its own records, and .* is given too; .*\n$/],
  ] as const)("%j", async (flags, message) => {
    const { code, stdout, stderr } = await vshift(["plot", file, ...flags]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    if (typeof message === "string") expect(stderr).toBe(message);
    else expect(stderr).toMatch(message);
  });

  it("no records", async () => {
    const none = join(folder(), "none.ndjson");
    writeFileSync(none, "\n");
    expect(await vshift(["plot", none])).toEqual({
      code: 2,
      stdout: "",
      stderr: "vshift: records: are missing from the input; give a file that vshift simulate or vshift sweep wrote\n",
    });
  });

  it("what is no record leaves an existing picture as it was", async () => {
    const elsewhere = folder();
    const picture = join(elsewhere, "a.svg");
    writeFileSync(picture, "old");
    const records = join(folder(), "other.ndjson");
    writeFileSync(records, '{"schema":"other"}\n');
    const { code, stderr } = await vshift(["plot", records, "--output", picture]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^vshift: .*other\.ndjson:1: has the schema "other", not vshift\.record\/1; .*\n$/);
    expect(readFileSync(picture, "utf8")).toBe("old");
    expect(readdirSync(elsewhere)).toEqual(["a.svg"]);
  });
});

it("the help shows examples, quantities and figures", async () => {
  const { code, stdout } = await vshift(["plot", "--help"]);
  expect(code).toBe(0);
  for (const words of ["Examples:", "--y deviation", "paper-b", "outputVariance"]) expect(stdout).toContain(words);
});

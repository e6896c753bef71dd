import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { chromium } from "playwright-core";
import { beforeAll, describe, expect, inject, it } from "vitest";
import { type ScenarioInput, simulate, solve, sweep } from "../../src/index.ts";
import { start } from "../cli/vshift.ts";

// The projects in docs/examples, each next to the package as npm installs it.

const EXAMPLES = resolve("docs/examples");
const folder = join(inject("installed"), "examples");
const executablePath = inject("chromium");

beforeAll(() => cpSync(EXAMPLES, folder, { recursive: true }));

/** What a program of a project prints, where it ends well and complains of nothing. */
async function printed(project: string, ...[program = "", ...args]: readonly string[]): Promise<string> {
  const ran = await start([process.execPath, program, ...args], { cwd: join(folder, project) }).end;
  expect(ran, ran.stdout).toMatchObject({ code: 0, stderr: "" });
  return ran.stdout;
}

it("esm: sweeps, prints and draws what the library gives here", async () => {
  const lines: string[] = [];
  for await (const { scenario, measured, theory, agreement } of sweep({ keep: "0.1:0.9:0.2", width: [64, 512] })) {
    lines.push([scenario.keep, scenario.width, measured.shift, theory?.shift, agreement.verdict].join(" "));
  }
  expect((await printed("esm", "index.js")).trimEnd().split("\n")).toEqual(lines);
  expect(readFileSync(join(folder, "esm/shift.svg"), "utf8")).toMatch(/^<svg[\s\S]*<\/svg>\n?$/);
});

it("commonjs: solves, derives and refuses", async () => {
  const { value, steps } = solve({ mean: 1 }, { solveFor: "keep", shift: 0.9 });
  const output = (await printed("commonjs", "index.cjs")).trimEnd().split("\n");
  expect(output).toHaveLength(steps.length + 2);
  expect(output[0]).toBe(`keep ${value}`);
  expect(output.at(-1)).toMatch(/^shift is refused: 2 is not /);
});

describe("typescript", () => {
  // All types of the package are checked, and not those of TypeScript itself.
  const TSC = [resolve("node_modules/typescript/bin/tsc"), "--skipDefaultLibCheck"];

  it.each([
    ["node16", "node16"],
    ["nodenext", "nodenext"],
    ["esnext", "bundler"],
  ])("compiles modules of %s, resolved as %s does, and runs: its dropout agrees with theory", async (...modules) => {
    const [module, resolution] = modules;
    await printed("typescript", ...TSC, "--module", module, "--moduleResolution", resolution);
    expect(await printed("typescript", "build/index.js")).toMatch(/agrees/);
  });

  // Negative control, by the types of CommonJS: one error, of these lines, and none of the package.
  it("refuses a number where the noise is named", async () => {
    const cwd = join(folder, "typescript");
    writeFileSync(join(cwd, "wrong.cts"), 'import { simulate } from "vshift";\nsimulate({ noise: 1 });\n');
    const flags = ["--noEmit", "--strict", "--module", "nodenext", "--ignoreConfig", "wrong.cts"];
    const { code, stdout } = await start([process.execPath, ...TSC, ...flags], { cwd }).end;
    expect(code).not.toBe(0);
    expect(stdout.match(/error TS\d+/g)).toEqual(["error TS2322"]);
  });
});

it("vite: builds without a warning, and the page gives the bytes that Node gives", async ({ skip }) => {
  const output = await printed("vite", resolve("node_modules/vite/bin/vite.js"), "build", "--base", "./");
  expect(output).not.toMatch(/warn|externalized/i);
  skip(executablePath === "", "no Chromium (Debian: apt install chromium, or set CHROMIUM_PATH)");
  const browser = await chromium.launch({ executablePath, headless: true, args: ["--no-sandbox", "--disable-gpu"] });
  try {
    const page = await browser.newPage();
    const complaints: string[] = [];
    page.on("pageerror", ({ message }) => complaints.push(message));
    // Nothing answers there: the files are handed to the browser, since it takes no modules from file:.
    const site = "http://vshift.test/";
    await page.route(`${site}**`, (route) => {
      const path = new URL(route.request().url()).pathname.slice(1) || "index.html";
      return route.fulfill({ path: join(folder, "vite/dist", path) });
    });
    await page.goto(site);
    const recordOf = async (input: ScenarioInput) => {
      await page.waitForFunction(`document.querySelector("#shift").value.startsWith("drop ${input.drop}:")`);
      return page.locator("#record").textContent();
    };
    for (const drop of [0.5, 0.3]) {
      await page.locator("#drop").fill(String(drop));
      expect(await recordOf({ drop })).toBe(JSON.stringify(await simulate({ drop, width: 64 })));
    }
    expect(complaints).toEqual([]);
  } finally {
    await browser.close();
  }
});

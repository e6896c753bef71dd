import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from "vitest";
import { temporaryFolders, vshift } from "../cli/vshift.ts";

const executablePath = inject("chromium");
const folder = temporaryFolders();
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** The pages that are looked at, by the commands that make them. */
const PAGES: Readonly<Record<string, readonly string[]>> = {
  sweep: ["sweep", "--p", "0.1:0.9:0.2", "--d", "8,16,32", "--mean", "0,1", "--samples", "4096"],
  simulate: ["simulate", "--p", "0.5", "--d", "64"],
  stack: ["stack", "--p", "0.5,0.8", "--depth", "2", "--d", "16", "--batches", "8"],
  check: ["check", "--p", "0.5,0.9", "--d", "32", "--samples", "65536"],
  theory: ["theory", "--activation", "relu", "--drop", "0.3"],
  audit: ["audit", "test/model/data/mlp-drop-0.5-s0.pt2"],
};

let browser: Browser;
const files = new Map<string, string>();

beforeAll(async () => {
  if (executablePath === "") return;
  const cwd = folder();
  for (const [name, args] of Object.entries(PAGES)) {
    const path = join(cwd, `${name}.html`);
    await vshift([...args, "--output", path]);
    files.set(name, path);
  }
  browser = await chromium.launch({ executablePath, headless: true, args: ["--no-sandbox", "--disable-gpu"] });
});
afterAll(() => browser?.close());

interface Opened {
  readonly page: Page;
  /** What it asked for beside itself, and what it complained of. */
  readonly requests: string[];
  readonly complaints: string[];
}

async function opened(name: string, options: BrowserContextOptions = {}): Promise<Opened> {
  const context = await browser.newContext({ acceptDownloads: true, ...options });
  const page = await context.newPage();
  const requests: string[] = [];
  const complaints: string[] = [];
  page.on("request", (request) => requests.push(request.url().slice(0, 30)));
  page.on("console", (message) => complaints.push(message.text()));
  page.on("pageerror", ({ message }) => complaints.push(message));
  await page.goto(pathToFileURL(files.get(name) ?? "").href);
  return { page, requests, complaints };
}

describe("a page of HTML in Chromium", () => {
  beforeEach(({ skip }) =>
    skip(executablePath === "", "no Chromium (Debian: apt install chromium, or set CHROMIUM_PATH)"),
  );

  test.each(Object.keys(PAGES))("%s: asks for nothing, and breaks no rule of its own policy", async (name) => {
    const { requests, complaints } = await opened(name);
    expect(requests.filter((url) => !url.startsWith("data:image/svg+xml"))).toEqual([expect.stringMatching(/^file:/)]);
    expect(complaints).toEqual([]);
  });

  test.each(
    Object.keys(PAGES).flatMap((name) => (["light", "dark"] as const).map((scheme) => [name, scheme] as const)),
  )("%s, %s: axe finds nothing", async (name, colorScheme) => {
    const { page } = await opened(name, { colorScheme, bypassCSP: true });
    await page.evaluate(AXE);
    const found = "({ violations }) => violations.map(({ id, nodes }) => [id, nodes[0].html])";
    expect(await page.evaluate(`axe.run().then(${found})`)).toEqual([]);
  });

  test.each(Object.keys(PAGES))("%s: no wider than a phone, and than paper", async (name) => {
    const { page } = await opened(name, { viewport: { width: 360, height: 740 } });
    const overhang = "document.documentElement.scrollWidth - document.documentElement.clientWidth";
    expect(await page.evaluate(overhang)).toBeLessThanOrEqual(0);
    await page.emulateMedia({ media: "print" });
    expect(await page.isVisible("#save")).toBe(false);
  });

  test("rows sort by numbers and back, and are filtered by words, with the keyboard alone", async () => {
    const { page } = await opened("sweep");
    const column = async (at: number) =>
      (await page.locator(`tbody tr:visible td:nth-child(${at})`).allTextContents()).map((text) => text.trim());
    const widths = await column(3);
    await page.locator("thead button", { hasText: "width" }).focus();
    await page.keyboard.press("Enter");
    const numbers = (texts: readonly string[]) => texts.map(Number);
    expect(numbers(await column(3))).toEqual(numbers(widths).toSorted((a, b) => a - b));
    expect(await page.getAttribute("thead th:nth-child(3)", "aria-sort")).toBe("ascending");
    await page.keyboard.press("Space");
    expect(numbers(await column(3))).toEqual(numbers(widths).toSorted((a, b) => b - a));
    await page.locator("input[type=search]").focus();
    await page.keyboard.type("agrees");
    const left = await column(3);
    expect(left.length).toBeLessThanOrEqual(widths.length);
    await page.keyboard.press("Control+A");
    await page.keyboard.type("no such word");
    expect(await column(3)).toEqual([]);
    await page.keyboard.press("Control+A");
    await page.keyboard.press("Backspace");
    expect((await column(3)).length).toBe(widths.length);
  });

  test("what the button saves are the bytes of --format ndjson", async () => {
    const { page } = await opened("sweep");
    const download = page.waitForEvent("download");
    await page.click("#save");
    const saved = readFileSync(await (await download).path(), "utf8");
    const { stdout } = await vshift([...(PAGES.sweep ?? []), "--format", "ndjson"]);
    expect(saved).toBe(stdout);
  });

  test("everything is there without scripts, except what they do", async () => {
    const { page } = await opened("sweep", { javaScriptEnabled: false });
    expect(await page.isVisible("h1")).toBe(true);
    expect(await page.locator("tbody tr").count()).toBe(30);
    expect(await page.isVisible("figure img")).toBe(true);
    expect(await page.isVisible("#save")).toBe(false);
    expect(await page.isVisible("input")).toBe(false);
  });
});

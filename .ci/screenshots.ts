// Takes the pictures of pages that the documents show: npm run screenshots. Needs what npm run build makes, and a Chromium.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { main } from "../src/cli/main.ts";
import { chromiumPath } from "../test/engines/installed-chromium.ts";

interface Shot {
  readonly file: string;
  readonly page: "explorer" | "report";
  readonly options: BrowserContextOptions;
  readonly isPrinted?: true;
  readonly fullPage?: true;
}

const SHOTS: readonly Shot[] = [
  { file: "explorer.png", page: "explorer", options: { viewport: { width: 1280, height: 1230 } } },
  {
    file: "explorer-dark.png",
    page: "explorer",
    options: { viewport: { width: 1280, height: 1230 }, colorScheme: "dark" },
  },
  { file: "explorer-phone.png", page: "explorer", options: { viewport: { width: 390, height: 1900 } } },
  {
    file: "explorer-print.png",
    page: "explorer",
    options: { viewport: { width: 794, height: 1123 } },
    isPrinted: true,
    fullPage: true,
  },
];

const COMMANDS = {
  explorer: ["explore"],
  report: ["sweep", "--p", "0.1:0.9:0.1", "--d", "64,512", "--mean", "0,1"],
} as const;

/** Measured points in all figures of the explorer, the last of which takes a few seconds. */
const POINTS = 74;

const executablePath = chromiumPath();
if (executablePath === undefined) process.exit(2);
const folder = await mkdtemp(join(tmpdir(), "vshift-screenshots-"));
const ignored = { write: () => true };
const browser = await chromium.launch({ executablePath, headless: true, args: ["--no-sandbox", "--disable-gpu"] });
for (const { file, page: name, options, isPrinted = false, fullPage = false } of SHOTS) {
  const path = join(folder, `${name}.html`);
  const streams = { stdout: ignored, stderr: ignored, env: {}, interrupt: new AbortController().signal };
  await main([...COMMANDS[name], "--output", path], streams);
  const page = await (await browser.newContext(options)).newPage();
  await page.goto(pathToFileURL(path).href);
  if (name === "explorer") await settled(page);
  if (isPrinted) await page.emulateMedia({ media: "print" });
  await page.screenshot({ path: join("docs/figures", file), fullPage });
  await page.context().close();
}
await browser.close();
await rm(folder, { recursive: true });

/** Waits until all figures are measured. */
async function settled(page: Page): Promise<void> {
  await page.locator("#by-depth .save:enabled").waitFor();
  await page.locator(`.dot >> nth=${POINTS - 1}`).waitFor({ timeout: 60_000 });
  await page.waitForTimeout(2000);
}

// Takes the pictures of the explorer that the documents show: npm run screenshots. Needs what npm run build makes, and a Chromium.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { main } from "../src/cli/main.ts";
import { chromiumPath } from "../test/engines/installed-chromium.ts";

interface Shot {
  readonly file: string;
  readonly options: BrowserContextOptions;
  readonly isPrinted?: true;
  readonly fullPage?: true;
}

const SHOTS: readonly Shot[] = [
  { file: "explorer.png", options: { viewport: { width: 1280, height: 1230 } } },
  {
    file: "explorer-dark.png",

    options: { viewport: { width: 1280, height: 1230 }, colorScheme: "dark" },
  },
  { file: "explorer-phone.png", options: { viewport: { width: 390, height: 1900 } } },
  {
    file: "explorer-print.png",

    options: { viewport: { width: 794, height: 1123 } },
    isPrinted: true,
    fullPage: true,
  },
];

/** Measured points in all figures of the explorer, the last of which takes a few seconds. */
const POINTS = 74;

const executablePath = chromiumPath();
if (executablePath === undefined) process.exit(2);
const folder = await mkdtemp(join(tmpdir(), "vshift-screenshots-"));
const ignored = { write: () => true };
const browser = await chromium.launch({ executablePath, headless: true, args: ["--no-sandbox", "--disable-gpu"] });
const path = join(folder, "explorer.html");
await main(["explore", "--output", path], {
  ...{ stdout: ignored, stderr: ignored, env: {} },
  interrupt: new AbortController().signal,
});
for (const { file, options, isPrinted = false, fullPage = false } of SHOTS) {
  const page = await (await browser.newContext(options)).newPage();
  await page.goto(pathToFileURL(path).href);
  await settled(page);
  if (isPrinted) await page.emulateMedia({ media: "print" });
  await page.screenshot({ path: join("docs/figures", file), fullPage });
  await page.context().close();
}
await browser.close();
await rm(folder, { recursive: true });

/** Waits until all figures are measured. */
async function settled(page: Page): Promise<void> {
  await page.locator("#by-depth .save:enabled").waitFor();
  await page.locator(`.plot .dot >> nth=${POINTS - 1}`).waitFor({ timeout: 60_000 });
  await page.waitForTimeout(2000);
}

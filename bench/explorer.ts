/**
 * How quickly the explorer shows something, and whether it stays smooth while it measures: `npm run bench:explorer`.
 *
 * Opens the page in Chromium several times, each with a profile of its own. First picture: first contentful paint. First interval: when
 * a measured ratio with its interval is in the page. Frames: how many the page draws in a second, from its opening on, while all
 * figures are measured and after.
 */
import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import { chromium } from "playwright-core";
import { median } from "simple-statistics";
import { main } from "../src/cli/main.ts";
import { chromiumPath } from "../test/engines/installed-chromium.ts";

const ROUNDS = 7;
const WATCHED_S = 5;

const executablePath = chromiumPath();
if (executablePath === undefined) process.exit(2);
const folder = await mkdtemp(join(tmpdir(), "vshift-explorer-"));
const file = join(folder, "explorer.html");
const ignored = { write: () => true };
const streams = { stdout: ignored, stderr: ignored, env: {}, interrupt: new AbortController().signal };
await main(["explore", "--output", file], streams);
const page = readFileSync(file);
console.log(`size            ${page.length} bytes, ${gzipSync(page, { level: 9 }).length} with gzip`);

const browser = await chromium.launch({ executablePath, headless: true, args: ["--no-sandbox", "--disable-gpu"] });
const seen = { picture: [] as number[], interval: [] as number[], all: [] as number[], frames: [] as number[] };
for (let round = 0; round < ROUNDS; round++) {
  const tab = await (await browser.newContext({ viewport: { width: 1280, height: 900 } })).newPage();
  await tab.addInitScript(`
    globalThis.frames_ = 0;
    const tick = () => { globalThis.frames_++; requestAnimationFrame(tick); };
    requestAnimationFrame(tick);
    addEventListener("DOMContentLoaded", () => {
      const look = () => {
        if (document.getElementById("fact-1").textContent.includes("±")) globalThis.interval ??= performance.now();
        if (document.querySelectorAll(".plot .dot").length >= 60) globalThis.all ??= performance.now();
      };
      new MutationObserver(look).observe(document.body, { childList: true, subtree: true, characterData: true });
    });
  `);
  await tab.goto(pathToFileURL(file).href);
  await tab.waitForTimeout(1000 * WATCHED_S);
  const [picture, interval, all, frames] = (await tab.evaluate(
    `[performance.getEntriesByName("first-contentful-paint")[0].startTime, globalThis.interval, globalThis.all, globalThis.frames_ / (performance.now() / 1000)]`,
  )) as readonly [number, number, number, number];
  seen.picture.push(picture);
  seen.interval.push(interval);
  seen.all.push(all ?? Number.POSITIVE_INFINITY);
  seen.frames.push(frames);
  await tab.context().close();
}
await browser.close();
await rm(folder, { recursive: true });
const row = (name: string, values: readonly number[], unit: string) =>
  console.log(
    `${name.padEnd(16)}${Math.round(median([...values]))} ${unit}, ${Math.round(Math.min(...values))} to ${Math.round(Math.max(...values))}`,
  );
row("first picture", seen.picture, "ms");
row("first interval", seen.interval, "ms");
row("60 points", seen.all, "ms");
row("frames", seen.frames, "a second");

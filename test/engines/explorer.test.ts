import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { deflateRawSync } from "node:zlib";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from "vitest";
import { temporaryFolders, vshift } from "../cli/vshift.ts";

const executablePath = inject("chromium");
const folder = temporaryFolders();
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

let browser: Browser;
let file = "";

beforeAll(async () => {
  if (executablePath === "") return;
  file = join(folder(), "explorer.html");
  await vshift(["explore", "--output", file]);
  browser = await chromium.launch({ executablePath, headless: true, args: ["--no-sandbox", "--disable-gpu"] });
});
afterAll(() => browser?.close());

interface Opened {
  readonly page: Page;
  /** What it asked for beside itself, and what it complained of. */
  readonly requests: readonly string[];
  readonly complaints: readonly string[];
}

async function opened(
  options: BrowserContextOptions & { readonly hash?: string; readonly path?: string } = {},
): Promise<Opened> {
  const { hash = "", path = file, ...context } = options;
  const page = await (await browser.newContext({ acceptDownloads: true, ...context })).newPage();
  const requests: string[] = [];
  const complaints: string[] = [];
  page.on("request", (request) => requests.push(request.url()));
  page.on("console", (message) => complaints.push(message.text()));
  page.on("pageerror", ({ message }) => complaints.push(message));
  await page.goto(pathToFileURL(path).href + hash);
  return { page, requests, complaints };
}

/** Waits for the end of the measurement of what the controls say. */
async function measured(page: Page): Promise<void> {
  await page.locator("#save:enabled").waitFor({ timeout: 50_000 });
}

async function saved(page: Page, button = "#save"): Promise<string> {
  const download = page.waitForEvent("download");
  await page.click(button);
  return readFileSync(await (await download).path(), "utf8");
}

/** What the command line next to a button prints. */
async function printed(page: Page, command: string): Promise<string> {
  const line = await page.textContent(command);
  const args = [...(line ?? "").matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? "");
  return (await vshift([...args.slice(1), "--format", "ndjson"])).stdout;
}

describe("the explorer in Chromium", () => {
  beforeEach(({ skip }) =>
    skip(executablePath === "", "no Chromium (Debian: apt install chromium, or set CHROMIUM_PATH)"),
  );

  test("asks for nothing, breaks no rule of its own policy, and measures what it says", async () => {
    const { page, requests, complaints } = await opened();
    await measured(page);
    expect(await page.textContent("#fact-0")).toBe("0.5");
    expect(await page.textContent("#fact-1")).toMatch(/^0\.(49|50)\d+ ± 0\.000\d+$/);
    await page.locator("#live", { hasText: "Measured" }).waitFor();
    expect(await page.textContent("#live")).toMatch(/^At test time .* Measured 0\.\S+ ± \S+, theory 0\.5: agrees\.$/);
    // Points of the first figure, and the histogram.
    await page.locator("#by-keep .plot .dot.ink >> nth=8").waitFor();
    await page.locator("#received .plot .area >> nth=1").waitFor();
    expect(requests.filter((url) => !url.startsWith("blob:"))).toEqual([pathToFileURL(file).href]);
    expect(complaints).toEqual([]);
  });

  test("what the buttons save are the bytes of the command next to them", async () => {
    const { page } = await opened({
      hash: "#layer=linear&rho=0.2&alignment=8&width=64&precision=0.01&depth=2&network=input(8)+dropout(0.5)+linear(8)+bn",
    });
    await measured(page);
    expect(await page.textContent("#command")).toBe(
      "vshift simulate --keep 0.5 --rho 0.2 --width 64 --layer linear --alignment 8 --precision 0.01",
    );
    expect(await saved(page)).toBe(await printed(page, "#command"));
    for (const figure of ["#by-depth", "#by-position"]) {
      await page.locator(`${figure} .save:enabled`).waitFor({ timeout: 30_000 });
      expect(await saved(page, `${figure} .save`)).toBe(await printed(page, `${figure} code`));
    }
  });

  test("without WebAssembly it measures by the reference kernel, and gives the same bytes", async () => {
    const path = join(folder(), "without.html");
    writeFileSync(path, readFileSync(file, "utf8").replace(" 'wasm-unsafe-eval'", ""));
    const { page } = await opened({ path, hash: "#width=16&samples=2048" });
    await measured(page);
    expect(await saved(page)).toBe(await printed(page, "#command"));
  });

  test("controls move the figures, the address follows, and brings the state back", async () => {
    const { page } = await opened();
    await page.fill("#keep", "0.8");
    await page.locator("#fact-0", { hasText: "0.8" }).waitFor();
    await expect.poll(() => new URL(page.url()).hash).toBe("#keep=0.8");
    const { page: other } = await opened({ hash: "#keep=0.8" });
    expect(await other.inputValue("#keep")).toBe("0.8");
    await measured(other);
    expect(await other.textContent("#fact-0")).toBe("0.8");
    await other.getByRole("button", { name: "Units with a mean" }).click();
    await other.locator("#fact-0", { hasText: "0.33333" }).waitFor();
    expect(await other.textContent("#shows")).toContain("The noise multiplies the mean too");
    await other.evaluate("location.hash = '#keep=0.25'");
    await other.locator("#fact-0", { hasText: "0.25" }).waitFor();
  });

  test.each([
    ["#keep=2", "keep: 2 is not a number from 0.0001 to 1; try 0.5"],
    ["#keeep=0.5", "keeep: is not a field of a scenario; did you mean keep?"],
    [
      "#noise=uout",
      "keep: 0.5 is a relative variance of 1, and uout reaches 1/3 at most (β = 1); use keep 0.75 or more, or bernoulli or gaussian noise",
    ],
    ["#depth=0&keep=2", "keep: 2 is not a number from 0.0001 to 1; try 0.5"],
    ["#width=abc", 'width: "abc" is not a whole number from 1 to 1048576; try 512'],
    ["#__proto__=1", "__proto__: is not a field of a scenario; see vshift simulate --help"],
  ])(
    "an address that says %s is answered in one line, where it is seen, and there is a way back",
    async (hash, line) => {
      const { page, complaints } = await opened({ viewport: { width: 1280, height: 700 } });
      await measured(page);
      await page.evaluate(`location.hash = ${JSON.stringify(hash)}`);
      await page.locator("#refusal", { hasText: line.slice(0, 20) }).waitFor();
      expect(await page.textContent("#refusal")).toBe(line);
      const { y = 9999 } = (await page.locator("#refusal").boundingBox()) ?? {};
      expect(y).toBeLessThan(700);
      // Nothing is left of what was there before.
      expect(await page.locator("dd").allTextContents()).toEqual(["–", "–", "–", "–", "–"]);
      expect(await page.isDisabled("#save")).toBe(true);
      expect(complaints).toEqual([]);
      await page.click("#reset");
      await page.locator("#fact-0", { hasText: "0.5" }).waitFor();
      await measured(page);
      expect(await page.textContent("#refusal")).toBe("");
      await expect.poll(() => new URL(page.url()).hash).toBe("");
    },
  );

  test("a noise leaves nothing of itself behind, and each can be chosen", async () => {
    const path = join(folder(), "spatial.html");
    await vshift(["explore", "--noise", "spatial", "--channel-size", "4", "--d", "64", "--output", path]);
    const { page } = await opened({ path });
    await measured(page);
    for (const noise of ["alpha", "uout", "none", "gaussian", "bernoulli"]) {
      await page.selectOption("#noise", noise);
      await page
        .locator("#command", { hasText: noise === "bernoulli" ? "simulate --keep" : `--noise ${noise}` })
        .waitFor();
      expect([noise, await page.textContent("#refusal")]).toEqual([noise, ""]);
    }
    await page.getByRole("button", { name: "Uout with β = 0.1" }).click();
    await page.locator("#fact-0", { hasText: "0.99" }).waitFor();
  });

  test("a slider beyond what the noise reaches stands where the state does", async () => {
    const { page } = await opened({ hash: "#noise=uout&keep=0.9" });
    await page.fill("#keep", "0.3");
    await page.locator("#keep-value", { hasText: "0.75" }).waitFor();
    expect(await page.inputValue("#keep")).toBe("0.75");
    await page.fill("#width", "6");
    expect(await page.getAttribute("#width", "aria-valuetext")).toBe("64");
  });

  test("news is told once nothing moves any more", async () => {
    const { page } = await opened();
    await measured(page);
    await page.evaluate(`globalThis.told = [];
      new MutationObserver(() => globalThis.told.push(document.getElementById("live").textContent))
        .observe(document.getElementById("live"), { childList: true, characterData: true, subtree: true })`);
    // As a slider does that is drawn along.
    await page.evaluate(`(async () => {
      const slider = document.getElementById("keep");
      for (const keep of [0.3, 0.4, 0.6, 0.7]) {
        slider.value = keep;
        slider.dispatchEvent(new Event("input"));
        await new Promise((resume) => setTimeout(resume, 60));
      }
    })()`);
    await page.locator("#fact-0", { hasText: "0.7" }).waitFor();
    await measured(page);
    const told = () => page.evaluate("globalThis.told.filter((words) => words !== '')") as Promise<string[]>;
    await expect.poll(async () => (await told()).length, { timeout: 10_000 }).toBeGreaterThan(0);
    expect(await told()).toEqual([expect.stringContaining("theory 0.7: agrees.")]);
  });

  test("a long measurement keeps no figure waiting", async () => {
    const { page } = await opened({ hash: "#samples=999999999999" });
    await page.locator("#by-keep .plot .dot.ink >> nth=8").waitFor();
    await page.locator("#received .plot .area >> nth=1").waitFor();
    await page.locator("#by-position .plot .dot").first().waitFor({ timeout: 30_000 });
    expect(await page.textContent("#fact-2")).toMatch(/^measuring/);
    expect(await page.textContent("#fact-1")).toContain("±");
  });

  test("an engine that fails is named, and stays named", async () => {
    const path = join(folder(), "failing.html");
    const failing = deflateRawSync('throw new Error("no luck")').toString("base64");
    writeFileSync(path, readFileSync(file, "utf8").replace(/(id="engine">)[^<]*/, `$1${failing}`));
    const { page } = await opened({ path });
    await page.locator("#refusal", { hasText: "no luck" }).waitFor();
    await page.fill("#keep", "0.3");
    await page.waitForTimeout(500);
    expect(await page.textContent("#refusal")).toContain("the engine of this page failed");
  });

  test("a network is typed, and a mistake in it is named", async () => {
    const { page } = await opened();
    await page.fill("#network", "input(8) dropuot(0.5)");
    const caption = page.locator("#by-position figcaption");
    await caption.filter({ hasText: "did you mean dropout?" }).waitFor();
    expect(await page.getAttribute("#network", "aria-invalid")).toBe("true");
    await page.fill("#network", "input(16) dropout(0.25) bn");
    await caption.filter({ hasText: "BN" }).waitFor();
    await page.locator("#by-position code", { hasText: "input(16) dropout(0.25) bn" }).waitFor();
    await page.locator("#by-position .plot .dot").waitFor();
    expect(await page.locator("#by-position .plot .dot").count()).toBe(1);
    expect(await page.getAttribute("#network", "aria-invalid")).toBe("false");
  });

  test.each(["light", "dark"] as const)("%s: axe finds nothing", async (colorScheme) => {
    const { page } = await opened({ colorScheme, bypassCSP: true });
    await measured(page);
    await page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })");
    await page.evaluate(AXE);
    const found = "({ violations }) => violations.map(({ id, nodes }) => [id, nodes[0].html])";
    expect(await page.evaluate(`axe.run().then(${found})`)).toEqual([]);
  });

  test("with the keyboard alone: a preset, a slider, a choice, and saving", async () => {
    const { page } = await opened();
    // The command and its buttons come first; one of them waits for the measurement.
    await page.focus("#copy");
    await page.keyboard.press("Tab");
    if ((await page.evaluate("document.activeElement.id")) === "save") await page.keyboard.press("Tab");
    expect(await page.evaluate("document.activeElement.textContent")).toBe("Dropout right before BN");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.locator("#fact-0", { hasText: "0.33333" }).waitFor();
    await page.focus("#keep");
    await page.keyboard.press("ArrowRight");
    await page.locator("#keep-value", { hasText: "0.51" }).waitFor();
    await page.focus("#activation");
    await page.keyboard.press("ArrowDown");
    await page.locator("#command", { hasText: "--activation relu" }).waitFor();
    await measured(page);
    await page.focus("#save");
    const download = page.waitForEvent("download");
    await page.keyboard.press("Enter");
    await download;
  });

  test("no wider than a phone, and than paper; without scripts the theory stands", async () => {
    const { page } = await opened({ viewport: { width: 320, height: 740 } });
    await measured(page);
    const overhang = "document.documentElement.scrollWidth - document.documentElement.clientWidth";
    expect(await page.evaluate(overhang)).toBeLessThanOrEqual(0);
    // Text of twice the size.
    await page.evaluate("document.documentElement.style.fontSize = '200%'");
    expect(await page.evaluate(overhang)).toBeLessThanOrEqual(0);
    await page.emulateMedia({ media: "print" });
    expect(await page.isVisible("#controls")).toBe(false);
    const { page: still } = await opened({ javaScriptEnabled: false });
    expect(await still.isVisible("#controls")).toBe(false);
    expect(await still.isVisible("#by-keep svg .line")).toBe(true);
    expect(await still.textContent("h2")).toContain("half the variance");
  });

  test("who wants little motion sees what has come to its end", async () => {
    const verdicts = async (options: BrowserContextOptions) => {
      const { page } = await opened({ ...options, hash: "#layer=linear&rho=0.2&alignment=1&precision=0.001" });
      await page.evaluate(`globalThis.verdicts = [];
        new MutationObserver(() => globalThis.verdicts.push(document.getElementById("fact-2").textContent))
          .observe(document.getElementById("fact-2"), { childList: true, characterData: true, subtree: true })`);
      await measured(page);
      return (await page.evaluate("globalThis.verdicts")) as string[];
    };
    // Who does not, sees how far it is.
    expect((await verdicts({})).filter((words) => words.includes("%")).length).toBeGreaterThan(0);
    expect((await verdicts({ reducedMotion: "reduce" })).filter((words) => words.includes("%"))).toEqual([]);
  });
});

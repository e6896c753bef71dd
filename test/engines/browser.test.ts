import { type Browser, chromium, type Page } from "playwright-core";
import { Rolldown } from "tsdown";
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from "vitest";
import { simulate } from "../../src/index.ts";
import { KERNEL_FINGERPRINT } from "../../src/kernel/fingerprint.ts";
import type { ScenarioInput } from "../../src/scenario/scenario.ts";
import { LONG, SCENARIOS } from "./scenarios.ts";

const executablePath = inject("chromium");

/** Nothing answers there: the pages' files are handed to the browser. */
const SITE = "http://vshift.test/";

const QUIET = ["--disable-background-networking", "--disable-component-update", "--disable-quic", "--disable-sync"];

let browser: Browser;
let files: ReadonlyMap<string, string>;

beforeAll(async () => {
  if (executablePath === "") return;
  files = await bundled();
  const args = ["--no-sandbox", "--disable-gpu", "--no-first-run", ...QUIET];
  browser = await chromium.launch({ executablePath, headless: true, args });
});
afterAll(() => browser?.close());

/** The built library and the kernels, bundled as for any page: a warning is an error. */
async function bundled(): Promise<ReadonlyMap<string, string>> {
  const bundle = await Rolldown.rolldown({
    input: { library: "vshift", kernels: "test/engines/page.ts" },
    platform: "browser",
    onLog: (_, { message }) => {
      throw new Error(message);
    },
  });
  const { output } = await bundle.generate({ format: "esm" });
  return new Map(output.flatMap((file) => (file.type === "chunk" ? [[file.fileName, file.code]] : [])));
}

interface PageSetting {
  /** The Content-Security-Policy that the page is served with [none]. */
  readonly policy?: string;
}

/** An empty page that can import the bundles; `before` is a program that it runs first. */
async function openPage(before = "", { policy }: PageSetting = {}): Promise<Page> {
  const page = await browser.newPage();
  await page.addInitScript(before);
  await page.route(`${SITE}**`, (route) => {
    const name = route.request().url().slice(SITE.length);
    const code = files.get(name);
    if (name === "") {
      const headers = policy === undefined ? {} : { "content-security-policy": policy };
      return route.fulfill({ contentType: "text/html", headers, body: "<!doctype html><title>vshift</title>" });
    }
    if (code === undefined) return route.fulfill({ status: 404 });
    return route.fulfill({ contentType: "text/javascript", body: code });
  });
  await page.goto(SITE);
  return page;
}

/** Keeps the workers that a page starts, and those that answered. */
const COUNTING = `
  globalThis.workers = [];
  const answering = new Set();
  globalThis.answered = () => answering.size;
  const { Worker } = globalThis;
  globalThis.Worker = class extends Worker {
    constructor(url) {
      super(url);
      workers.push(this);
      this.addEventListener("message", () => answering.add(this));
    }
  };`;

/** The records of scenarios, made in a page. */
function recordsIn(page: Page, scenarios: readonly ScenarioInput[], threads = 1): Promise<string[]> {
  return page.evaluate(`(async () => {
    const { simulate } = await import("/library.js");
    const records = [];
    for (const scenario of ${JSON.stringify(scenarios)}) {
      records.push(JSON.stringify(await simulate(scenario, { threads: ${threads} })));
    }
    return records;
  })()`);
}

async function recordsHere(scenarios: readonly ScenarioInput[], threads = 1): Promise<string[]> {
  const records: string[] = [];
  for (const scenario of scenarios) records.push(JSON.stringify(await simulate(scenario, { threads })));
  return records;
}

describe("Chromium", () => {
  beforeEach(({ skip }) =>
    skip(executablePath === "", "no Chromium (Debian: apt install chromium, or set CHROMIUM_PATH)"),
  );

  test("runs the SIMD kernel, and draws the pinned bits with it and with the reference", async () => {
    const page = await openPage();
    const kernels = await page.evaluate('import("/kernels.js").then(({ kernels }) => kernels)');
    expect(kernels).toEqual({
      hasSimd: true,
      pinned: KERNEL_FINGERPRINT,
      reference: KERNEL_FINGERPRINT,
      simd: KERNEL_FINGERPRINT,
    });
  });

  test("gives the library's records the bytes that they have in Node, by the SIMD kernel", async () => {
    const page = await openPage(`
      globalThis.started = 0;
      const { Instance } = WebAssembly;
      WebAssembly.Instance = class extends Instance {
        constructor(...args) { super(...args); globalThis.started++; }
      };`);
    const records = await recordsIn(page, SCENARIOS);
    expect(await page.evaluate("started")).toBeGreaterThanOrEqual(SCENARIOS.length);
    expect(records).toEqual(await recordsHere(SCENARIOS));
  });

  test("gives them the same bytes without WebAssembly, by the reference kernel", async () => {
    const page = await openPage("delete globalThis.WebAssembly;");
    expect(await recordsIn(page, SCENARIOS)).toEqual(await recordsHere(SCENARIOS));
    expect(await page.evaluate("typeof WebAssembly")).toBe("undefined");
  });

  test("draws on three threads what it draws on one, with the same bytes, and hears timers meanwhile", async () => {
    const page = await openPage(`${COUNTING} globalThis.ticks = 0; setInterval(() => globalThis.ticks++, 10);`);
    expect(await recordsIn(page, [LONG], 1)).toEqual(await recordsHere([LONG]));
    const before = await page.evaluate("[answered(), ticks]");
    expect(before).toEqual([0, expect.any(Number)]);
    expect(await recordsIn(page, [LONG], 3)).toEqual(await recordsHere([LONG]));
    // This thread and two others.
    expect(await page.evaluate("[workers.length, answered()]")).toEqual([2, 2]);
    expect(await page.evaluate("ticks")).toBeGreaterThan(5);
  });

  test("measures a sweep on threads, a scenario each, with the same bytes", async () => {
    const page = await openPage(COUNTING);
    const grid = { keep: [0.3, 0.5, 0.7], width: 256, samples: 400_000 };
    const inPage = await page.evaluate(`(async () => {
      const { sweep } = await import("/library.js");
      const records = [];
      for await (const record of sweep(${JSON.stringify(grid)}, { threads: 2 })) records.push(JSON.stringify(record));
      return records;
    })()`);
    expect(inPage).toEqual(await recordsHere(grid.keep.map((keep) => ({ ...grid, keep }))));
    expect(await page.evaluate("[workers.length, answered()]")).toEqual([2, 2]);
  });

  test.each([
    ["refuses workers", "default-src 'self' 'wasm-unsafe-eval'; worker-src 'none'", ""],
    ["takes them from its own address alone", "default-src 'self' 'wasm-unsafe-eval'; worker-src 'self'", ""],
    ["has none", "default-src 'self' 'wasm-unsafe-eval'", "delete globalThis.Worker;"],
  ])("measures on its own thread where the page %s, with the same bytes", async (_, policy, without) => {
    const page = await openPage(without === "" ? COUNTING : without, { policy });
    expect(await recordsIn(page, [LONG], 3)).toEqual(await recordsHere([LONG]));
    if (without === "") expect(await page.evaluate("answered()")).toBe(0);
  });

  // Negative control: were nothing but the scenario's echo compared, or nothing at all, other draws would pass.
  test("measures other numbers with another seed", async () => {
    const others = SCENARIOS.map((scenario) => ({ ...scenario, seed: "other" }));
    const [inPage, here] = await Promise.all([recordsIn(await openPage(), others), recordsHere(SCENARIOS)]);
    const measured = (record = "") => JSON.stringify(JSON.parse(record).measured);
    expect(here.filter((record, index) => measured(record) === measured(inPage[index]))).toEqual([]);
  });
});

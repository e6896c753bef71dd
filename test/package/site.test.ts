import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { join, posix } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from "vitest";
import { markdownOf } from "../../.ci/site/comments.ts";
import { chapters } from "../../.ci/site/documents.ts";
import { anchors } from "../anchors.ts";
import { start, temporaryFolders } from "../cli/vshift.ts";

// The documentation site, as `npm run site` builds it: TypeDoc's warnings are errors there, among them links in comments that lead
// nowhere, and exports without a comment.

const executablePath = inject("chromium");
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const site = join(temporaryFolders()(), "site");
const DOCUMENTS = chapters().flatMap(({ pages }) => pages);

/** Of every page, by its path from the root of the site: its text, and the anchors in it. */
const pages = new Map<string, { readonly text: string; readonly ids: ReadonlySet<string> }>();

beforeAll(async () => {
  const { code, stderr } = await start(["npm", "run", "--silent", "site", "--", site]).end;
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  for (const path of readdirSync(site, { recursive: true, encoding: "utf8" })) {
    if (!path.endsWith(".html") || path === "explorer.html") continue;
    const text = readFileSync(join(site, path), "utf8");
    pages.set(path.replaceAll("\\", "/"), { text, ids: new Set(attributes(text, "id")) });
  }
});

/** The values of an attribute in a page. */
function attributes(text: string, ...names: readonly string[]): string[] {
  const markup = text.replaceAll(/<script\b[\s\S]*?<\/script>/g, (script) => script.slice(0, script.indexOf(">") + 1));
  const found = markup.matchAll(new RegExp(`\\s(?:${names.join("|")})="([^"]*)"`, "g"));
  return [...found].map(([, value = ""]) => value.replaceAll("&amp;", "&").replaceAll("&#39;", "'"));
}

/** Links and files of a page that lead nowhere within the site. */
function deadLinks(path: string, text: string): string[] {
  return attributes(text, "href", "src").filter((link) => {
    if (/^(https?:|data:)/.test(link)) return false;
    const [file = "", anchor = ""] = decodeURI(link).split("#");
    const target = file === "" ? path : posix.join(posix.dirname(path), file);
    if (statSync(join(site, target), { throwIfNoEntry: false })?.isFile() !== true) return true;
    if (anchor === "") return false;
    const page = pages.get(target);
    return page === undefined
      ? !readFileSync(join(site, target), "utf8").includes(`id="${anchor}"`)
      : !page.ids.has(anchor);
  });
}

/** What a page loads from another host. */
function loadedFromElsewhere(text: string): string[] {
  const loading = text.match(/<(?:script|link|img|iframe|source|video|audio|object|embed)\b[^>]*>/g) ?? [];
  const styles = text.match(/url\([^)]*\)|@import[^;]*/g) ?? [];
  return [...loading, ...styles].filter((tag) =>
    /["'(\s](?:https?:)?\/\//.test(tag.replaceAll("http://www.w3.org/", "")),
  );
}

test("there is a page for every document, every export and the schemas", async () => {
  const library = Object.keys(await import("../../src/index.ts"));
  const wanted = [...DOCUMENTS.map(({ url }) => `${url}.html`), "index.html", "schema/index.html"];
  expect([...pages.keys()]).toEqual(expect.arrayContaining(wanted));
  for (const name of library) {
    const kind = /^[A-Z]/.test(name) ? "classes" : "functions";
    expect([...pages.keys()]).toContain(`api/${kind}/${name}.html`);
  }
  for (const schema of readdirSync("dist/schema")) expect(existsSync(join(site, "schema", schema))).toBe(true);
});

test("every link and every anchor of every page leads somewhere in the site", () => {
  const dead = [...pages].flatMap(([path, { text }]) => deadLinks(path, text).map((link) => `${path}: ${link}`));
  expect(dead).toEqual([]);
});

test("headings have the anchors that they have on GitHub", () => {
  for (const { path, url } of DOCUMENTS) {
    const ids = pages.get(`${url}.html`)?.ids;
    const prose = readFileSync(path, "utf8").replaceAll(/^```[\s\S]*?^```$/gm, "");
    expect(
      anchors(prose).filter((anchor) => ids?.has(anchor) !== true),
      path,
    ).toEqual([]);
  }
});

test("no page loads anything from another host", () => {
  const styles = readdirSync(join(site, "assets")).filter((file) => file.endsWith(".css"));
  const texts = [...pages.values()].map(({ text }) => text);
  for (const style of styles) texts.push(readFileSync(join(site, "assets", style), "utf8"));
  expect(texts.flatMap(loadedFromElsewhere)).toEqual([]);
});

test("a dead link, a dead anchor and a file from elsewhere are found", () => {
  expect(
    deadLinks("docs/GUIDE.html", '<a href="NONE.html"><a href="CI.html#none"><a href="CI.html#exit-codes">'),
  ).toEqual(["NONE.html", "CI.html#none"]);
  expect(loadedFromElsewhere('<script src="//cdn.test/x.js"></script><a href="https://x.test">')).toHaveLength(1);
});

test("a comment's formulas, examples and legends become Markdown", () => {
  expect(markdownOf("Ratio:\n\n  Δ = v / w\n\nc, v   mean\n       and variance\nw      another\n\nIn (0, 1].")).toBe(
    "Ratio:\n\n```text\nΔ = v / w\n```\n\n- `c, v` – mean\n  and variance\n- `w` – another\n\nIn (0, 1].",
  );
});

describe("in Chromium", () => {
  let browser: Browser;

  beforeEach(({ skip }) =>
    skip(executablePath === "", "no Chromium (Debian: apt install chromium, or set CHROMIUM_PATH)"),
  );
  beforeAll(async () => {
    if (executablePath === "") return;
    browser = await chromium.launch({ executablePath, headless: true, args: ["--no-sandbox", "--disable-gpu"] });
  });
  afterAll(() => browser?.close());

  /** A page of the site, once it shows; `onRequest` is told what it asks for. */
  async function opened(path: string, { javaScriptEnabled = true, onRequest = (_: string) => {} } = {}): Promise<Page> {
    const page = await browser.newPage({ javaScriptEnabled });
    page.on("request", (request) => onRequest(request.url()));
    await page.goto(pathToFileURL(join(site, path)).href);
    await page.waitForSelector("#main", { state: "visible" });
    return page;
  }

  test.each(["index.html", "docs/GUIDE.html", "api/functions/simulate.html", "api/interfaces/ShiftRecord.html"])(
    "%s: axe finds nothing, light and dark; it asks no other host, and is no wider than a phone",
    async (path) => {
      const requests: string[] = [];
      const page = await opened(path, { onRequest: (url) => requests.push(url) });
      await page.evaluate(AXE);
      for (const colorScheme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme });
        const found = "({ violations }) => violations.map(({ id, nodes }) => [id, nodes.length, nodes[0].html])";
        expect(await page.evaluate(`axe.run().then(${found})`), colorScheme).toEqual([]);
      }
      await page.setViewportSize({ width: 360, height: 740 });
      expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(360);
      expect(requests.filter((url) => !/^(file|data):/.test(url))).toEqual([]);
    },
  );

  test("the first key leads past the navigation", async () => {
    const page = await opened("docs/GUIDE.html");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    expect(await page.evaluate("document.activeElement.id")).toBe("main");
  });

  test("the text and the navigation are there without scripts", async () => {
    const page = await opened("docs/GUIDE.html", { javaScriptEnabled: false });
    expect(await page.isVisible("h1")).toBe(true);
    expect(await page.locator(".site-navigation a:visible").count()).toBeGreaterThan(30);
  });
});

import { createHash } from "node:crypto";
import { gunzipSync } from "node:zlib";
import { parseHTML } from "linkedom";
import { describe, expect, it } from "vitest";
import type { ShiftRecord } from "../../src/experiment/record.ts";
import { simulate } from "../../src/index.ts";
import type { Document } from "../../src/report/document.ts";
import { htmlPage, MOST_RECORDS } from "../../src/report/html/page.ts";
import { pageOfRecords } from "../../src/report/html/records.ts";
import { good, strong } from "../../src/report/phrase.ts";
import { MOST_ON_PAGE, recordsDocument } from "../../src/report/sweep-document.ts";
import { once } from "../once.ts";

type Page = ReturnType<typeof parseHTML>["document"];

const ORIGIN = { command: "vshift sweep --p 0.5 --seed 'a b'", version: "1.2.3" };

const records = once(async () => {
  const cells = [0.3, 0.5, 0.7].flatMap((keep) => [8, 16].map((width) => ({ keep, width, samples: 2048 })));
  return Promise.all(cells.map((cell) => simulate(cell)));
});

async function pageOf(document: Document): Promise<{ readonly text: string; readonly page: Page }> {
  const text = await htmlPage(document, ORIGIN);
  return { text, page: parseHTML(text).document };
}

function policyOf(page: Page): string {
  return page.querySelector("meta[http-equiv]")?.getAttribute("content") ?? "";
}

const sha = (text: string) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

describe("a page of records", () => {
  it("says first what they come to, and then what made them", async () => {
    const { page } = await pageOf(recordsDocument(await records()));
    expect(page.querySelector("h1")?.textContent).toMatch(/^. (all 6 scenarios agree|6 scenarios: )/);
    expect(page.title).toBe(page.querySelector("h1")?.textContent);
    expect(page.querySelector("pre code")?.textContent).toBe(ORIGIN.command);
    const words = page.querySelector("main")?.textContent ?? "";
    expect(words).toContain(`vshift 1.2.3, engine version ${(await records())[0]?.kernel.slice(0, 12)}.`);
  });

  it("has all rows, with the names of their columns, which scripts make buttons of", async () => {
    const { page } = await pageOf(recordsDocument(await records(), MOST_ON_PAGE));
    const heads = [...page.querySelectorAll("thead th button")].map(({ textContent }) => textContent);
    expect(heads).toEqual(["keep", "width", "Δ theory", "Δ measured", "deviation", "verdict"]);
    expect(page.querySelectorAll("tbody tr").length).toBe(6);
  });

  it("holds them as --format ndjson has them", async () => {
    const { page } = await pageOf(recordsDocument(await records()));
    const held = gunzipSync(Buffer.from(page.getElementById("data")?.textContent ?? "", "base64")).toString();
    expect(held).toBe((await records()).map((record) => `${JSON.stringify(record)}\n`).join(""));
  });

  it("has a picture with words, inside", async () => {
    const { page } = await pageOf(recordsDocument(await records()));
    const image = page.querySelector("figure img");
    expect(image?.getAttribute("src")).toMatch(/^data:image\/svg\+xml;base64,/);
    expect(image?.getAttribute("alt")).toMatch(/against keep probability p\. .*Symbols: measured/);
  });

  it("allows its own script and style, and nothing from anywhere", async () => {
    const { page, text } = await pageOf(recordsDocument(await records()));
    const scripts = [...page.querySelectorAll("script:not([type])")];
    expect(scripts.length).toBe(1);
    expect(policyOf(page)).toBe(
      `default-src 'none'; script-src ${sha(scripts[0]?.textContent ?? "")}; style-src ${sha(page.querySelector("style")?.textContent ?? "")}; img-src data:; base-uri 'none'; form-action 'none'`,
    );
    expect(text).not.toMatch(/\shttps?:|="\/\/|@import|url\(/);
    expect(text).not.toMatch(/\son\w+=|\sstyle=/);
  });

  it("is the same each time", async () => {
    const document = recordsDocument(await records());
    expect(await htmlPage(document, ORIGIN)).toBe(await htmlPage(document, ORIGIN));
  });
});

it("shows how far many measurements are from theory, and none of few", async () => {
  const [first] = await records();
  const spread = (count: number) =>
    Array.from({ length: count }, (_, at): ShiftRecord => {
      const record = structuredClone(first) as ShiftRecord;
      const shift = (record.theory?.shift ?? 0) + (at % 5 === 4 ? 3.5 : 0.25) * 0.01;
      return { ...record, measured: { ...record.measured, shift, standardError: 0.01 } };
    });
  const chart = async (count: number) => {
    const { page } = await pageOf({ blocks: [], data: { kind: "records", records: spread(count) } });
    return page.querySelector("svg.bars");
  };
  expect(await chart(19)).toBeNull();
  const drawn = await chart(20);
  expect(drawn?.getAttribute("aria-label")).toBe(
    "20 measurements, by their distance from theory in standard errors; 4 of them beyond 3",
  );
  // 16 are at 0.25 and 4 at 3.5 standard errors: bars of 4:1, three units and a quarter apart.
  const bars = [...(drawn?.querySelectorAll("rect") ?? [])].map((bar) => Number(bar.getAttribute("height")));
  expect(bars.length).toBe(2);
  expect((bars[0] ?? 0) / (bars[1] ?? 1)).toBeCloseTo(4, 1);
});

it("shows text as it is, whatever is in it", async () => {
  const evil = `<script>alert(1)</script>&"'\u202egnp.exe\u0007`;
  const { page, text } = await pageOf({
    title: evil,
    conclusion: strong(evil),
    blocks: [
      { kind: "heading", text: evil },
      { kind: "paragraphs", paragraphs: [evil, good(evil)] },
      { kind: "items", items: [{ text: evil, items: [evil] }] },
      { kind: "facts", facts: [[evil, evil]] },
      { kind: "table", columns: [{ name: evil }], rows: [[evil], [evil]], details: { name: evil, of: [[evil]] } },
      { kind: "command", about: evil, command: evil },
    ],
    data: { kind: "values", json: { evil }, rows: () => [] },
  });
  expect(page.querySelectorAll("script").length).toBe(2);
  expect(text).not.toContain("<script>alert");
  for (const mark of ["\u202e", "\u0007"]) expect(text).not.toContain(mark);
  for (const tag of ["h1", "h2", "main > p:not(.title)", "li", "th", "pre code"]) {
    expect(page.querySelector(tag)?.textContent, tag).toContain("<script>alert(1)</script>&\"'");
  }
  const held = gunzipSync(Buffer.from(page.getElementById("data")?.textContent ?? "", "base64")).toString();
  expect(JSON.parse(held)).toEqual({ evil });
});

it("of more records than a page holds, says what they come to and where the rest is", async () => {
  const [record] = await records();
  async function* many() {
    for (let at = 0; at <= MOST_RECORDS; at++) yield record as ShiftRecord;
  }
  const summary = (): Document => ({ conclusion: "all agree", blocks: [], data: { kind: "records", records: [] } });
  let text = "";
  for await (const piece of pageOfRecords(many(), { origin: async () => ORIGIN, summary })) text += piece;
  const { document: page } = parseHTML(text);
  expect(page.querySelector("h1")?.textContent).toBe("all agree");
  expect(page.querySelector("main > p")?.textContent).toMatch(
    /^A page holds at most 10,000 records, and these are 10,001: save them with --output FILE\.ndjson/,
  );
  expect(page.getElementById("data")).toBeNull();
});

it("a thousand scenarios are less than a megabyte", async () => {
  const [record] = await records();
  const thousand = Array.from({ length: 1000 }, (_, at): ShiftRecord => {
    const copy = structuredClone(record) as ShiftRecord;
    // Digits of their own, as measurements have.
    const digits = (at * 0.6180339887498949) % 1;
    const scenario = { ...copy.scenario, keep: (at + 1) / 1002 };
    return {
      ...copy,
      id: copy.id.slice(0, 32) + digits.toFixed(32).slice(2),
      scenario,
      sums: { ...copy.sums, train: digits },
    };
  });
  expect((await htmlPage(recordsDocument(thousand, MOST_ON_PAGE), ORIGIN)).length).toBeLessThan(1e6);
});

import { createHash } from "node:crypto";
import { inflateRawSync } from "node:zlib";
import { parseHTML } from "linkedom";
import { describe, expect, it } from "vitest";
import { FIGURES } from "../../src/explorer/figures/figures.ts";
import { firstState } from "../../src/explorer/first-state.ts";
import { explorerPage } from "../../src/explorer/page.ts";

const FIRST = firstState();
const PAGE = await explorerPage(FIRST, "1.2.3");
const { document } = parseHTML(PAGE);
/** Without scripts, and what is packed in them. */
const MARKUP = PAGE.replace(/<script.*?<\/script>/gs, "");

function hashOf(text: string): string {
  return `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
}

describe("the page", () => {
  it("allows its own script and style by their hashes, its workers, and nothing from anywhere", () => {
    const [script = "", style = ""] = ["script:not([type])", "style"].map(
      (each) => document.querySelector(each)?.textContent,
    );
    const policy = document.querySelector("meta[http-equiv]")?.getAttribute("content");
    expect(policy).toBe(
      `default-src 'none'; script-src ${hashOf(script)} 'wasm-unsafe-eval'; style-src ${hashOf(style)}; worker-src blob:; base-uri 'none'; form-action 'none'`,
    );
    expect(MARKUP.match(/\s(?:on\w+|style)=/g)).toBeNull();
  });

  it("has the closed form in its figures before any script runs", () => {
    expect(document.querySelector("h2")?.textContent).toBe(
      "At test time BN's output has half the variance it had during training.",
    );
    expect(document.querySelectorAll("figure")).toHaveLength(FIGURES.length);
    for (const { id } of FIGURES) {
      const figure = document.getElementById(id);
      expect(figure?.querySelector("svg")?.getAttribute("aria-label")?.length).toBeGreaterThan(40);
      expect(figure?.querySelector("figcaption")?.textContent?.length).toBeGreaterThan(40);
      if (id !== "received") expect(figure?.querySelectorAll(".plot .line").length).toBeGreaterThan(0);
    }
    expect(MARKUP.match(/.{20}(?:NaN|undefined|Infinity).{20}/g)).toBeNull();
  });

  it("holds the engine compressed, and is small", () => {
    const packed = document.getElementById("engine")?.textContent ?? "";
    expect(inflateRawSync(Buffer.from(packed, "base64")).toString("utf8")).toContain("onmessage");
    expect(PAGE.length).toBeLessThan(MOST_BYTES);
  });

  it("shows text from outside as text", async () => {
    const network = "input(8) linear(8, file:<script>alert(1)</script>.npy) bn";
    await expect(explorerPage({ ...FIRST, network }, "1.2.3")).rejects.toThrow();
    const seed = `</script><script>alert("1")</script>&'`;
    const page = await explorerPage({ ...FIRST, seed }, "<b>");
    expect([page.includes("<script>alert"), page.includes("<b>")]).toEqual([false, false]);
    const first = parseHTML(page).document.getElementById("first")?.textContent ?? "";
    expect(JSON.parse(first).seed).toBe(seed);
  });

  it.each([
    ["keep", "2"],
    ["depth", "0"],
    ["network", "input(8) nonsense"],
    ["keeep", "1"],
  ])("is not made where %s is %s", async (field, value) => {
    await expect(explorerPage({ ...FIRST, [field]: value }, "1.2.3")).rejects.toMatchObject({ field });
  });
});

/** A bound of the page's size: what it drags along shows here. */
const MOST_BYTES = 190_000;

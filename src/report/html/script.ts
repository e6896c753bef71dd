/**
 * What a page does by itself: sorts a table by a column, filters its rows, and saves the result that it holds. It is text, because a page
 * has it by its hash, and the same bytes whoever builds vshift.
 */
export const SCRIPT = `
"use strict";
document.documentElement.classList.add("script");
const number = (text) => {
  const plain = text.replace(/\\u2212/g, "-").replace(/,(?=\\d{3})/g, "");
  const [found] = /[-+]?\\d[\\d.]*(?:e[-+]?\\d+)?/i.exec(plain) ?? [];
  return found === undefined ? NaN : Number(found);
};
for (const table of document.querySelectorAll("main table:not(.facts)")) {
  const body = table.tBodies[0];
  const heads = [...table.tHead.rows[0].cells];
  heads.forEach((head, column) => {
    head.querySelector("button")?.addEventListener("click", () => {
      const rises = head.getAttribute("aria-sort") !== "ascending";
      for (const other of heads) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", rises ? "ascending" : "descending");
      const keyed = [...body.rows].map((row) => {
        const text = row.cells[column].textContent;
        return { row, text, value: number(text) };
      });
      const areNumbers = keyed.every(({ text, value }) => !Number.isNaN(value) || !/[a-z\\d]/i.test(text));
      const sign = rises ? 1 : -1;
      keyed.sort((a, b) => {
        if (!areNumbers) return sign * a.text.localeCompare(b.text, "en");
        if (Number.isNaN(a.value) || Number.isNaN(b.value)) return Number.isNaN(a.value) - Number.isNaN(b.value);
        return sign * (a.value - b.value);
      });
      body.append(...keyed.map(({ row }) => row));
    });
  });
  const region = table.parentElement;
  const filter = region.previousElementSibling?.querySelector("input");
  filter?.addEventListener("input", () => {
    const words = filter.value.toLowerCase().split(/\\s+/);
    for (const row of body.rows) {
      const text = row.textContent.toLowerCase();
      row.hidden = !words.every((word) => text.includes(word));
    }
  });
}
document.getElementById("save")?.addEventListener("click", async () => {
  const packed = Uint8Array.from(atob(document.getElementById("data").textContent), (letter) => letter.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([await new Response(stream).arrayBuffer()], { type: "application/x-ndjson" }));
  link.download = "vshift.ndjson";
  link.click();
  URL.revokeObjectURL(link.href);
});
`;

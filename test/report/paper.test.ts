import { expect, it } from "vitest";
import { PLAIN } from "../../src/report/painter.ts";
import { paperMarkdown } from "../../src/report/paper-markdown.ts";
import { paperTable } from "../../src/report/paper-table.ts";
import { type Claim, judgeClaim } from "../../src/theory/paper/claim.ts";
import { CLAIMS } from "../../src/theory/paper/claims.ts";

const judged = CLAIMS.map(judgeClaim);

it("docs/PAPER.md is what vshift paper prints as Markdown", async () => {
  await expect(paperMarkdown(judged)).toMatchFileSnapshot("../../docs/PAPER.md");
});

it("the table has a line for each number with a closed form, the reasons, and what it comes to", () => {
  const lines = paperTable(judged, PLAIN).split("\n");
  expect(lines[0]).toMatch(/^ +stated +ours +difference +verdict +of what +source$/);
  expect(
    lines.filter((line) => /^ +0\.\d+ +0\.\d+ +(0|[+−]\d\S*e−\d+) +(matches|differs) +Δ /.test(line)),
  ).toHaveLength(19);
  const text = lines.join("\n");
  expect(text).toMatch(/β 0\.01, c = 0, stated 0\.99668: a slip/);
  expect(text).toMatch(/table 3, 16 cells: a test error of trained networks/);
  expect(lines.slice(-3, -1)).toEqual([
    "  its equations give 19 numbers: 16 match, 3 differ as explained",
    "  its tables print 32 cells: 32 cannot be checked",
  ]);
});

it("a number that should match and does not stands out", () => {
  const [first, ...rest] = CLAIMS;
  const shown = [{ ...first, stated: "0.8" } as Claim, ...rest].map(judgeClaim);
  expect(paperTable(shown, PLAIN)).toMatch(/differs! .*\n/);
  expect(paperTable(shown, PLAIN)).toMatch(/give 19 numbers: 1 is not as expected, 15 match, 3 differ as explained\n/);
  expect(paperMarkdown(shown)).toContain("differs, and should not");
});

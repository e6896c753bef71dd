import { expect, it } from "vitest";
import { pageText } from "../../src/report/page.ts";
import { paperDocument } from "../../src/report/paper-document.ts";
import { PLAIN } from "../../src/report/phrase.ts";
import { terminalText } from "../../src/report/terminal.ts";
import { type Claim, type JudgedClaim, judgeClaim } from "../../src/theory/paper/claim.ts";
import { CLAIMS } from "../../src/theory/paper/claims.ts";

const judged = CLAIMS.map(judgeClaim);

function shown(claims: readonly JudgedClaim[]): Promise<string> {
  return terminalText(paperDocument(claims), { width: 200, paint: PLAIN });
}

it("docs/PAPER.md is what vshift paper prints as Markdown", async () => {
  await expect(pageText(paperDocument(judged))).toMatchFileSnapshot("../../docs/PAPER.md");
});

it("a terminal gets what it comes to, a line for each number with a closed form, and the reasons", async () => {
  const text = await shown(judged);
  expect(text).toContain(
    "  Its equations give 19 numbers: 16 match, 3 differ as explained. Its tables print 32 numbers: 32 cannot be checked.\n",
  );
  expect(text).toMatch(/^ +stated +ours +difference +verdict +quantity +source$/m);
  expect(text.match(/^ +0\.\d+ +0\.\d+ +(0|[+−]\d\S*e−\d+) +(matches|differs) +Δ /gm)).toHaveLength(19);
  expect(text).toMatch(/β 0\.01, c = 0, stated 0\.99668: a slip/);
  expect(text).toMatch(/table 3, 16 numbers: a test error of trained networks/);
});

it("a number that should match and does not stands out", async () => {
  const [first, ...rest] = CLAIMS;
  const claims = [{ ...first, stated: "0.8" } as Claim, ...rest].map(judgeClaim);
  const text = await shown(claims);
  expect(text).toMatch(/differs, and should not /);
  expect(text).toMatch(/give 19 numbers: 1 is not as expected, 15 match, 3 differ as explained\./);
  expect(pageText(paperDocument(claims))).toContain("differs, and should not");
});

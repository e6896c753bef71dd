import fc from "fast-check";
import type { CheckedCell, CheckReport } from "../../src/experiment/check.ts";
import type { Verdict } from "../../src/experiment/verdict.ts";

/** A cell as a check finds it. */
export function cell(name: string, verdict: Verdict, deviation: number | null = 0.001): CheckedCell {
  return { ...UNMEASURED, name, verdict, deviation, detail: `measured 0.4441 ± 0.0009 in ${name}` };
}

/** A cell without a measurement: its detail is all that is known. */
const UNMEASURED = {
  id: "0".repeat(64),
  position: null,
  tolerance: 0.005,
  theory: { trainVariance: 9 / 4, testVariance: 1, shift: 4 / 9 },
  measured: null,
  baseline: null,
  variances: "unknown",
  diagnosis: [],
  notes: [],
} as const;

/** A layer that another program measured with keep and drop swapped: Δ is 0.3 in theory, and 0.7 was measured. */
export const SWAPPED: CheckedCell = {
  ...UNMEASURED,
  id: null,
  position: null,
  name: "bn2",
  verdict: "disagrees",
  deviation: 4 / 3,
  theory: { trainVariance: 10 / 3, testVariance: 1, shift: 0.3 },
  measured: {
    ...{ shift: 0.7, standardError: 0.001, interval: [0.695, 0.705], confidence: 0.95 },
    ...{ trainVariance: 10 / 7, testVariance: 1 },
    ...{ batches: 64, rows: "mini-batches", rowsNeeded: null, samples: null },
  },
  variances: "differ",
  diagnosis: [
    {
      mistake: "keep-drop-swapped",
      certainty: "likely",
      inputs: [],
      predicted: { trainVariance: 10 / 7, testVariance: 1, shift: 0.7 },
      variances: "fit",
      sentence: "looks as if keep and drop were swapped",
    },
    {
      mistake: "wrong-strength",
      certainty: "likely",
      inputs: [{ field: "keep", declared: 0.3, value: 0.7 }],
      predicted: { trainVariance: 10 / 7, testVariance: 1, shift: 0.7 },
      variances: "fit",
      sentence: "fits if keep ≈ 0.7",
    },
  ],
  notes: ["rows are few"],
  detail: "Δ = 0.700 ± 0.005 (theory 0.3)",
};

/** Two layers, of which only the first agrees. */
export const LAYERS = reportOf([
  {
    ...SWAPPED,
    ...({ name: "bn1", verdict: "agrees", deviation: 0, variances: "fit", diagnosis: [] } as const),
    theory: { trainVariance: 10 / 7, testVariance: 1, shift: 0.7 },
  },
  { ...SWAPPED, notes: [...SWAPPED.notes, "log more"] },
]);

/** A report on cells, whose whole is what its cells say. */
export function reportOf(cells: readonly CheckedCell[], notes: readonly string[] = []): CheckReport {
  const has = (kind: Verdict) => cells.some(({ verdict }) => verdict === kind);
  const whole = has("disagrees") ? "disagrees" : has("inconclusive") ? "inconclusive" : "agrees";
  return { cells, whole, alpha: 1e-6, notes };
}

/** `count` cells of one verdict, each farther off than the one before. */
export function cells(count: number, verdict: Verdict): CheckedCell[] {
  return Array.from({ length: count }, (_, index) => cell(`${verdict} ${index + 1}`, verdict, (index + 1) / 1000));
}

export const ONE_OF_EACH = reportOf(
  [
    cell("keep 0.5", "agrees", 0.0002),
    cell("keep 0.7", "inconclusive", -0.004),
    cell("keep 0.9", "disagrees", -0.0123),
  ],
  ["2 cells of the baseline are missing"],
);

const VERDICT = fc.constantFrom<Verdict>("agrees", "disagrees", "inconclusive");

/** Text of the characters that mean something in one of the formats, and of any others, lone halves of pairs too. */
const TEXT = fc.string({
  unit: fc.oneof(
    fc.constantFrom(..."&<>\"']]>%\r\n\t:,=|\\`*_[]#~!$@-+.1 0AaD\u0000\u001b\u0085\u2028\ufffe\ud800"),
    fc.string({ unit: "binary", minLength: 1, maxLength: 1 }),
  ),
  minLength: 1,
});

/** The text as XML can hold it, written down from the ranges of XML 1.0, §2.2. */
export function storable(text: string): string {
  return [...text].map((character) => (isStorable(character.codePointAt(0) ?? 0) ? character : "\ufffd")).join("");
}

function isStorable(code: number): boolean {
  if (code < 0x20) return [0x9, 0xa, 0xd].includes(code);
  return code <= 0xd7ff || (code >= 0xe000 && code <= 0xfffd) || code >= 0x10000;
}

/** Reports whose texts hold anything. */
export const ANY_REPORT: fc.Arbitrary<CheckReport> = fc.record({
  cells: fc.uniqueArray(
    fc
      .record({
        name: TEXT,
        verdict: VERDICT,
        deviation: fc.option(fc.double({ noNaN: true, noDefaultInfinity: true })),
        detail: TEXT,
      })
      .map((cell): CheckedCell => ({ ...UNMEASURED, ...cell })),
    { selector: ({ name }) => storable(name), maxLength: 5 },
  ),
  whole: VERDICT,
  alpha: fc.constantFrom(1e-6, 0.05),
  notes: fc.array(TEXT, { maxLength: 3 }),
});

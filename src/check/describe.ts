import type { CheckedCell, CheckReport } from "../experiment/check.ts";
import { wholeVerdict } from "../experiment/family.ts";
import { cellFacts, numbersInWords } from "../report/cell-words.ts";
import { grouped, probability } from "../report/numbers.ts";
import { listOf, NUMBER, nullable, objectOf, oneOf, TEXT } from "../scenario/arguments.ts";
import { excerpt } from "../tensor/file-error.ts";
import type { MeasuredCheck } from "./check.ts";

/**
 * A check as text: the verdict, the measurement, theory, the deviation, and the diagnosis where there is one.
 *
 *   verdict    disagrees (error rate 10⁻⁶)
 *   measured   Δ = 0.6989 ± 0.0051, Var_train 1.4297, Var_test 0.99919, from 64 mini-batches
 *   theory     Δ = 0.3, Var_train 3.3333, Var_test 1
 *   deviation  +130 %, tolerance 0.5 %
 *   diagnosis  looks as if keep and drop were swapped: Δ would be 0.7, measured 0.6989 ± 0.0051; both variances fit too
 */
export function describeCheck(check: MeasuredCheck): string {
  CHECK(check, "check");
  const { verdict, alpha } = check.agreement;
  const facts = [
    ["verdict", `${verdict} (error rate ${probability(alpha)})`],
    ...cellFacts(checkedCell(check, "the measurement")),
  ] as const;
  return facts.map(([name, text]) => `${name.padEnd(NAME_WIDTH)}${text}`).join("\n");
}

/** The next step where it is another thing. */
const OF_CHECK = "give what checkMeasured returned";

const THEORY = objectOf(
  { shift: NUMBER, trainVariance: NUMBER, testVariance: NUMBER },
  { is: "theory", hint: OF_CHECK },
);

/** What of a check is put into words. */
const CHECK = objectOf(
  {
    theory: THEORY,
    measured: objectOf(
      {
        ...{ shift: NUMBER, trainVariance: NUMBER, testVariance: NUMBER, standardError: nullable(NUMBER) },
        interval: nullable(listOf(NUMBER, { is: "an interval", hint: OF_CHECK })),
        ...{ rowsNeeded: nullable(NUMBER), batches: nullable(NUMBER), effectiveRows: nullable(NUMBER) },
        rows: oneOf(["mini-batches", "channels"]),
        dependence: oneOf(["independent", "running-averages", "correlated"]),
      },
      { is: "a measurement", hint: OF_CHECK },
    ),
    agreement: objectOf(
      {
        ...{ deviation: NUMBER, tolerance: NUMBER, alpha: NUMBER },
        verdict: oneOf(["agrees", "disagrees", "inconclusive"]),
        variances: oneOf(["fit", "differ", "unknown"]),
      },
      { is: "a verdict", hint: OF_CHECK },
    ),
    diagnosis: listOf(objectOf({ sentence: TEXT }, { is: "a diagnosis", hint: OF_CHECK }), {
      is: "a list of diagnoses",
      hint: OF_CHECK,
    }),
  },
  { is: "a check", hint: OF_CHECK },
);

/** The column of names, and two spaces. */
const NAME_WIDTH = "deviation".length + 2;

/** A measurement of another program as a cell of a check. */
export function checkedCell(check: MeasuredCheck, name: string): CheckedCell {
  const { verdict, deviation, tolerance, alpha, variances } = check.agreement;
  const theory =
    variances === "unknown" ? { trainVariance: null, testVariance: null, shift: check.theory.shift } : check.theory;
  const { shift, standardError, interval, trainVariance, testVariance, batches, rows, rowsNeeded } = check.measured;
  const confidence = Number((1 - alpha).toFixed(12));
  const measured = {
    ...{ shift, standardError, interval, confidence, trainVariance, testVariance, batches, rows, rowsNeeded },
    samples: null,
  };
  return {
    id: null,
    position: null,
    name,
    verdict,
    deviation,
    tolerance,
    theory,
    measured,
    baseline: null,
    variances,
    diagnosis: check.diagnosis.map(({ kind, certainty, inputs, predicted, variances, sentence }) => ({
      mistake: kind,
      certainty,
      inputs,
      predicted,
      variances,
      sentence,
    })),
    notes: [...unexplained(check), ...errorNotes(check)],
    detail: numbersInWords({ theory, baseline: null }, measured),
  };
}

/** Measurements of one layer or many, as one check. */
export function reportOfLayers(
  cells: readonly CheckedCell[],
  { alpha, unmatched }: { readonly alpha: number; readonly unmatched: readonly string[] },
): CheckReport {
  const left =
    unmatched.length === 0
      ? []
      : [`left out, because only one of their two variances was found: ${excerpt(unmatched.join(", "))}`];
  return { cells, whole: wholeVerdict(cells.map(({ verdict }) => verdict)), alpha, notes: left };
}

/** Below this many rows a moving average passes for independent rows more often than once in a hundred (docs/DIAGNOSIS.md). */
const ENOUGH_TO_SEE = 30;

/** What a reader should know of the error: that there is none, why, and how rows depend on each other. */
function errorNotes({ measured, agreement: { alpha, verdict } }: MeasuredCheck): readonly string[] {
  const { standardError, interval, rowsNeeded, batches, rows, effectiveRows, dependence } = measured;
  const notes: string[] = [];
  if (dependence === "running-averages") {
    notes.push(
      "rows are running averages of all mini-batches so far; the values of single mini-batches were recovered and judged",
    );
  }
  if (dependence === "correlated" && effectiveRows !== null) {
    const worth = Math.max(1, Math.round(effectiveRows));
    const found = `rows are correlated with those before them, as in a moving average or a drift (a false alarm in 1 of 150 checks): ${batches} rows are worth about ${worth}`;
    notes.push(`${found}; log the variance of each mini-batch separately`);
  }
  if (standardError === null) {
    notes.push("a single pair of variances has no error estimate; Δ is compared with the tolerance alone");
  } else if (interval === null) {
    const needed = rowsNeeded === null ? "" : `; about ${grouped(rowsNeeded)} are needed`;
    const what = batches === null ? "the standard error is too large" : `${grouped(batches)} rows are too few`;
    notes.push(`${what} for an interval at an error rate of ${probability(alpha)}${needed}`);
  } else if (verdict === "inconclusive") {
    notes.push(
      `${rows === "channels" ? "more mini-batches for each channel" : "more mini-batches"}, or a wider tolerance, would decide it`,
    );
  }
  const isShort = rows === "mini-batches" && batches !== null && batches < ENOUGH_TO_SEE;
  if (interval !== null && isShort && dependence === "independent") {
    notes.push(
      `${batches} rows are too few to see whether they depend on each other, as running averages do; they are treated as independent mini-batches`,
    );
  }
  return notes;
}

/** That there is no diagnosis where one is expected. */
function unexplained({ agreement: { verdict, variances }, diagnosis }: MeasuredCheck): readonly string[] {
  if (diagnosis.length > 0) return [];
  if (verdict === "disagrees") return ["no known mistake and no single wrong input explains this ratio"];
  if (verdict !== "agrees" || variances !== "differ") return [];
  return ["the ratio is correct, but the variances differ from theory, and no single wrong input explains them"];
}

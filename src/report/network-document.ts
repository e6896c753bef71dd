import type { Document, Table } from "./document.ts";
import { type NetworkTheoryRecord, networkTheoryRow, type PositionOfText } from "./network-record.ts";
import { orDash, readable } from "./numbers.ts";
import { positionInWords, shiftInWords } from "./shift-words.ts";

/** What theory says of a network that is written down, position by position. */
export function networkTheoryDocument(record: NetworkTheoryRecord): Document {
  const { network, positions } = record;
  return {
    title: network,
    conclusion: conclusionOf(positions),
    blocks: [tableOf(positions)],
    data: { kind: "values", json: record, rows: () => positions.map(networkTheoryRow) },
  };
}

/** The last position that theory knows, in words. */
function conclusionOf(positions: readonly PositionOfText[]): string {
  const last = positions.findLast(({ theory }) => theory !== null);
  if (last?.theory == null) return `No closed form: ${positions[0]?.theoryReason ?? "there is no position"}.`;
  return shiftInWords(last.theory.shift, positionInWords(last.position));
}

function tableOf(positions: readonly PositionOfText[]): Table {
  const notes = positions.map(noteOn);
  const hasNotes = notes.some((note) => note !== "");
  return {
    kind: "table",
    columns: [
      { name: "position", align: "left" },
      { name: "Var_train" },
      { name: "Var_test" },
      { name: "Δ" },
      { name: "mean shift", ifNarrow: 1 },
      ...(hasNotes ? [{ name: "note", align: "left", ifNarrow: "wraps" } as const] : []),
    ],
    rows: positions.map(({ position, theory }, index) => {
      const { trainVariance = null, testVariance = null, shift = null, meanShift = null } = theory ?? {};
      const numbers = [trainVariance, testVariance, shift, meanShift];
      const cells = [position.name, ...numbers.map((value) => orDash(value, 5))];
      return hasNotes ? [...cells, notes[index] ?? ""] : cells;
    }),
  };
}

/** Why there is no closed form, or what else is to know of a position. */
function noteOn({ position, theory, theoryReason }: PositionOfText): string {
  if (theory === null) return theoryReason ?? "";
  if (theory.trainVariance === null) return "no noise before it";
  if (position.norm !== null) return position.norm === "batch" ? "" : "variance of a sample over its channels";
  const { trainMean, testMean } = theory;
  if (trainMean === null || testMean === null || trainMean === 0 || trainMean === testMean) return "";
  return `its mean is ${readable(testMean / trainMean, 5)} times that during training`;
}

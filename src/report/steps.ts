import type { Step } from "../theory/step.ts";
import type { Table } from "./document.ts";
import { readable } from "./numbers.ts";
import { faint, good, strong } from "./phrase.ts";

/** A derivation: each quantity with its value, and under it, where it follows, its formula and source. */
export function stepsTable(steps: readonly Step[]): Table {
  return {
    kind: "table",
    isHeadless: true,
    columns: [
      { name: "", align: "left" },
      { name: "value", align: "left" },
      { name: "what", align: "left", ifNarrow: "wraps" },
      { name: "how", align: "left", ifNarrow: "below" },
    ],
    rows: steps.map((step, index) => {
      const tone = index === steps.length - 1 ? good : strong;
      const value = readable(step.value, 6);
      const how = step.kind === "given" ? "" : `= ${working(step)}   [${step.source}]`;
      return [tone(step.symbol), tone(value), step.name, faint(how)];
    }),
  };
}

function working({ formula, substituted }: Extract<Step, { kind: "derived" }>): string {
  return formula === substituted ? formula : `${formula} = ${substituted}`;
}

/** A step with the same columns for every kind, for CSV. */
export function stepRow(step: Step): Record<string, string | number> {
  const { symbol, name, value } = step;
  const { formula, substituted, source } = step.kind === "given" ? { formula: "", substituted: "", source: "" } : step;
  return { symbol, name, value, formula, substituted, source };
}

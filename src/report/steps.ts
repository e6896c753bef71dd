import type { Step } from "../theory/step.ts";
import { markdownTable } from "./markdown.ts";
import { readable } from "./numbers.ts";
import type { Painter } from "./painter.ts";

/** A derivation for the eye: each quantity with its value, and under it, where it follows, its formula and source. */
export function stepsTable(steps: readonly Step[], paint: Painter): string {
  const symbols = Math.max(...steps.map(({ symbol }) => symbol.length));
  const values = Math.max(...steps.map(({ value }) => readable(value, 6).length));
  const indent = " ".repeat(symbols + values + 8);
  const lines = steps.flatMap((step, index) => {
    const result = `${step.symbol.padEnd(symbols)} = ${readable(step.value, 6).padEnd(values)}`;
    const last = index === steps.length - 1;
    const line = `  ${paint.strong(last ? paint.good(result) : result)}   ${step.name}`;
    if (step.kind === "given") return [line];
    return [line, `${indent}${paint.faint(`= ${working(step.formula, step.substituted)}   [${step.source}]`)}`];
  });
  return `${lines.join("\n")}\n`;
}

export function stepsMarkdown(steps: readonly Step[]): string {
  const rows = steps.map((step) => {
    const how = step.kind === "given" ? "given" : working(step.formula, step.substituted);
    return [step.symbol, readable(step.value, 6), step.name, how, step.kind === "given" ? "" : step.source];
  });
  return markdownTable(["", "value", "what", "how", "source"], rows);
}

function working(formula: string, substituted: string): string {
  return formula === substituted ? formula : `${formula} = ${substituted}`;
}

/** A step with the same columns whatever its kind, for CSV. */
export function stepRow(step: Step): Record<string, string | number> {
  const { symbol, name, value } = step;
  const { formula, substituted, source } = step.kind === "given" ? { formula: "", substituted: "", source: "" } : step;
  return { symbol, name, value, formula, substituted, source };
}

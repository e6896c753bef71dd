import type { Step } from "../theory/step.ts";
import { markdownTable } from "./markdown.ts";
import { readable } from "./numbers.ts";
import type { Painter } from "./painter.ts";

/** A derivation for the eye: a line for what is given, and for what follows its formula, its numbers and its source. */
export function stepsTable(steps: readonly Step[], paint: Painter): string {
  const symbols = Math.max(...steps.map(({ symbol }) => symbol.length));
  const names = Math.max(...steps.map(({ name }) => name.length));
  const lines = steps.map((step, index) => {
    const value = paint.strong(`${step.symbol.padEnd(symbols)} = ${readable(step.value, 6)}`);
    const gap = " ".repeat(Math.max(0, 10 - readable(step.value, 6).length));
    const shown = index === steps.length - 1 ? paint.good(value) : value;
    const derivation =
      step.kind === "given" ? "" : `  = ${working(step.formula, step.substituted)}  ${paint.faint(step.source)}`;
    return `  ${shown}${gap}  ${step.name.padEnd(names)}${derivation}`.trimEnd();
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

import { excerpt } from "../tensor/file-error.ts";
import type { Spread } from "../theory/alignment-spread.ts";
import type { Cell } from "./columns.ts";
import { describeLaw, describeNoise } from "./describe.ts";
import { markdownTable, markdownText } from "./markdown.ts";
import { grouped, readable } from "./numbers.ts";
import type { Painter } from "./painter.ts";
import { textTable } from "./table.ts";
import type { LayerRecord, WeightsRecord } from "./weights-record.ts";

/** The layers as a table, and under it what they come to and what Δ is for. */
export function weightsTable(record: WeightsRecord, paint: Painter): string {
  const rows = record.layers.map((layer) => {
    const cells = cellsOf(layer);
    return [...cells.slice(0, -1), paint.strong(cells.at(-1) ?? ""), ...placeOf(record, layer)];
  });
  const table = rows.length === 0 ? "" : `${textTable([...HEADER, "shape", "layer"], rows, 2)}\n`;
  return `${table}${notes(record)
    .map((line) => `  ${paint.faint(line)}\n`)
    .join("")}`;
}

export function weightsMarkdown(record: WeightsRecord): string {
  const rows = record.layers.map((layer) => {
    const [shape = "", name = ""] = placeOf(record, layer);
    return [markdownText(name), shape, ...cellsOf(layer)];
  });
  const table = rows.length === 0 ? "" : `${markdownTable(["layer", "shape", ...HEADER], rows)}\n`;
  return `${table}${notes(record).map(markdownText).join("\n\n")}\n`;
}

/** A layer with the same columns whatever its shape, for CSV. */
export function weightsRow(layer: LayerRecord): Record<string, Cell> {
  const { file, name, shape, inputs, neurons, zeroNeurons, cosineSquared, alignment, pooledAlignment, shift } = layer;
  return {
    file,
    name,
    shape: shape.join("x"),
    inputs,
    neurons,
    zeroNeurons,
    "cosineSquared.mean": cosineSquared?.mean ?? null,
    "cosineSquared.standardDeviation": cosineSquared?.standardDeviation ?? null,
    "alignment.mean": alignment?.mean ?? null,
    "alignment.standardDeviation": alignment?.standardDeviation ?? null,
    pooledAlignment,
    shift,
  };
}

const HEADER = ["d", "neurons", "cos²θ", "±", "d·cos²θ", "±", "pooled", "Δ"];

function cellsOf({ inputs, neurons, cosineSquared, alignment, pooledAlignment, shift }: LayerRecord): string[] {
  return [
    grouped(inputs),
    grouped(neurons),
    ...spreadCells(cosineSquared),
    ...spreadCells(alignment),
    orDash(pooledAlignment),
    orDash(shift),
  ];
}

function spreadCells(spread: Spread | null): string[] {
  return [orDash(spread?.mean ?? null), orDash(spread?.standardDeviation ?? null, 2)];
}

function orDash(value: number | null, digits = 4): string {
  return value === null ? "–" : readable(value, digits);
}

/** Shape and name; the file too where there are several. */
function placeOf({ layers }: WeightsRecord, { file, name, shape }: LayerRecord): string[] {
  const isOneFile = layers.every((layer) => layer.file === file);
  return [shape.join("×"), excerpt(isOneFile ? name : `${file}: ${name}`)];
}

function notes({ setting, layers, norms, layout, summary }: WeightsRecord): string[] {
  const { meanCosineSquared, meanAlignment, skippedArrays } = summary;
  const { inputMean, inputVariance, inputRho } = setting;
  const zero = layers.reduce((total, { zeroNeurons }) => total + zeroNeurons, 0);
  const input = `c ${readable(inputMean)}, v ${readable(inputVariance)}, ρ ${readable(inputRho)}`;
  const ofNorms = norms.map(({ file, name, channels, runningVariance: { mean, least, most } }) => {
    const place = excerpt(new Set([...norms, ...layers].map((one) => one.file)).size === 1 ? name : `${file}: ${name}`);
    const range = least === most ? "all alike" : `from ${readable(least)} to ${readable(most)}`;
    return `${place}: mean ${readable(mean)} of ${counted(channels, "channel")}, ${range}`;
  });
  const [norm] = norms;
  if (norm !== undefined) {
    const use = `vshift check … --measured ${readable(norm.runningVariance.mean)},VAR_TEST`;
    ofNorms.push(`a running variance is Var_train, to compare with what the norm sees in test: ${use}`);
  }
  if (layers.length === 0) return ofNorms;
  return [
    `Δ for ${describeNoise(setting)} on ${describeLaw(setting)}: ${input}`,
    ...(meanAlignment === null
      ? []
      : [
          `mean of ${counted(layers.length, "layer")}: cos²θ ${orDash(meanCosineSquared)}, d·cos²θ ${orDash(meanAlignment)} (as in Li et al. 2019, table 1)`,
        ]),
    `± is the standard deviation over the neurons, which are on the ${layout === "out-first" ? "first" : "last"} axis`,
    ...(zero === 0 ? [] : [`${counted(zero, "neuron")} without a weight other than 0 left out`]),
    ...(skippedArrays === 0 ? [] : [`${counted(skippedArrays, "array")} of fewer than two axes skipped`]),
    ...ofNorms,
  ];
}

function counted(count: number, what: string): string {
  return `${grouped(count)} ${what}${count === 1 ? "" : "s"}`;
}

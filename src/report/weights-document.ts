import { excerpt } from "../tensor/file-error.ts";
import type { Spread } from "../theory/alignment-spread.ts";
import type { Cell } from "./columns.ts";
import { describeLaw, describeNoise } from "./describe.ts";
import type { Document, TableColumn } from "./document.ts";
import { counted, grouped, orDash, readable } from "./numbers.ts";
import { faint, strong } from "./phrase.ts";
import { shiftInWords } from "./shift-words.ts";
import type { LayerRecord, WeightsRecord } from "./weights-record.ts";

/** The layers as a table, and under it what they come to and what Δ is for. */
export function weightsDocument(record: WeightsRecord): Document {
  const rows = record.layers.map((layer) => {
    const cells = cellsOf(layer);
    const [shape = "", name = ""] = placeOf(record, layer);
    return [...cells.slice(0, -1), strong(cells.at(-1) ?? ""), shape, name];
  });
  return {
    ...conclusionOf(record),
    blocks: [
      { kind: "table", columns: COLUMNS, rows },
      { kind: "paragraphs", paragraphs: notes(record).map(faint) },
    ],
    data: { kind: "values", json: record, rows: () => record.layers.map(weightsRow) },
  };
}

/** By the layer that shifts most. */
function conclusionOf({ layers }: WeightsRecord): Pick<Document, "conclusion"> {
  const shifts = layers.flatMap(({ name, shift }) => (shift === null ? [] : [{ name, shift }]));
  const [most] = shifts.toSorted((a, b) => a.shift - b.shift);
  return most === undefined ? {} : { conclusion: shiftInWords(most.shift, `the output of ${excerpt(most.name)}`) };
}

/** A layer with the same columns for every shape, for CSV. */
function weightsRow(layer: LayerRecord): Record<string, Cell> {
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

const COLUMNS: readonly TableColumn[] = [
  { name: "d" },
  { name: "neurons", ifNarrow: 2 },
  { name: "cos²θ", ifNarrow: 3 },
  { name: "±", ifNarrow: 4 },
  { name: "d·cos²θ" },
  { name: "±", ifNarrow: 6 },
  { name: "pooled", ifNarrow: 1 },
  { name: "Δ" },
  { name: "shape", align: "left", ifNarrow: 5 },
  { name: "layer", align: "left", ifNarrow: "wraps" },
];

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
    ofNorms.push(`a running variance is Var_train; compare it with the variance at test time: ${use}`);
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

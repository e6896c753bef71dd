import { excerpt } from "../tensor/file-error.ts";
import { isTaken } from "./audit-conclusion.ts";
import { callIn } from "./audit-noise.ts";
import { type AuditsRecord, deltaOf, type Measurement } from "./audit-record.ts";
import type { Block, Item } from "./document.ts";
import { type FrameworkWords, frameworkWords } from "./framework-words.ts";
import { readable } from "./numbers.ts";
import { code, type Phrase } from "./phrase.ts";

/** What to do, in up to three lines, each with what to type. */
export function adviceBlocks(record: AuditsRecord): readonly Block[] {
  const texts = record.repair === null ? adviceOn(record) : adviceAfter(record);
  if (texts.length === 0) return [];
  const items = texts.map((text): Item => ({ text }));
  return [
    { kind: "heading", text: "What to do" },
    { kind: "items", isNumbered: true, items },
  ];
}

function adviceOn(record: AuditsRecord): readonly Phrase[] {
  const { verdict, baseline, measurement } = record;
  if (verdict === "clean" || baseline !== null) return [];
  if (verdict === "needs-data" && measurement !== null) return [moreInputs(record, measurement)];
  const repair: Phrase = [measuredText(record), code(repairCommand(record))];
  if (verdict !== "shifted") return [repair];
  return [repair, ...retraining(record)];
}

/** Behind a repair that was not taken, or not checked. */
function adviceAfter(record: AuditsRecord): readonly Phrase[] {
  const { repair } = record;
  if (repair === null || repair.isBetter === true) return [];
  if (isTaken(repair))
    return ["Keep it only if the loss of your validation data falls: labels for --data are given by --labels."];
  const keep = "Keep the model unchanged, or calibrate its confidence; --force writes the repair all the same.";
  return [keep, ...retraining(record)];
}

function measuredText({ measurement }: AuditsRecord): string {
  return measurement === null
    ? "Measure and repair it by 64 training inputs without labels, and some more that check: "
    : "Repair the running statistics by these inputs, of which those beyond --inputs check the repair: ";
}

function moreInputs(record: AuditsRecord, { inputs }: Measurement): Phrase {
  return ["Measure it by more rows of training: ", code(`${measureCommand(record)} --inputs ${4 * inputs}`)];
}

function repairCommand(record: AuditsRecord): string {
  const fixed = excerpt(record.model).replace(/(\.[^.\\/]*)?$/, ".repaired$1");
  return `${measureCommand(record)} --fix ${fixed}`;
}

/** An ONNX file has no noise of its own. */
function measureCommand({ model }: AuditsRecord): string {
  const noise = model.toLowerCase().endsWith(".onnx") ? " --noise-from model.pt2" : "";
  return `vshift audit ${excerpt(model)}${noise} --data inputs.npy`;
}

function retraining(record: AuditsRecord): readonly Phrase[] {
  const words = frameworkWords(record);
  const weaker = weakerNoise(record, words);
  return [movedNoise(record, words), ...(weaker === undefined ? [] : [weaker])];
}

/** The strongest noise, behind the last norm. */
function movedNoise({ norms }: AuditsRecord, words: FrameworkWords): Phrase {
  const [noise] = norms.flatMap((norm) => (norm.verdict === "shifted" ? norm.noise : []));
  const last = norms.at(-1);
  const where = noise === undefined || noise.module === "" ? "" : ` (now at ${excerpt(noise.module)})`;
  const call = noise === undefined ? "noise" : callIn(noise, words);
  return [
    "Or retrain with the noise behind the last batch norm, usually better for classifiers, not always for regression: ",
    code(`${excerpt(last?.norm ?? "bn")} → activation → ${call}`),
    where,
  ];
}

/** For the largest shift that follows from one dropout alone, the drop rate that ends at the tolerance. */
function weakerNoise({ norms, tolerance }: AuditsRecord, words: FrameworkWords): Phrase | undefined {
  const [worst] = norms
    .flatMap((record) => {
      const { norm, noise, verdict, predicted } = record;
      const [only, ...others] = noise;
      const ratio = deltaOf(record);
      if (only?.kind !== "dropout" || only.drop === null || others.length > 0) return [];
      if (verdict !== "shifted" || ratio === null || (predicted.method !== "exact" && record.measured === null))
        return [];
      return ratio > 0 && ratio < 1 ? [{ norm, noise: only, drop: only.drop, ratio }] : [];
    })
    .toSorted((a, b) => a.ratio - b.ratio);
  if (worst === undefined) return undefined;
  const { norm, noise, drop, ratio } = worst;
  const weaker = Number(readable(dropFor(1 - tolerance, { drop, ratio }), 2));
  return [
    `Or retrain with weaker noise: norm ${excerpt(norm)} reaches a Δ of ${readable(1 - tolerance, 3)} with about `,
    code(callIn({ ...noise, drop: weaker }, words)),
    ` instead of ${readable(drop, 4)}.`,
  ];
}

/**
 * The drop rate that gives a target Δ where another rate gave a known one, the noise-free mean and variance unchanged:
 * 1/Δ − 1 is proportional to σ², which is drop/(1 − drop).
 */
function dropFor(target: number, { drop, ratio }: { readonly drop: number; readonly ratio: number }): number {
  const odds = (drop / (1 - drop)) * ((1 / target - 1) / (1 / ratio - 1));
  return odds / (1 + odds);
}

import type { StackPlace, StackRecord } from "../../experiment/stack/record.ts";
import { propertiesOf } from "../../noises/noises.ts";
import { STACK_TABLE } from "../../scenario/stack/fields.ts";
import type { StackScenario } from "../../scenario/stack/stack.ts";
import { readable } from "../numbers.ts";
import { describeStack } from "../stack-words.ts";
import { varyingFields } from "../varying-fields.ts";
import type { LinesFigure, Series } from "./figure.ts";
import { capitalised } from "./quantity.ts";

/** A stack with the name of its line. */
export interface NamedStack {
  /** Empty where there is only one. */
  readonly label: string;
  readonly record: StackRecord;
}

/** Stacks by the fields in which they differ: "keep 0.5, noise uout"; of spellings of one strength the first alone. */
export function namedStacks(records: readonly StackRecord[]): readonly NamedStack[] {
  const telling = varyingFields(STACK_TABLE.fields, records);
  return records.map((record) => ({
    label: telling.map((name) => `${name} ${record.scenario[name as keyof StackScenario]}`).join(", "),
    record,
  }));
}

export interface StackWords {
  readonly title?: string | undefined;
  /** What all lines share, or start from; by default what the stacks have in common. */
  readonly subtitle?: string;
}

/**
 * The shift by depth, a line a stack, as in figure 4 of Li et al. 2019: symbols where it was measured, with intervals, and the
 * mean-field recursion as a line. The axis of the shift is logarithmic, since it compounds.
 */
export function stackFigure(stacks: readonly NamedStack[], words: StackWords = {}): LinesFigure {
  const { title = "The shift compounds with depth", subtitle = inCommon(stacks) } = words;
  const [first] = stacks;
  const depths = stacks.map(({ record }) => record.places.length);
  const hasTheory = stacks.some(({ record }) => record.places.some(({ theory }) => theory !== null));
  const level = first === undefined ? 0 : first.record.scenario.confidence;
  const numbered = numberThatVaries(stacks);
  return {
    kind: "lines",
    title,
    subtitle,
    caption: [
      `Symbols: measured, with ${readable(level * 100)} % intervals${hasTheory ? ". Lines: mean field" : ""}.`,
      "Δ at the input of each block's norm; the last point of a line is the output.",
    ],
    x: { title: "block", isLogarithmic: false, isPercentage: false, ticks: ticksTo(depths), names: [] },
    y: { title: "Δ = Var_test / Var_train", isLogarithmic: true, isPercentage: false, ticks: [], names: [] },
    hues: { count: stacks.length, isOrdered: numbered !== undefined },
    panels: [
      {
        label: "",
        series: byNumber(stacks, numbered).map(({ label, record }, index) => ({
          ...seriesOf(label, record),
          look: { hue: index, symbol: index, dashes: numbered === undefined ? index : 0 },
        })),
      },
    ],
    band: null,
  };
}

/** What is the same in all stacks: the first one in words, or as much of it as they share. */
function inCommon(stacks: readonly NamedStack[]): string {
  const [first] = stacks;
  if (first === undefined) return "";
  if (stacks.length === 1) return `${capitalised(describeStack(first.record.scenario))}.`;
  const { depth, width, activation, connection, norm, noise, noiseAt, keep } = first.record.scenario;
  const isFixed = (field: keyof StackScenario) =>
    stacks.every(({ record }) => record.scenario[field] === first.record.scenario[field]);
  const parts = [
    ...(isFixed("depth") ? [depth === 1 ? "1 block" : `${depth} blocks`] : []),
    ...(isFixed("norm") ? [norm === "batch" ? "BN" : `${norm} norm`] : []),
    ...(isFixed("activation") ? [activation] : []),
    ...(isFixed("noise") ? [propertiesOf(noise).name] : []),
    ...(isFixed("relativeVariance") ? [`keep ${readable(keep)}`] : []),
    ...(isFixed("noiseAt") && noiseAt !== "all" ? [`noise in ${noiseAt === "last" ? "the last block" : noiseAt}`] : []),
    ...(isFixed("width") ? [`linear, ${width} units`] : []),
    ...(isFixed("connection") && connection === "residual" ? ["residual"] : []),
  ];
  return parts.length === 0 ? "" : `Held fixed: ${parts.join(", ")}.`;
}

/** The field of stacks that differ in one number alone. */
function numberThatVaries(stacks: readonly NamedStack[]): keyof StackScenario | undefined {
  const [field, ...others] = varyingFields(
    STACK_TABLE.fields,
    stacks.map(({ record }) => record),
  );
  const isNumber = stacks.every(({ record }) => typeof record.scenario[field as keyof StackScenario] === "number");
  return field !== undefined && others.length === 0 && isNumber ? (field as keyof StackScenario) : undefined;
}

function byNumber(stacks: readonly NamedStack[], field: keyof StackScenario | undefined): readonly NamedStack[] {
  if (field === undefined) return stacks;
  return stacks.toSorted((a, b) => Number(a.record.scenario[field]) - Number(b.record.scenario[field]));
}

function seriesOf(label: string, { places }: StackRecord): Omit<Series, "look"> {
  return {
    label,
    points: places.map(({ block, measured }) => ({ x: block, y: measured.shift, interval: measured.interval })),
    line: places.flatMap(({ block, theory }: StackPlace) => (theory === null ? [] : [{ x: block, y: theory.shift }])),
    fit: [],
  };
}

/** Every position, or as many as fit. */
function ticksTo(lengths: readonly number[]): readonly number[] {
  const most = Math.max(...lengths);
  const step = Math.ceil(most / MOST_TICKS);
  return Array.from({ length: Math.floor((most - 1) / step) + 1 }, (_, index) => 1 + index * step);
}

const MOST_TICKS = 12;

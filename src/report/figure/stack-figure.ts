import type { StackPlace, StackRecord } from "../../experiment/stack/record.ts";
import { STACK_TABLE } from "../../scenario/stack/fields.ts";
import type { StackScenario } from "../../scenario/stack/stack.ts";
import { readable } from "../numbers.ts";
import { describeStack } from "../stack-words.ts";
import { varyingFields } from "../varying-fields.ts";
import type { LinesFigure, Series } from "./figure.ts";

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

/**
 * The shift by depth, a line a stack, as in figure 4 of Li et al. 2019: symbols where it was measured, with intervals, and the
 * mean-field recursion as a line. The axis of the shift is logarithmic, since it compounds.
 */
export function stackFigure(stacks: readonly NamedStack[], title = "The shift compounds with depth"): LinesFigure {
  const [first] = stacks;
  const depths = stacks.map(({ record }) => record.places.length);
  const hasTheory = stacks.some(({ record }) => record.places.some(({ theory }) => theory !== null));
  const only = first !== undefined && stacks.length === 1 ? [`${describeStack(first.record.scenario)}.`] : [];
  const level = first === undefined ? 0 : first.record.scenario.confidence;
  return {
    kind: "lines",
    title,
    caption: [
      ...only,
      `Symbols: measured, with ${readable(level * 100)} % intervals${hasTheory ? ". Lines: mean field" : ""}.`,
      "Δ at the input of each block's norm; the last point of a line is the output.",
    ],
    x: { title: "block", isLogarithmic: false, isPercentage: false, ticks: ticksTo(depths) },
    y: { title: "Δ = Var_test / Var_train", isLogarithmic: true, isPercentage: false, ticks: [] },
    series: stacks.map(({ label, record }) => seriesOf(label, record)),
    band: null,
  };
}

function seriesOf(label: string, { places }: StackRecord): Series {
  return {
    label,
    points: places.map(({ block, measured }) => ({ x: block, y: measured.shift, interval: measured.interval })),
    line: places.flatMap(({ block, theory }: StackPlace) => (theory === null ? [] : [{ x: block, y: theory.shift }])),
    fit: [],
  };
}

/** Every place, or as many as fit. */
function ticksTo(lengths: readonly number[]): readonly number[] {
  const most = Math.max(...lengths);
  const step = Math.ceil(most / MOST_TICKS);
  return Array.from({ length: Math.floor((most - 1) / step) + 1 }, (_, index) => 1 + index * step);
}

const MOST_TICKS = 12;

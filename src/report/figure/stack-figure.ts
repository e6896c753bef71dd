import type { ShiftRecord } from "../../experiment/record.ts";
import { propertiesOf } from "../../noises/noises.ts";
import { printable } from "../../printable.ts";
import { FIELDS } from "../../scenario/fields.ts";
import type { Scenario } from "../../scenario/scenario.ts";
import { describeScenario } from "../describe.ts";
import { networksIn } from "../networks.ts";
import { readable } from "../numbers.ts";
import { fieldIn, networkInCommon, withVariables } from "../variables.ts";
import { varyingFields } from "../varying-fields.ts";
import type { LinesFigure, Series } from "./figure.ts";
import { capitalised } from "./quantity.ts";

/** A stack with the name of its line. */
export interface NamedStack {
  /** Empty where there is only one. */
  readonly label: string;
  /** Of each position. */
  readonly records: readonly ShiftRecord[];
}

/** Stacks by the fields in which they differ: "keep 0.5, noise uout"; of spellings of one strength the first alone. */
export function namedStacks(records: readonly ShiftRecord[]): readonly NamedStack[] {
  const telling = fieldsThatVary(records);
  return networksIn(records).map((positions) => ({
    label: telling.map((name) => `${name} ${fieldOfStack(positions, name)}`).join(", "),
    records: positions,
  }));
}

function fieldsThatVary(records: readonly ShiftRecord[]): readonly string[] {
  return withVariables(
    varyingFields(FIELDS, records),
    records.map(({ scenario }) => scenario),
  );
}

function fieldOfStack(records: readonly ShiftRecord[], field: string): unknown {
  const scenario = scenarioOf(records);
  return scenario && fieldIn(scenario, field);
}

function scenarioOf([first]: readonly ShiftRecord[]): Scenario | undefined {
  return first?.scenario;
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
  const { subtitle = inCommon(stacks) } = words;
  const [first] = stacks;
  const depths = stacks.map(({ records }) => records.length);
  const hasTheory = stacks.some(({ records }) => records.some(({ theory }) => theory !== null));
  const level = scenarioOf(first?.records ?? [])?.confidence ?? 0;
  const numbered = numberThatVaries(stacks);
  const isOfStacks = stacks.every(({ records }) => scenarioOf(records)?.network === null);
  const endsInOutput = stacks.some(({ records }) => records.at(-1)?.position?.norm === null);
  return {
    kind: "lines",
    title: words.title ?? (isOfStacks ? "The shift compounds with depth" : "The shift at each position"),
    subtitle,
    caption: [
      `Symbols: measured, with ${readable(level * 100)} % intervals${hasTheory ? `. Lines: ${isOfStacks ? "mean field" : "theory"}` : ""}.`,
      isOfStacks
        ? "Δ at the input of each block's norm; the last point of a line is the output."
        : `Δ at the input of each norm${endsInOutput ? "; the last point of a line is the output" : ""}.${namesOf(first)}`,
    ],
    x: {
      title: isOfStacks ? "block" : "position",
      isLogarithmic: false,
      isPercentage: false,
      ticks: ticksTo(depths),
      names: [],
    },
    y: { title: "Δ = Var_test / Var_train", isLogarithmic: true, isPercentage: false, ticks: [], names: [] },
    hues: { count: stacks.length, isOrdered: numbered !== undefined },
    panels: [
      {
        label: "",
        series: byNumber(stacks, numbered).map(({ label, records }, index) => ({
          ...seriesOf(label, records),
          look: { hue: index, symbol: index, dashes: numbered === undefined ? index : 0 },
        })),
      },
    ],
    band: null,
  };
}

/** Names that the text gives to positions: " Position 2 is last.". */
function namesOf(stack: NamedStack | undefined): string {
  const named = (stack?.records ?? []).flatMap(({ position }) =>
    position === null || USUAL_NAME.test(position.name) ? [] : [`${position.index} is "${printable(position.name)}"`],
  );
  return named.length === 0 ? "" : ` Position ${named.join(", ")}.`;
}

const USUAL_NAME = /^(?:(?:BN|LN|GN)(?: \d+)?|output)$/;

/** What is the same in all stacks: the first one in words, or as much of it as they share. */
function inCommon(stacks: readonly NamedStack[]): string {
  const shared = scenarioOf(stacks[0]?.records ?? []);
  if (shared === undefined) return "";
  if (stacks.length === 1) {
    return shared.network === null ? `${capitalised(describeScenario(shared))}.` : describeScenario(shared);
  }
  if (shared.network !== null) return networkInCommon(stacks.flatMap(({ records }) => scenarioOf(records) ?? [])) ?? "";
  const { depth, width, nonlinearity, connection, norm, noise, noiseAt, keep } = shared;
  const isFixed = (field: keyof Scenario) =>
    stacks.every(({ records }) => scenarioOf(records)?.[field] === shared[field]);
  const parts = [
    ...(isFixed("depth") ? [depth === 1 ? "1 block" : `${depth} blocks`] : []),
    ...(isFixed("norm") ? [norm === "batch" ? "BN" : `${norm} norm`] : []),
    ...(isFixed("nonlinearity") ? [`${nonlinearity}`] : []),
    ...(isFixed("noise") ? [propertiesOf(noise).name] : []),
    ...(isFixed("relativeVariance") ? [`keep ${readable(keep)}`] : []),
    ...(isFixed("noiseAt") && noiseAt !== "all" ? [`noise in ${noiseAt === "last" ? "the last block" : noiseAt}`] : []),
    ...(isFixed("width") ? [`linear, ${width} units`] : []),
    ...(isFixed("connection") && connection === "residual" ? ["residual"] : []),
  ];
  return parts.length === 0 ? "" : `Held fixed: ${parts.join(", ")}.`;
}

/** The field of stacks that differ in one number alone. */
function numberThatVaries(stacks: readonly NamedStack[]): string | undefined {
  const [field, ...others] = fieldsThatVary(stacks.flatMap(({ records }) => records));
  if (field === undefined || others.length > 0) return undefined;
  return stacks.every(({ records }) => typeof fieldOfStack(records, field) === "number") ? field : undefined;
}

function byNumber(stacks: readonly NamedStack[], field: string | undefined): readonly NamedStack[] {
  if (field === undefined) return stacks;
  const numberOf = ({ records }: NamedStack) => Number(fieldOfStack(records, field));
  return stacks.toSorted((a, b) => numberOf(a) - numberOf(b));
}

function seriesOf(label: string, records: readonly ShiftRecord[]): Omit<Series, "look"> {
  const placed = records.map(({ position, measured, theory }) => ({ x: position?.index ?? 1, measured, theory }));
  return {
    label,
    points: placed.map(({ x, measured }) => ({ x, y: measured.shift, interval: measured.interval })),
    line: placed.flatMap(({ x, theory }) => (theory === null ? [] : [{ x, y: theory.shift }])),
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

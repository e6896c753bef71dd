import { availableParallelism } from "node:os";
import { isatty } from "node:tty";
import { VshiftError } from "../../errors.ts";
import { createCellRunner } from "../../executor/cells.ts";
import { forecast } from "../../experiment/plan/forecast.ts";
import type { ShiftRecord } from "../../experiment/record.ts";
import { printable } from "../../printable.ts";
import { chooseAxes, type FigureRequest } from "../../report/figure/axes.ts";
import type { Figure } from "../../report/figure/figure.ts";
import { figureOf } from "../../report/figure/make.ts";
import { PRESETS, type Preset, type PresetName } from "../../report/figure/presets.ts";
import { PICTURE_SIZES, type PictureSize } from "../../report/figure/size.ts";
import { namedStacks, stackFigure } from "../../report/figure/stack-figure.ts";
import { PICTURE_FORMATS, type PictureFormat } from "../../report/formats.ts";
import { defineScenario } from "../../scenario/define.ts";
import { typed } from "../../scenario/typed.ts";
import { deliver } from "../deliver.ts";
import { EXIT } from "../exit-codes.ts";
import { flagOf, withFlags } from "../options.ts";
import { readRecords } from "../read-records.ts";
import { sayObstacle, sayOn } from "../say.ts";
import type { Flags } from "../scenario-input.ts";
import type { Streams } from "../streams.ts";

/** What the command line said. */
interface PlotFlags extends Omit<FigureRequest, "color"> {
  readonly fill?: string;
  /** An earlier spelling of `fill`. */
  readonly colour?: string;
  readonly figure?: PresetName;
  readonly format?: PictureFormat;
  readonly output?: string;
  readonly width?: string;
  readonly height?: string;
  readonly scale?: string;
}

/** `vshift plot`: records, or those of a figure that brings its own, as a picture. Returns the exit code. */
export async function plotCommand(given: Flags, streams: Streams, paths: readonly string[]): Promise<number> {
  const flags = given as PlotFlags;
  return deliver({ flags: given, streams, formats: PICTURE_FORMATS }, async (format) => {
    const size = inFlags(() => sizeFor(format, flags));
    const preset = presetOf(paths, flags);
    const asked = request(flags);
    const figure =
      preset === undefined ? await figureOfFiles(paths, asked) : await figureOfPreset(preset, asked, streams);
    return { exitCode: EXIT.fine, document: { blocks: [], data: NO_DATA, figure: async () => figure, size } };
  });
}

/** A picture is all that there is. */
const NO_DATA = { kind: "records", records: [] } as const;

/** The size of a picture; a `VshiftError` where the format has none. */
function sizeFor(format: PictureFormat, { width, height, scale }: PlotFlags): PictureSize {
  const size = sizeFrom({ width, height, scale });
  const [other] = Object.keys(size).filter((name) => format === "chart" || (name === "scale" && format !== "png"));
  if (other === undefined) return size;
  throw new VshiftError({
    code: "conflicting-fields",
    field: `--${other}`,
    problem: other === "scale" ? `is for png, not ${format}` : "is in px, and a chart has the terminal's columns",
    hint: `leave it out, or add --output figure.${other === "scale" ? "png" : "svg"}`,
  });
}

/** The size that some texts ask for; a `VshiftError` where one is not a whole number of a picture's size. */
function sizeFrom(asked: { readonly [Name in keyof PictureSize]: string | undefined }): PictureSize {
  const given = Object.entries(asked).flatMap(([name, text]) =>
    text === undefined ? [] : [[name, typed("number", text)]],
  );
  const size: PictureSize = Object.fromEntries(given);
  for (const [name, rule] of Object.entries(PICTURE_SIZES)) rule(size[name as keyof PictureSize], name);
  return size;
}

/** What `work` makes, with the options of a figure by the names of their flags where it is refused. */
function inFlags<Result>(work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof VshiftError)) throw error;
    const { code, field, problem, hint, cause } = error;
    const flag = (name: string) => (OPTIONS.includes(name) ? `--${name}` : (flagOf(name) ?? name));
    throw new VshiftError({
      code,
      ...(field === undefined ? {} : { field: OPTIONS.includes(field) ? flag(field) : field }),
      problem: withFlags(problem, flag),
      ...(hint === undefined ? {} : { hint: withFlags(hint, flag) }),
      cause,
    });
  }
}

/** What the library calls them. */
const OPTIONS: readonly string[] = ["x", "y", "by", "fill", "facet", "width", "height", "scale"];

function presetOf(paths: readonly string[], { figure }: PlotFlags): Preset | undefined {
  if (figure === undefined || paths.length === 0) return figure && PRESETS[figure];
  throw new VshiftError({
    code: "conflicting-fields",
    field: "--figure",
    problem: `${figure} brings its own records, and ${paths[0]} is given too`,
    hint: "leave one of them out",
  });
}

/** The flags that say what to draw, as far as they were given. */
function request({ x, y, by, fill, colour, facet, title }: PlotFlags): FigureRequest {
  const printed = title === undefined ? undefined : printable(title);
  return Object.fromEntries(
    Object.entries({ x, y, by, color: fill ?? colour, facet, title: printed }).filter(([, text]) => text !== undefined),
  );
}

/** What the files hold; networks by position, where nothing else is asked for and no variable has more values. */
async function figureOfFiles(paths: readonly string[], asked: FigureRequest): Promise<Figure> {
  if (paths.length === 0 && isatty(0)) {
    throw new VshiftError({
      code: "invalid-value",
      field: "records",
      problem: "are missing",
      hint: "try vshift plot sweep.ndjson, or vshift plot --figure paper-a",
    });
  }
  const records: ShiftRecord[] = [];
  for await (const { record } of readRecords(paths.length === 0 ? ["-"] : paths)) records.push(record);
  const isOfPositions = records.length > 0 && records.every(({ position }) => position !== null);
  const isAsked = Object.keys(asked).some((name) => name !== "title");
  const isByPosition = isOfPositions && !isAsked && !variesMoreThanPosition(records);
  return isByPosition
    ? stackFigure(namedStacks(records), { title: asked.title })
    : inFlags(() => figureOf(records, asked));
}

async function figureOfPreset(preset: Preset, asked: FigureRequest, streams: Streams): Promise<Figure> {
  const records = await measured(preset, streams);
  return inFlags(() => figureOf(records, { ...preset.request, ...asked }));
}

function variesMoreThanPosition(records: readonly ShiftRecord[]): boolean {
  if (records.every(({ scenario }) => scenario.variables === null)) return false;
  return chooseAxes(records, {}).x !== "position";
}

async function measured({ scenarios }: Preset, streams: Streams): Promise<readonly ShiftRecord[]> {
  const cells = scenarios.map((input, index) => {
    const scenario = defineScenario(input);
    return { index, scenario, work: forecast(scenario).work };
  });
  const work = cells.reduce((total, cell) => total + cell.work, 0);
  const signal = streams.interrupt;
  sayObstacle(sayOn(streams, {}));
  const runner = createCellRunner({ threads: availableParallelism(), work });
  const records: ShiftRecord[] = [];
  try {
    for await (const outcome of runner.run(cells, signal)) {
      if ("error" in outcome) throw new VshiftError(outcome.error);
      [records[outcome.index]] = outcome.records;
    }
  } finally {
    runner.close();
  }
  // A part of its points is not the figure that was asked for.
  signal.throwIfAborted();
  return records;
}

import { availableParallelism } from "node:os";
import { isatty } from "node:tty";
import { VshiftError } from "../../errors.ts";
import { createCellRunner } from "../../executor/cells.ts";
import { forecast } from "../../experiment/forecast.ts";
import type { ShiftRecord } from "../../experiment/record.ts";
import type { FigureRequest } from "../../report/figure/axes.ts";
import type { Figure } from "../../report/figure/figure.ts";
import { figureOf } from "../../report/figure/make.ts";
import { PRESETS, type Preset, type PresetName } from "../../report/figure/presets.ts";
import { defineScenario } from "../../scenario/define.ts";
import { paintsFor } from "../colour.ts";
import { EXIT } from "../exit-codes.ts";
import { deliveryTo, isStandard } from "../output.ts";
import { choosePictureFormat, type PictureFormat } from "../picture-format.ts";
import { readRecords } from "../read-records.ts";
import type { Flags } from "../scenario-input.ts";
import type { Streams } from "../streams.ts";

/** What the command line said. */
interface PlotFlags extends FigureRequest {
  readonly figure?: PresetName;
  readonly format?: PictureFormat;
  readonly output?: string;
}

/** `vshift plot`: records, or those of a figure that brings its own, as a picture. Returns the exit code. */
export async function plotCommand(given: Flags, streams: Streams, paths: readonly string[]): Promise<number> {
  const flags = given as PlotFlags;
  const { stdout, interrupt, env } = streams;
  const { output } = flags;
  const isTerminal = isStandard(output) && stdout.isTTY === true;
  const format = choosePictureFormat({ format: flags.format, output, isTerminal });
  const delivery = deliveryTo(output, stdout);
  const preset = presetOf(paths, flags);
  const records = preset === undefined ? await recordsOf(paths) : await measured(preset, interrupt);
  const figure = figureOf(records, { ...preset?.request, ...request(flags) });
  delivery.write(await rendered(figure, { format, isTerminal, env }));
  delivery.finish();
  return EXIT.fine;
}

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
function request({ x, y, by, color, title }: PlotFlags): FigureRequest {
  return Object.fromEntries(Object.entries({ x, y, by, color, title }).filter(([, text]) => text !== undefined));
}

async function recordsOf(paths: readonly string[]): Promise<readonly ShiftRecord[]> {
  if (paths.length === 0 && isatty(0)) {
    throw new VshiftError({
      code: "invalid-value",
      field: "records",
      problem: "no file of records was given",
      hint: "try vshift plot sweep.ndjson, or vshift plot --figure paper-a",
    });
  }
  const records: ShiftRecord[] = [];
  for await (const { record } of readRecords(paths.length === 0 ? ["-"] : paths)) records.push(record);
  return records;
}

async function measured({ scenarios }: Preset, signal: AbortSignal): Promise<readonly ShiftRecord[]> {
  const cells = scenarios.map((input, index) => {
    const scenario = defineScenario(input);
    return { index, scenario, work: forecast(scenario).work };
  });
  const work = cells.reduce((total, cell) => total + cell.work, 0);
  const runner = createCellRunner({ threads: availableParallelism(), work });
  const records: ShiftRecord[] = [];
  try {
    for await (const outcome of runner.run(cells, signal)) {
      if ("error" in outcome) throw new VshiftError(outcome.error);
      records[outcome.index] = outcome.record;
    }
  } finally {
    runner.close();
  }
  // A part of its points is not the figure that was asked for.
  signal.throwIfAborted();
  return records;
}

interface Rendered {
  readonly format: PictureFormat;
  readonly isTerminal: boolean;
  readonly env: Streams["env"];
}

async function rendered(figure: Figure, { format, isTerminal, env }: Rendered): Promise<string | Uint8Array> {
  switch (format) {
    case "svg":
      return drawn(figure);
    case "png": {
      const [{ createRasteriser }, { pictureFiles }] = await Promise.all([
        import("../../report/figure/png.ts"),
        import("../picture-files.ts"),
      ]);
      const rasterise = await createRasteriser(pictureFiles());
      return rasterise(await drawn(figure));
    }
    case "chart": {
      const { chartOf } = await import("../../report/figure/chart.ts");
      return chartOf(figure, { paints: await paintsFor(isTerminal, env) });
    }
  }
}

async function drawn(figure: Figure): Promise<string> {
  return (await import("../../report/figure/draw.ts")).drawFigure(figure);
}

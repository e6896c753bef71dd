import { VshiftError } from "../../errors.ts";
import type { ShiftRecord } from "../../experiment/record.ts";
import { chooseAxes, type FigureRequest } from "./axes.ts";
import type { Figure } from "./figure.ts";
import { heatFigure } from "./heat.ts";
import { linesFigure } from "./lines.ts";

/** The figure of records that a request asks for; what it leaves open follows from what varies among them. */
export function figureOf(records: readonly ShiftRecord[], request: FigureRequest): Figure {
  if (records.length === 0) {
    throw new VshiftError({
      code: "invalid-file",
      field: "records",
      problem: "are missing from the input",
      hint: "give a file that vshift simulate or vshift sweep wrote",
    });
  }
  const axes = chooseAxes(records, request);
  return axes.kind === "heat" ? heatFigure(records, axes, request.title) : linesFigure(records, axes, request.title);
}

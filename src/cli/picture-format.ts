import { extname } from "node:path";
import { VshiftError } from "../errors.ts";
import { isStandard } from "./output.ts";

export const PICTURE_FORMATS = ["svg", "png", "chart"] as const;
export type PictureFormat = (typeof PICTURE_FORMATS)[number];

const FORMAT_OF_ENDING: { readonly [ending: string]: PictureFormat } = {
  ".svg": "svg",
  ".png": "png",
  ".txt": "chart",
};

export interface PictureChoice {
  readonly format: PictureFormat | undefined;
  /** Where to write; undefined or "-" is standard output. */
  readonly output: string | undefined;
  readonly isTerminal: boolean;
}

/** The format asked for; else the one that the file's ending says; else a chart for eyes and SVG for programs. */
export function choosePictureFormat({ format, output, isTerminal }: PictureChoice): PictureFormat {
  const chosen = format ?? (isStandard(output) ? (isTerminal ? "chart" : "svg") : formatOf(output));
  if (chosen !== "png" || !isTerminal) return chosen;
  throw new VshiftError({
    code: "invalid-value",
    field: "--format",
    problem: "png is no text that a terminal can show",
    hint: "add --output figure.png",
  });
}

function formatOf(path: string): PictureFormat {
  const ending = extname(path).toLowerCase();
  const format = FORMAT_OF_ENDING[ending];
  if (format !== undefined) return format;
  throw new VshiftError({
    code: "invalid-value",
    field: "--output",
    problem: `${path} has ${ending === "" ? "no ending" : `the ending ${ending}`}, which says no kind of picture`,
    hint: "end it in .svg or .png, or add --format",
  });
}

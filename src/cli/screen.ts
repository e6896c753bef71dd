import { USUAL_WIDTH } from "../report/terminal.ts";
import type { OutputStream, Streams } from "./streams.ts";

/** Columns of text on a stream: a terminal's, else what COLUMNS says, else 80. */
export function widthOf({ columns }: Pick<OutputStream, "columns">, { COLUMNS }: Streams["env"]): number {
  if (columns !== undefined && columns > 0) return columns;
  return /^[1-9]\d{0,4}$/.test(COLUMNS ?? "") ? Number(COLUMNS) : USUAL_WIDTH;
}

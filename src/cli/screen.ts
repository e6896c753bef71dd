import { type Screen, USUAL_WIDTH } from "../report/terminal.ts";
import { painterFor } from "./colour.ts";
import type { OutputStream, Streams } from "./streams.ts";

/** Columns of text on a stream: a terminal's, else what COLUMNS says, else 80. */
export function widthOf({ columns }: Pick<OutputStream, "columns">, { COLUMNS }: Streams["env"]): number {
  if (columns !== undefined && columns > 0) return columns;
  return /^[1-9]\d{0,4}$/.test(COLUMNS ?? "") ? Number(COLUMNS) : USUAL_WIDTH;
}

/** How text is laid out and coloured on a stream. */
export async function screenOf(stream: Pick<OutputStream, "columns" | "isTTY">, env: Streams["env"]): Promise<Screen> {
  return { width: widthOf(stream, env), paint: await painterFor(stream.isTTY === true, env) };
}

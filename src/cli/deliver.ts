import { type Painter, PLAIN } from "../report/painter.ts";
import { painterFor } from "./colour.ts";
import { chooseFormat, deliveryTo, type Format } from "./output.ts";
import type { Flags } from "./scenario-input.ts";
import type { Streams } from "./streams.ts";

/** How a result becomes text in each format. */
export type Rendering = (format: Format, paint: Painter) => string | Promise<string>;

/**
 * Does the work of a command and delivers its result in the format and to the place that the flags say. The place is
 * tried before the work begins, and left as it was when the work fails.
 */
export async function deliver(
  { flags, streams: { stdout, env } }: { readonly flags: Flags; readonly streams: Streams },
  work: () => Promise<{ readonly render: Rendering; readonly exitCode: number }>,
): Promise<number> {
  const output = flags.output as string | undefined;
  const toStdout = output === undefined || output === "-";
  const isTerminal = toStdout && stdout.isTTY === true;
  const format = chooseFormat({ format: flags.format as Format | undefined, output, isTerminal });
  const write = deliveryTo(output, stdout);
  const { render, exitCode } = await work();
  write(await render(format, toStdout ? await painterFor(isTerminal, env) : PLAIN));
  return exitCode;
}

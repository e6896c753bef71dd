import { type Painter, PLAIN } from "../report/painter.ts";
import { painterFor } from "./colour.ts";
import { type AnyFormat, chooseFormat, deliveryTo, isStandard } from "./output.ts";
import type { Flags } from "./scenario-input.ts";
import type { Streams } from "./streams.ts";

/** How a result becomes text, or bytes in pieces, in each format. */
export type Rendering<Format> = (format: Format, paint: Painter) => Rendered | Promise<Rendered>;

type Rendered = string | Uint8Array | AsyncIterable<string | Uint8Array>;

export interface DeliverySetting<Format> {
  readonly flags: Flags;
  readonly streams: Streams;
  /** The formats that there are. */
  readonly formats: readonly Format[];
}

/**
 * Does the work of a command and delivers its result in the format and to the destination of the flags. The destination
 * is tried before the work begins, and stays unchanged when the work fails.
 */
export async function deliver<Format extends AnyFormat>(
  { flags, streams: { stdout, env }, formats }: DeliverySetting<Format>,
  work: () => Promise<{ readonly render: Rendering<Format>; readonly exitCode: number }>,
): Promise<number> {
  const output = flags.output as string | undefined;
  const toStdout = isStandard(output);
  const isTerminal = toStdout && stdout.isTTY === true;
  const format = chooseFormat({ format: flags.format as Format | undefined, formats, output, isTerminal });
  const delivery = deliveryTo(output, stdout);
  try {
    const { render, exitCode } = await work();
    const rendered = await render(format, toStdout ? await painterFor(isTerminal, env) : PLAIN);
    if (typeof rendered === "string" || rendered instanceof Uint8Array) delivery.write(rendered);
    else for await (const piece of rendered) delivery.write(piece);
    delivery.finish();
    return exitCode;
  } catch (error) {
    delivery.abandon();
    throw error;
  }
}

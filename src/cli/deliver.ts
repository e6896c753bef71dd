import type { Document, Words } from "../report/document.ts";
import { type AnyFormat, formatKind, type Rendered, type View } from "../report/formats.ts";
import type { Origin } from "../report/html/page.ts";
import { PLAIN } from "../report/phrase.ts";
import { terminalText } from "../report/terminal.ts";
import { paintsFor } from "./colour.ts";
import { chooseFormat, deliveryTo, isStandard } from "./output.ts";
import type { Flags } from "./scenario-input.ts";
import { screenOf, widthOf } from "./screen.ts";
import type { Streams } from "./streams.ts";

export interface DeliverySetting<Format> {
  readonly flags: Flags;
  readonly streams: Streams;
  /** The formats that there are. */
  readonly formats: readonly Format[];
}

/** What a command came to. */
export interface Outcome {
  readonly document: Document;
  readonly exitCode: number;
  /** A summary for standard error at the end, unless a terminal showed the document itself. */
  readonly summary?: Words;
}

/**
 * Does the work of a command and delivers its result in the format and to the destination of the flags. The destination is tried
 * before the work begins, and stays unchanged when the work fails. A summary is written even where the result cannot be.
 */
export async function deliver<Format extends AnyFormat>(
  { flags, streams, formats }: DeliverySetting<Format>,
  work: (format: Format) => Promise<Outcome>,
): Promise<number> {
  const output = flags.output as string | undefined;
  const toStdout = isStandard(output);
  const isTerminal = toStdout && streams.stdout.isTTY === true;
  const format = chooseFormat({ format: flags.format as Format | undefined, formats, output, isTerminal });
  const delivery = deliveryTo(output, streams.stdout);
  let summary: Words | undefined;
  try {
    const outcome = await work(format);
    const { document, exitCode } = outcome;
    summary = outcome.summary;
    const view = await viewOf(streams, { flags, toStdout, isTerminal });
    for await (const piece of piecesOf(await formatKind(format).render(document, view))) delivery.write(piece);
    delivery.finish();
    return exitCode;
  } catch (error) {
    delivery.abandon();
    throw error;
  } finally {
    const isShown = isTerminal && format === "table";
    if (summary !== undefined && !isShown && flags.quiet !== true) await summarise(summary, streams);
  }
}

async function summarise(summary: Words, { stderr, env }: Streams): Promise<void> {
  stderr.write(await terminalText(summary, await screenOf(stderr, env)));
}

function piecesOf(rendered: Rendered) {
  return typeof rendered === "string" || rendered instanceof Uint8Array ? [rendered] : rendered;
}

interface Delivered {
  readonly flags: Flags;
  readonly toStdout: boolean;
  readonly isTerminal: boolean;
}

/** How a result is shown on standard output, or in a file. */
async function viewOf({ stdout, env, interrupt }: Streams, { flags, toStdout, isTerminal }: Delivered): Promise<View> {
  return {
    ...(toStdout ? await screenOf(stdout, env) : { width: widthOf({}, env), paint: PLAIN }),
    seriesPaints: () => paintsFor(isTerminal, env),
    pictureFiles: async () => (await import("./picture-files.ts")).pictureFiles(),
    origin: async () => {
      const { command, version } = await (flags.origin as () => Promise<Origin>)();
      return { command, version, isPartial: interrupt.aborted };
    },
  };
}

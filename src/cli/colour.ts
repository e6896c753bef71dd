import type { ChartPaints } from "../report/figure/chart.ts";
import { type Painter, PLAIN } from "../report/phrase.ts";

/** What --color takes: auto is what the environment and the stream say. */
export const COLOUR_CHOICES = ["auto", "always", "never"] as const;

/** The environment under --color (or --no-color, which is `false`): it replaces NO_COLOR and FORCE_COLOR, for both streams. */
export function environmentOf(color: unknown, env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  if (color === "always") return { ...env, NO_COLOR: undefined, FORCE_COLOR: "1" };
  if (color === "never" || color === false) return { ...env, NO_COLOR: "1", FORCE_COLOR: undefined };
  return env;
}

/**
 * The painter for one stream. Colour, in this order: NO_COLOR set and not empty means none; FORCE_COLOR means some unless
 * it is 0 or false; else some on a terminal that is not "dumb". (chalk alone would colour a terminal despite NO_COLOR.)
 */
export async function painterFor(isTerminal: boolean, env: NodeJS.ProcessEnv): Promise<Painter> {
  if (!wantsColour(isTerminal, env)) return PLAIN;
  const { Chalk } = await import("chalk");
  const chalk = new Chalk({ level: 1 });
  return {
    strong: chalk.bold,
    faint: chalk.dim,
    good: chalk.green,
    bad: chalk.red,
    doubtful: chalk.yellow,
    code: chalk.cyan,
  };
}

/** Colours for the series of a chart; none where the stream takes no colour. */
export async function paintsFor(isTerminal: boolean, env: NodeJS.ProcessEnv): Promise<ChartPaints> {
  if (!wantsColour(isTerminal, env)) return NO_PAINTS;
  const { Chalk } = await import("chalk");
  const { blue, red, green, magenta, cyan, yellow } = new Chalk({ level: 1 });
  // Most different first; and from cool to warm, since a terminal's ground may be dark or light.
  return { names: [blue, red, green, magenta, cyan, yellow], ramp: [blue, cyan, green, yellow, red, magenta] };
}

const NO_PAINTS: ChartPaints = { names: [], ramp: [] };

function wantsColour(isTerminal: boolean, { NO_COLOR, FORCE_COLOR, TERM }: NodeJS.ProcessEnv): boolean {
  if (NO_COLOR) return false;
  if (FORCE_COLOR !== undefined) return FORCE_COLOR !== "0" && FORCE_COLOR !== "false";
  return isTerminal && TERM !== "dumb";
}

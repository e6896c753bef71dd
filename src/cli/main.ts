import { CommanderError } from "commander";
import { VshiftError } from "../errors.ts";
import { printable } from "../printable.ts";
import { COMMANDS } from "./commands.ts";
import { errorLine } from "./error-line.ts";
import { EXIT } from "./exit-codes.ts";
import { interruptionOf } from "./interruption.ts";
import { createProgram } from "./program.ts";
import type { Streams } from "./streams.ts";

/**
 * The command line: runs what the arguments say and returns the exit code. Bad input is one line on stderr and code 2; only
 * this function and the reports write, and nothing exits.
 */
export async function main(argv: readonly string[], streams: Streams): Promise<number> {
  const { stderr, interrupt, env } = streams;
  let exitCode: number = EXIT.fine;
  try {
    const exit = (code: number) => {
      exitCode = code;
    };
    // An earlier name of "completion".
    const words = argv[0] === "complete" ? ["completion", ...argv.slice(1)] : argv;
    const wanted = words.find((word) => COMMANDS.some(({ name }) => name === word));
    await createProgram({ streams, exit, wanted }).parseAsync(words, { from: "user" });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.fine : EXIT.usage;
    const interruption = error === interrupt.reason ? interruptionOf(interrupt) : undefined;
    if (interruption !== undefined) {
      const { message, exitCode } = interruption;
      stderr.write(`vshift: ${message} before anything was measured\n`);
      return exitCode;
    }
    if (error instanceof VshiftError) {
      stderr.write(errorLine(error));
      return EXIT.usage;
    }
    stderr.write(internalError(error, env));
    return EXIT.fault;
  }
}

/** What is said of an error that no input explains: a line, or with VSHIFT_DEBUG all of it. */
export function internalError(error: unknown, { VSHIFT_DEBUG }: NodeJS.ProcessEnv): string {
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  return VSHIFT_DEBUG
    ? `vshift: internal error: ${stack}\n`
    : `vshift: internal error: ${printable(message)}; please report it (VSHIFT_DEBUG=1 shows where)\n`;
}

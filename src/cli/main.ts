import { CommanderError } from "commander";
import { VshiftError } from "../errors.ts";
import { printable } from "../printable.ts";
import { COMMANDS } from "./commands.ts";
import { EXIT } from "./exit-codes.ts";
import { interruptionOf } from "./interruption.ts";
import { createProgram } from "./program.ts";
import type { Streams } from "./streams.ts";
import { withSortFields } from "./typed-flags.ts";

/**
 * The command line: runs what the arguments say and returns the exit code. Bad input is one line on stderr and code 2; only
 * this function and the reports write, and nothing exits.
 */
export async function main(argv: readonly string[], streams: Streams): Promise<number> {
  // An earlier name of "completion".
  const args = withSortFields(argv[0] === "complete" ? ["completion", ...argv.slice(1)] : argv);
  const at = args.findIndex(isCommand);
  const wanted = args[at];
  const { stderr, interrupt, env } = streams;
  let exitCode: number = EXIT.fine;
  try {
    const exit = (code: number) => {
      exitCode = code;
    };
    const program = createProgram({ streams, exit, wanted, args: args.slice(at + 1) });
    await program.parseAsync(args, { from: "user" });
    return exitCode;
  } catch (error) {
    // Help was printed, on stderr where no command was named.
    if (error instanceof CommanderError && error.exitCode === 0) return EXIT.fine;
    if (error instanceof CommanderError && error.code === "commander.help") return EXIT.usage;
    const interruption = error === interrupt.reason ? interruptionOf(interrupt) : undefined;
    if (interruption !== undefined) {
      const { message, exitCode } = interruption;
      stderr.write(`vshift: ${message} before anything was measured\n`);
      return exitCode;
    }
    if (error instanceof CommanderError || error instanceof VshiftError) {
      stderr.write((await import("./usage-error.ts")).usageLine(error, args.slice(Math.max(0, at))));
      return EXIT.usage;
    }
    stderr.write(internalError(error, env));
    return EXIT.fault;
  }
}

function isCommand(word: string): boolean {
  return COMMANDS.some(({ name }) => name === word);
}

/** What is said of an error that no input explains: a line, or with VSHIFT_DEBUG all of it. */
export function internalError(error: unknown, { VSHIFT_DEBUG }: NodeJS.ProcessEnv): string {
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  return VSHIFT_DEBUG
    ? `vshift: internal error: ${stack}\n`
    : `vshift: internal error: ${printable(message)}; please report it (VSHIFT_DEBUG=1 shows where)\n`;
}

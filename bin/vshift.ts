#!/usr/bin/env node
import { EXIT } from "../src/cli/exit-codes.ts";
import { main } from "../src/cli/main.ts";

const interrupt = new AbortController();
process.on("SIGINT", () => {
  if (interrupt.signal.aborted) process.exit(EXIT.interrupted);
  interrupt.abort();
});
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  // The reader went away, as `| head` does: there is nobody left to tell.
  if (error.code === "EPIPE") process.exit(EXIT.fine);
  process.stderr.write(`vshift: cannot write to standard output (${error.message}); use --output to write elsewhere\n`);
  process.exit(EXIT.usage);
});
// Without standard error there is nobody to tell either; the result and the exit code still say all.
process.stderr.on("error", () => {});

const { stdout, stderr, env } = process;
main(process.argv.slice(2), { stdout, stderr, env, interrupt: interrupt.signal }).then((code) => {
  process.exitCode = code;
});

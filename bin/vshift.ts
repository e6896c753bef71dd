#!/usr/bin/env node
import { EXIT } from "../src/cli/exit-codes.ts";
import { main } from "../src/cli/main.ts";
import { standardStream } from "../src/cli/standard-stream.ts";

const interrupt = new AbortController();
process.on("SIGINT", () => {
  if (interrupt.signal.aborted) process.exit(EXIT.interrupted);
  interrupt.abort();
});
// Without standard error there is nobody to tell; the result and the exit code still say all.
const stderr = standardStream(2, () => {});
const stdout = standardStream(1, (error) => {
  // The reader went away, as `| head` does: there is nobody left to tell.
  if (error.code === "EPIPE") process.exit(EXIT.fine);
  stderr.write(`vshift: cannot write to standard output (${error.message}); use --output to write elsewhere\n`);
  process.exit(EXIT.usage);
});

// All output is written by now. To leave by itself, Node would wait for code that V8 optimises in the background.
main(process.argv.slice(2), { stdout, stderr, env: process.env, interrupt: interrupt.signal }).then((code) =>
  process.exit(code),
);

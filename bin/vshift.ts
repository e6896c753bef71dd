#!/usr/bin/env node
import { EXIT } from "../src/cli/exit-codes.ts";
import { ENDING_SIGNALS, Interruption } from "../src/cli/interruption.ts";
import { internalError, main } from "../src/cli/main.ts";
import { standardStream } from "../src/cli/standard-stream.ts";

const interrupt = new AbortController();
for (const [signal, exitCode] of Object.entries(ENDING_SIGNALS)) {
  process.on(signal, () => {
    if (interrupt.signal.aborted) process.exit(exitCode);
    interrupt.abort(new Interruption("interrupted", exitCode));
  });
}

// Without standard error there is nobody to tell; the result and the exit code still say all.
const stderr = standardStream(2, () => {});
const stdout = standardStream(1, () =>
  // The reader went away, as `| head` does. What only it was to get need not be measured, and what was measured has a verdict.
  interrupt.abort(new Interruption("standard output was closed: stopped", EXIT.inconclusive)),
);

for (const event of ["uncaughtException", "unhandledRejection"]) {
  process.on(event, (error) => {
    stderr.write(internalError(error, process.env));
    process.exit(EXIT.fault);
  });
}

// All output is written by now. To leave by itself, Node would wait for code that V8 optimises in the background.
main(process.argv.slice(2), { stdout, stderr, env: process.env, interrupt: interrupt.signal }).then((code) =>
  process.exit(code),
);

#!/usr/bin/env node
import { main } from "../src/cli/main.ts";

const interrupt = new AbortController();
process.on("SIGINT", () => {
  if (interrupt.signal.aborted) process.exit(130);
  interrupt.abort();
});
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    // The reader went away, as `| head` does: there is nobody left to tell.
    if (error.code === "EPIPE") process.exit(0);
    throw error;
  });
}

const { stdout, stderr, env } = process;
main(process.argv.slice(2), { stdout, stderr, env, interrupt: interrupt.signal }).then((code) => {
  process.exitCode = code;
});

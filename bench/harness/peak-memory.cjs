// Loaded before a program with `node --require`: at its end, the last line on stderr is its greatest resident memory in KiB.
process.on("exit", () => {
  process.stderr.write(`\n${process.resourceUsage().maxRSS}\n`);
});

#!/usr/bin/env node
// Runs program.cjs, the bundle that stands beside this file, from the machine code that the build kept of it
// (keep-code.cjs). It saves a quarter of the time to start. An engine that it was not made for refuses it, and compiles.
const { readFileSync } = require("node:fs");
const { Script } = require("node:vm");

const filename = `${__dirname}/program.cjs`;
const script = new Script(readFileSync(filename, "utf8"), { filename, cachedData: kept(`${__dirname}/program.code`) });
// The chunks ask program.cjs for what they share with it: that is this module.
require.cache[filename] = module;
script.runInThisContext()(require, module, exports);

function kept(path) {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}

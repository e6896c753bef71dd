#!/usr/bin/env node
// Runs the program that the build made, with the machine code that the build kept of it (keep-code.cjs). It saves a quarter
// of the time to start.
const { readFileSync } = require("node:fs");
const { createRequire } = require("node:module");
const { join } = require("node:path");
const { Script } = require("node:vm");

const filename = join(__dirname, "../dist/bin/program.cjs");
const source = contentOf(filename);
if (source === undefined) {
  console.error(`vshift: not built: ${filename} is missing; in a clone, run npm run build, else install vshift again`);
  process.exit(2);
}
const script = new Script(source.toString(), { filename, cachedData: keptCode() });
const requireThere = createRequire(filename);
// The chunks ask program.cjs for what they share with it: that is this module.
requireThere.cache[filename] = module;
script.runInThisContext()(requireThere, module, exports);

/**
 * The code, if the build kept any of this very source. V8 would compare no more than version, flags and the length of the
 * source, and crash on damaged code. So the file holds the code twice and then its source, and all must match.
 */
function keptCode() {
  const kept = contentOf(join(__dirname, "../dist/bin/program.code"));
  if (kept === undefined) return undefined;
  const length = (kept.length - source.length) / 2;
  const code = kept.subarray(0, length);
  const isWhole = kept.subarray(2 * length).equals(source) && kept.subarray(length, 2 * length).equals(code);
  return isWhole ? code : undefined;
}

function contentOf(path) {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}

// Keeps the code that V8 compiles of program.cjs on a typical run, in the form that vshift.cjs reads:
//
//   npm run build:code
//
// What a run has compiled when it ends is kept, so that later runs need not compile it lazily either.
const { readFileSync, writeFileSync } = require("node:fs");
const { devNull } = require("node:os");
const { resolve } = require("node:path");
const { Script } = require("node:vm");

const folder = resolve("dist/bin");
const filename = `${folder}/program.cjs`;
const source = readFileSync(filename);
const script = new Script(source.toString(), { filename });
const requireThere = require("node:module").createRequire(filename);

process.argv = [...process.argv.slice(0, 2), "simulate", "--d", "64", "--samples", "2048", "--output", devNull];
process.on("exit", () => {
  const code = script.createCachedData();
  writeFileSync(`${folder}/program.code`, Buffer.concat([code, code, source]));
});
requireThere.cache[filename] = module;
script.runInThisContext()(requireThere, module, exports);

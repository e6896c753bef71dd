import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { defineConfig, type Rolldown, type UserConfig } from "tsdown";
import { fileOfPackage, licencesOfBundled } from "./.ci/third-party.ts";
import manifest from "./package.json" with { type: "json" };
import { manualPages } from "./src/cli/manual.ts";
import { PICTURE_FILES } from "./src/cli/picture-files.ts";
import { recordSchema } from "./src/experiment/record-schema.ts";
import { auditSchema } from "./src/report/audit-schema.ts";
import { checkSchema } from "./src/report/check-schema.ts";
import { networkTheorySchema } from "./src/report/network-schema.ts";
import { scenarioSchema, stackSchema, sweepSchema } from "./src/scenario/json-schema.ts";

const PLUGINS = [withoutUnused(), licencesOfBundled()];

// Every import is bundled, so that the package installs with no dependencies and opens few files.
export const bundle: UserConfig = {
  platform: "node",
  target: "node20",
  deps: { onlyBundle: false },
  inputOptions: { checks: { pluginTimings: false } },
  logLevel: "warn",
  // Its index would bring six generators along that nothing here draws from.
  alias: { seedrandom: "seedrandom/seedrandom.js" },
  plugins: PLUGINS,
};

export default defineConfig([
  {
    ...bundle,
    name: "library",
    // Its modules of Node, those of the threads, are taken away by "browser" in package.json where a browser is bundled for. Not
    // every bundler knows it by a name with `node:`.
    nodeProtocol: "strip",
    entry: { index: "src/index.ts", vitest: "src/vitest.ts" },
    format: ["esm", "cjs"],
    dts: true,
    outDir: "dist",
    hooks: {
      "build:done": async () => {
        await writeSchemas();
        await writeManual();
      },
    },
  },
  {
    ...bundle,
    name: "executable",
    plugins: [...Object.values(PICTURE_FILES).map(fileOfPackage), ...PLUGINS],
    entry: { program: "bin/vshift.ts" },
    // CommonJS starts some milliseconds sooner than ESM. Each `import()` becomes a chunk, read when it is reached.
    format: "cjs",
    dts: false,
    minify: true,
    outDir: "dist/bin",
    hooks: { "build:done": makeLaunchable },
  },
]);

async function writeSchemas(): Promise<void> {
  await mkdir("dist/schema", { recursive: true });
  await writeFile("dist/schema/record.json", json(recordSchema()));
  await writeFile("dist/schema/scenario.json", json(scenarioSchema()));
  await writeFile("dist/schema/sweep.json", json(sweepSchema()));
  await writeFile("dist/schema/stack.json", json(stackSchema()));
  await writeFile("dist/schema/check.json", json(checkSchema()));
  await writeFile("dist/schema/audit.json", json(auditSchema()));
  await writeFile("dist/schema/network-theory.json", json(networkTheorySchema()));
}

async function writeManual(): Promise<void> {
  await mkdir("dist/man", { recursive: true });
  for (const [file, text] of manualPages(manifest.version)) await writeFile(`dist/man/${file}`, text);
}

/**
 * Makes the program an expression that bin/vshift.cjs can compile by itself, and so with code that was kept. Chunks that it
 * requires at once become a part of it: what stays in files of its own is read and compiled at every start.
 */
async function makeLaunchable(): Promise<void> {
  const program = (await readFile(`${BIN}/program.cjs`, "utf8")).replace(/^#!.*/, "");
  const parts: string[] = [];
  await inline(program, parts);
  const text = `(function (require, module, exports) {\nconst parts = (exports.parts = {});\n${parts.join("")}${within(program)}\n})\n`;
  await writeFile(`${BIN}/program.cjs`, text);
  // For who runs the build by its path. npm links bin/vshift.cjs, which is there before anything is built.
  await writeFile(`${BIN}/vshift.cjs`, '#!/usr/bin/env node\nrequire("../../bin/vshift.cjs");\n');
  await chmod(`${BIN}/vshift.cjs`, 0o755);
}

const BIN = "dist/bin";

/** What a chunk requires as soon as it is loaded, and not by an `import()`. */
const REQUIRED_AT_ONCE = /(?<=[\w$]=)require\(`\.\/([\w.-]+\.cjs)`\)/g;

/** Adds the chunks that some code requires at once, those first that they require themselves. */
async function inline(code: string, parts: string[]): Promise<void> {
  for (const [, file = ""] of code.matchAll(REQUIRED_AT_ONCE)) {
    if (file === "program.cjs" || parts.some((part) => part.startsWith(head(file)))) continue;
    const chunk = await readFile(`${BIN}/${file}`, "utf8");
    await inline(chunk, parts);
    parts.push(`${head(file)}(function (exports) {${within(chunk)}\nreturn exports;\n})({});\n`);
    await writeFile(`${BIN}/${file}`, `module.exports = require("./program.cjs").parts["${file}"];\n`);
  }
}

function head(file: string): string {
  return `parts["${file}"] = `;
}

function within(code: string): string {
  return code.replace(REQUIRED_AT_ONCE, (call, file: string) => (file === "program.cjs" ? call : `parts["${file}"]`));
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

/**
 * Modules that a dependency requires for what is never asked of it: commander for commands that are executables of
 * their own, seedrandom for seeds of its own making. Each would take milliseconds of every start to load, and a browser has
 * neither. And what PDFKit would unpack WOFF2 with (half a megabyte),
 * wrap lines with, and read images with.
 */
function withoutUnused(): Rolldown.Plugin {
  const UNUSED = ["node:child_process", "crypto", "brotli/decompress.js", "linebreak", "png-js"];
  return {
    name: "without-unused",
    resolveId: (id, importer = "") =>
      UNUSED.includes(id) && importer.includes("node_modules") ? { id: `\0unused:${id}` } : undefined,
    load: (id) => (id.startsWith("\0unused:") ? "module.exports = {};" : undefined),
  };
}

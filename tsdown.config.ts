import { copyFile, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { defineConfig, type Rolldown, type UserConfig } from "tsdown";
import { recordSchema } from "./src/experiment/record-schema.ts";
import { stackRecordSchema } from "./src/experiment/stack/record-schema.ts";
import { scenarioSchema, stackSchema, sweepSchema } from "./src/scenario/json-schema.ts";

// Every import is bundled, so that the package installs with no dependencies and opens few files.
export const bundle: UserConfig = {
  platform: "node",
  target: "node20",
  deps: { onlyBundle: false },
  inputOptions: { checks: { pluginTimings: false } },
  logLevel: "warn",
  // Its index would bring six generators along that nothing here draws from.
  alias: { seedrandom: "seedrandom/seedrandom.js" },
  plugins: [withoutUnused(), licencesOfBundled()],
};

export default defineConfig([
  {
    ...bundle,
    name: "library",
    // Its one module of Node, the threads', is taken away by "browser" in package.json where a browser is bundled for. Not
    // every bundler knows it by a name with `node:`.
    nodeProtocol: "strip",
    entry: { index: "src/index.ts", vitest: "src/vitest.ts" },
    format: ["esm", "cjs"],
    dts: true,
    outDir: "dist",
    hooks: { "build:done": writeSchemas },
  },
  {
    ...bundle,
    name: "executable",
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
  await writeFile("dist/schema/stack-record.json", json(stackRecordSchema()));
}

/**
 * Makes the program an expression that bin/launch.cjs can compile by itself, and so with code that was kept. Chunks that it
 * requires at once become a part of it: what stays in files of its own is read and compiled at every start.
 */
async function makeLaunchable(): Promise<void> {
  const program = (await readFile(`${BIN}/program.cjs`, "utf8")).replace(/^#!.*/, "");
  const parts: string[] = [];
  await inline(program, parts);
  const text = `(function (require, module, exports) {\nconst parts = (exports.parts = {});\n${parts.join("")}${within(program)}\n})\n`;
  await writeFile(`${BIN}/program.cjs`, text);
  await copyFile("bin/launch.cjs", `${BIN}/vshift.cjs`);
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
 * Modules of Node that a dependency requires for what is never asked of it: commander for commands that are executables of
 * their own, seedrandom for seeds of its own making. Each would take milliseconds of every start to load, and a browser has
 * neither.
 */
function withoutUnused(): Rolldown.Plugin {
  const UNUSED = ["node:child_process", "crypto"];
  return {
    name: "without-unused",
    resolveId: (id) => (UNUSED.includes(id) ? { id: `\0unused:${id}` } : undefined),
    load: (id) => (id.startsWith("\0unused:") ? "module.exports = {};" : undefined),
  };
}

/** Writes THIRD-PARTY.txt beside a bundle: name, version and licence text of every package with code in it. */
function licencesOfBundled(): Rolldown.Plugin {
  return {
    name: "licences-of-bundled",
    async generateBundle(_options, output) {
      const folders = new Set<string>();
      for (const chunk of Object.values(output)) {
        if (chunk.type !== "chunk") continue;
        for (const id of chunk.moduleIds) {
          const folder = /^\0?(.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+)/.exec(id)?.[1];
          if (folder !== undefined) folders.add(folder);
        }
      }
      const notices = await Promise.all([...folders].sort().map(notice));
      if (notices.length > 0) {
        this.emitFile({ type: "asset", fileName: "THIRD-PARTY.txt", source: notices.join(`\n${"-".repeat(80)}\n\n`) });
      }
    },
  };
}

async function notice(folder: string): Promise<string> {
  const { name, version, license } = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
  const file = (await readdir(folder)).find((entry) => /^licen[cs]e/i.test(entry));
  const text = file === undefined ? "" : `\n${(await readFile(join(folder, file), "utf8")).trim()}\n`;
  return `${name} ${version} (${license})\n${text}`;
}

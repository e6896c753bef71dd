import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { defineConfig, type Rolldown, type UserConfig } from "tsdown";
import { recordSchema } from "./src/experiment/record-schema.ts";
import { scenarioSchema } from "./src/scenario/json-schema.ts";

// Every import is bundled, so that the package installs with no dependencies and opens few files.
const bundle: UserConfig = {
  platform: "node",
  target: "node20",
  deps: { onlyBundle: false },
  inputOptions: { checks: { pluginTimings: false } },
  logLevel: "warn",
  // Its index would bring six generators along that nothing here draws from.
  alias: { seedrandom: "seedrandom/seedrandom.js" },
  plugins: [withoutCrypto(), licencesOfBundled()],
};

export default defineConfig([
  {
    ...bundle,
    name: "library",
    // Its one module of Node, the threads', is taken away by "browser" in package.json where a browser is bundled for. Not
    // every bundler knows it by a name with `node:`.
    nodeProtocol: "strip",
    entry: { index: "src/index.ts" },
    format: ["esm", "cjs"],
    dts: true,
    outDir: "dist",
    hooks: { "build:done": writeSchemas },
  },
  {
    ...bundle,
    name: "executable",
    entry: { vshift: "bin/vshift.ts" },
    // CommonJS starts some milliseconds sooner than ESM. Each `import()` becomes a chunk, read when it is reached.
    format: "cjs",
    dts: false,
    minify: true,
    outDir: "dist/bin",
  },
]);

async function writeSchemas(): Promise<void> {
  await mkdir("dist/schema", { recursive: true });
  await writeFile("dist/schema/record.json", json(recordSchema()));
  await writeFile("dist/schema/scenario.json", json(scenarioSchema()));
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

/** seedrandom asks Node's `crypto` for a seed when it is given none, which is never; a browser has no such module. */
function withoutCrypto(): Rolldown.Plugin {
  const EMPTY = "\0without-crypto";
  return {
    name: "without-crypto",
    resolveId: (id) => (id === "crypto" ? EMPTY : null),
    load: (id) => (id === EMPTY ? "" : null),
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

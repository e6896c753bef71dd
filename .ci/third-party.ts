import { readdir, readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import type { Rolldown } from "tsdown";

// Licences of what the build takes from packages. .ci/licences/ holds those of packages that bring none.

type Output =
  | Pick<Rolldown.OutputChunk, "type" | "moduleIds">
  | Pick<Rolldown.OutputAsset, "type" | "originalFileNames">;

/** Code of rolldown's own that it puts into a bundle. */
const BUNDLER = { id: "\0rolldown/runtime.js", folder: "node_modules/rolldown" };

/** The line of a generated module that tells what its text was bundled from. */
const CONTAINS = "// Contains code of ";

/** Neither made by a plugin nor types, which are not there as files. */
const IS_SOURCE = /^[^\0]*(?<!\.d)\.[cm]?[jt]s$/;

/** Writes THIRD-PARTY.txt beside a bundle: name, version and licence text of every package with code or a file in it. */
export function licencesOfBundled(): Rolldown.Plugin {
  return {
    name: "licences-of-bundled",
    async generateBundle(_options, output) {
      const folders = await packagesIn(Object.values(output));
      if (folders.length === 0) return;
      const notices = await Promise.all(folders.map(notice));
      this.emitFile({ type: "asset", fileName: "THIRD-PARTY.txt", source: notices.join(`\n${"-".repeat(80)}\n\n`) });
    },
  };
}

/** Adds a file of a package to a bundle as it is. */
export function fileOfPackage({ source, fileName }: { readonly source: string; readonly fileName: string }) {
  return {
    name: `file-of-package:${fileName}`,
    async buildStart() {
      const originalFileName = join("node_modules", source);
      this.emitFile({ type: "asset", fileName, originalFileName, source: await readFile(originalFileName) });
    },
  } satisfies Rolldown.Plugin;
}

/** The line for a module that holds, as text, what was bundled. */
export async function contains(output: readonly Output[]): Promise<string> {
  return `${CONTAINS}${(await packagesIn(output)).join(", ")}`;
}

/** The folders of all packages with code or a file in what was bundled, sorted. */
async function packagesIn(output: readonly Output[]): Promise<string[]> {
  const files = output.flatMap((file) => (file.type === "chunk" ? file.moduleIds : file.originalFileNames));
  const folders = await Promise.all(files.map(packagesOf));
  return [...new Set(folders.flat())].sort();
}

async function packagesOf(id: string): Promise<readonly string[]> {
  if (id === BUNDLER.id) return [BUNDLER.folder];
  const folder = /^\0?(.*node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+)/.exec(relative(".", id))?.[1];
  if (folder !== undefined) return [folder];
  if (!IS_SOURCE.test(id)) return [];
  const line = (await readFile(id, "utf8")).split("\n").find((line) => line.startsWith(CONTAINS));
  return line === undefined ? [] : line.slice(CONTAINS.length).split(", ");
}

async function notice(folder: string): Promise<string> {
  const { name, version, license } = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
  const file = (await readdir(folder)).find((entry) => /^licen[cs]e/i.test(entry));
  const kept = join(".ci/licences", `${name}.txt`);
  const text = await readFile(file === undefined ? kept : join(folder, file), "utf8").catch((cause) => {
    throw new Error(`${name} is bundled and has no licence text; write it to ${kept}`, { cause });
  });
  // An expression of several licences has parentheses of its own.
  return `${name} ${version} (${license.replace(/^\((.*)\)$/, "$1")})\n\n${text.trim()}\n`;
}

// Reads comments, messages and documents, and names each wording that has a better one. `npm run lint` runs it.
import { readFileSync } from "node:fs";
import ts from "typescript";
import { checkLanguage } from "./check.ts";

const READ = ["README.md", "CHANGELOG.md", "bench/*.md", "docs/**/*.md", "bin/**/*.ts", "src/**/*.ts"];

/** Not read yet. */
const LEFT_OUT = [
  "src/report",
  "src/cli/commands",
  ...["program", "help-notes", "commands", "command-options", "progress", "completion"].map(
    (name) => `src/cli/${name}.ts`,
  ),
];
/** Generated, or in another language. */
const GENERATED = ["src/kernel/assembly", "src/kernel/simd-module.ts", "src/executor/worker-source.ts"];

const isWhole = process.argv.includes("--all");
const leftOut = isWhole ? GENERATED : [...GENERATED, ...LEFT_OUT];
const paths = ts.sys.readDirectory(".", [".md", ".ts"], leftOut, READ);
const lines = paths.flatMap((path) => {
  const name = path.replace(/^\.\//, "");
  return checkLanguage(path, readFileSync(path, "utf8")).map(
    ({ line, words, say }) => `${name}:${line}: "${words}": say "${say}"`,
  );
});

if (paths.length === 0) throw new Error("language: there is nothing to read");
for (const line of lines) process.stderr.write(`${line}\n`);
if (lines.length > 0) process.exitCode = 1;

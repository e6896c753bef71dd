// Reads comments, messages and documents, and names each wording that has a better one. `npm run lint` runs it; with --all
// it reads what is left out, too.
import { readFileSync } from "node:fs";
import ts from "typescript";
import { checkLanguage } from "./check.ts";

const READ = ["README.md", "CHANGELOG.md", "bench/*.md", "docs/**/*.md", "bin/**/*.ts", "src/**/*.ts"];

/** Generated, or in another language. */
const NEVER = ["src/kernel/assembly", "src/kernel/simd-module.ts", "src/executor/worker-source.ts"];

/** Not worded by these rules yet. */
const LEFT_OUT: readonly string[] = [
  // Screens and help.
  "src/report",
  "src/cli/commands",
  ...["commands", "command-options", "completion", "help-notes", "program", "progress"].map(inFolder("src/cli")),
  // Generated from the former.
  ...["docs/FLAGS.md", "docs/PAPER.md"],
  // Messages of errors.
  ...["measured", "measured-series", "read-measured", "reference"].map(inFolder("src/check")),
  ...["read-arrays", "record-filter", "solve-question"].map(inFolder("src/cli")),
  ...["simulate", "stack/audit-record", "stack/measure"].map(inFolder("src/experiment")),
  ...["array-book", "axis", "define", "grid", "match-noise", "stack/blocks", "strength"].map(inFolder("src/scenario")),
  ...["complete", "journal", "unite"].map(inFolder("src/sweep")),
  ...["decode", "npy-header", "zip"].map(inFolder("src/tensor")),
  ...["src/files/owned-file.ts", "src/theory/solve/question.ts", "src/theory/solve/width.ts"],
];

const isWhole = process.argv.includes("--all");
const paths = ts.sys.readDirectory(".", [".md", ".ts"], isWhole ? NEVER : [...NEVER, ...LEFT_OUT], READ);
const lines = paths.flatMap((path) =>
  checkLanguage(path, readFileSync(path, "utf8")).map(
    ({ line, words, say }) => `${path.replace(/^\.\//, "")}:${line}: "${words}": say "${say}"`,
  ),
);
if (paths.length === 0) throw new Error("language: there is nothing to read");
for (const line of lines) process.stderr.write(`${line}\n`);
if (lines.length > 0) process.exitCode = 1;

function inFolder(folder: string) {
  return (name: string) => `${folder}/${name}.ts`;
}

// Reads comments, messages and documents, and names each wording that has a better one. `npm run lint` runs it.
import { readFileSync } from "node:fs";
import ts from "typescript";
import { checkLanguage } from "./check.ts";

const READ = ["README.md", "CHANGELOG.md", ".github/*.md", "bench/*.md", "docs/**/*.md", "bin/**/*.ts", "src/**/*.ts"];

/** Generated, or in another language. */
const NEVER = [
  "src/kernel/assembly",
  "src/kernel/simd-module.ts",
  "src/executor/block-worker-source.ts",
  "src/executor/cell-worker-source.ts",
  "src/executor/pass-worker-source.ts",
  "src/experiment/record-check.ts",
  "src/explorer/page-source.ts",
];

const paths = ts.sys.readDirectory(".", [".md", ".ts"], NEVER, READ);
const lines = paths.flatMap((path) =>
  checkLanguage(path, readFileSync(path, "utf8")).map(
    ({ line, words, say }) => `${path.replace(/^\.\//, "")}:${line}: "${words}": say "${say}"`,
  ),
);
if (paths.length === 0) throw new Error("language: there is nothing to read");
for (const line of lines) process.stderr.write(`${line}\n`);
if (lines.length > 0) process.exitCode = 1;

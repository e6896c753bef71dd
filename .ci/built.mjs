// Ends a command that needs the sources that the build makes, with one line, where they are missing: after
// `npm ci --ignore-scripts`, say.
import { existsSync } from "node:fs";

const MADE = [
  "src/kernel/simd-module.ts",
  "src/executor/block-worker-source.ts",
  "src/executor/cell-worker-source.ts",
  "src/executor/pass-worker-source.ts",
  "src/experiment/record-check.ts",
  "src/explorer/page-source.ts",
];

const missing = MADE.find((file) => !existsSync(new URL(`../${file}`, import.meta.url)));
if (missing !== undefined) {
  console.error(`vshift: not built: ${missing} is missing; run npm run build`);
  process.exit(2);
}

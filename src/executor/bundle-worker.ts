import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "tsdown";
import { contains } from "../../.ci/third-party.ts";
import { bundle } from "../../tsdown.config.ts";

// Bundles the code of worker threads, each kind by itself, and writes it as text that bundles like any other module:
// src/executor/block-worker-source.ts, cell-worker-source.ts and pass-worker-source.ts.
//
//   npm run build:worker
//
// A worker is started from that text: there is no file to find, whether vshift runs from its sources, from an ES module,
// from CommonJS or from somebody else's bundle.

for (const name of ["block-worker", "cell-worker", "pass-worker"]) {
  const folder = await mkdtemp(join(tmpdir(), "vshift-worker-"));
  const [built] = await build({
    ...bundle,
    config: false,
    entry: { worker: `src/executor/${name}.ts` },
    format: "cjs",
    minify: true,
    dts: false,
    outDir: folder,
    logLevel: "error",
  });
  const code = inAscii(await readFile(join(folder, "worker.cjs"), "utf8"));
  await writeFile(
    `src/executor/${name}-source.ts`,
    `// Made by bundle-worker.ts; not in git.\n${await contains(built?.chunks ?? [])}\nexport const WORKER_SOURCE =\n  ${JSON.stringify(code)};\n`,
  );
  await rm(folder, { recursive: true });
}

/** V8 keeps other text in twice the memory, and reads it more slowly. Outside of texts and patterns, minified code has no such character. */
function inAscii(code: string): string {
  return code.replace(/[^\0-\x7f]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

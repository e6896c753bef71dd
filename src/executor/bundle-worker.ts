import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "tsdown";

// Bundles the code of a worker thread and writes it, as text that bundles like any other module, to
// src/executor/worker-source.ts:
//
//   npm run build:worker
//
// A worker is started from that text: there is no file to find, whether vshift runs from its sources, from an ES module,
// from CommonJS or from somebody else's bundle.

const folder = await mkdtemp(join(tmpdir(), "vshift-worker-"));
await build({
  config: false,
  entry: { worker: "src/executor/worker.ts" },
  format: "cjs",
  platform: "node",
  target: "node20",
  minify: true,
  dts: false,
  deps: { onlyBundle: false },
  alias: { seedrandom: "seedrandom/seedrandom.js" },
  outDir: folder,
  logLevel: "error",
});
const [file = ""] = await readdir(folder);
const code = await readFile(join(folder, file), "utf8");
await writeFile(
  "src/executor/worker-source.ts",
  `// Made by bundle-worker.ts; not in git.\nexport const WORKER_SOURCE =\n  ${JSON.stringify(code)};\n`,
);
await rm(folder, { recursive: true });

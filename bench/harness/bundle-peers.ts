import { build } from "tsdown";
import { temporaryFolder } from "./temporary-folder.ts";

/** Bundles the peers in TypeScript, so that their start is Node's own and not that of a loader. Returns their folder. */
export async function bundlePeers(): Promise<string> {
  const outDir = temporaryFolder();
  await build({
    config: false,
    entry: ["bench/peers/typed-arrays.ts", "bench/peers/seedrandom-loops.ts", "bench/peers/ajv-records.ts"],
    outDir,
    format: "esm",
    platform: "node",
    target: "node20",
    dts: false,
    logLevel: "error",
    deps: { onlyBundle: false },
    alias: { seedrandom: "seedrandom/seedrandom.js" },
  });
  return outDir;
}

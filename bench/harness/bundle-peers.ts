import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "tsdown";

/** Bundles the peers in TypeScript, so that their start is Node's own and not that of a loader. Returns their folder. */
export async function bundlePeers(): Promise<string> {
  const outDir = await mkdtemp(join(tmpdir(), "vshift-peers-"));
  await build({
    config: false,
    entry: ["bench/peers/typed-arrays.ts", "bench/peers/seedrandom-loops.ts"],
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

import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deflateRawSync } from "node:zlib";
import { build } from "tsdown";
import { contains } from "../../.ci/third-party.ts";
import { bundle } from "../../tsdown.config.ts";

// Bundles what the explorer runs, and writes it as text: src/explorer/page-source.ts.
//
//   npm run build:page
//
// The engine is a worker of a quarter of a megabyte, which the page holds compressed. The script is the page's own, by its hash.

const folder = await mkdtemp(join(tmpdir(), "vshift-page-"));
const engine = await bundled("engine");
const script = await bundled("main");
const packed = deflateRawSync(engine.code, { level: 9 }).toString("base64");
await writeFile(
  "src/explorer/page-source.ts",
  [
    "// Made by bundle-page.ts; not in git.",
    await contains([...engine.chunks, ...script.chunks]),
    `export const ENGINE = "${packed}";`,
    `export const SCRIPT = ${JSON.stringify(script.code)};`,
    "",
  ].join("\n"),
);
await rm(folder, { recursive: true });

async function bundled(name: string) {
  const [built] = await build({
    ...bundle,
    config: false,
    entry: { [name]: `src/explorer/browser/${name}.ts` },
    format: "iife",
    platform: "browser",
    minify: true,
    dts: false,
    outDir: folder,
    logLevel: "error",
  });
  const code = await readFile(join(folder, `${name}.iife.js`), "utf8");
  // An element ends where its text seems to say so.
  return { code: code.trim().replaceAll("</script", "<\\/script"), chunks: built?.chunks ?? [] };
}

import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import type { RasteriserFiles } from "../report/figure/png.ts";

/**
 * The files that a PNG is made with. The build puts them beside the executable; sources find them in the packages that they
 * come from.
 */
export function pictureFiles(): RasteriserFiles {
  return {
    wasm: read("resvg.wasm", "@resvg/resvg-wasm/index_bg.wasm"),
    font: read("DejaVuSans.ttf", "dejavu-fonts-ttf/ttf/DejaVuSans.ttf"),
  };
}

function read(name: string, source: string): Uint8Array<ArrayBuffer> {
  const beside = fileURLToPath(new URL(`picture/${name}`, import.meta.url));
  return readFileSync(existsSync(beside) ? beside : createRequire(import.meta.url).resolve(source));
}

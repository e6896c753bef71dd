import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import type { RasteriserFiles } from "../report/figure/png.ts";

/** A file of a package, and where the build puts it, next to the executable's bundle. */
export interface PictureFile {
  readonly source: string;
  readonly fileName: string;
}

/** The files that a PNG is made with; the font is a PDF's too. */
export const PICTURE_FILES = {
  wasm: { source: "@resvg/resvg-wasm/index_bg.wasm", fileName: "picture/resvg.wasm" },
  font: { source: "dejavu-fonts-ttf/ttf/DejaVuSans.ttf", fileName: "picture/DejaVuSans.ttf" },
} as const satisfies Record<keyof RasteriserFiles, PictureFile>;

/** What they hold: as the build put them next to its bundle, or else, where the sources run, as they are in their packages. */
export function pictureFiles(): RasteriserFiles {
  return { wasm: read(PICTURE_FILES.wasm), font: read(PICTURE_FILES.font) };
}

function read({ source, fileName }: PictureFile): Uint8Array<ArrayBuffer> {
  const beside = fileURLToPath(new URL(fileName, import.meta.url));
  return readFileSync(existsSync(beside) ? beside : createRequire(import.meta.url).resolve(source));
}

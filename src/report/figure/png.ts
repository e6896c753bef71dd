import { initWasm, Resvg } from "@resvg/resvg-wasm";
import { FONT } from "./canvas.ts";

/** What pictures in pixels are made with. */
export interface RasteriserFiles {
  /** The WebAssembly of resvg. */
  readonly wasm: Uint8Array<ArrayBuffer>;
  /** A TrueType font; no font of the system is asked for, so that every machine makes the same pixels. */
  readonly font: Uint8Array;
}

/** By default two, so that it is sharp on a dense screen and on paper. */
const SCALE = 2;

/** Makes of an SVG the bytes of a PNG, with so many pixels for each unit of the SVG. */
export type Rasteriser = (svg: string, scale?: number) => Uint8Array;

/** Loads the WebAssembly; once in a process, as resvg has it. */
export async function createRasteriser({ wasm, font }: RasteriserFiles): Promise<Rasteriser> {
  await initWasm(wasm);
  const [family = FONT] = FONT.split(",");
  const fonts = { fontBuffers: [font], defaultFontFamily: family, sansSerifFamily: family };
  return (svg, scale = SCALE) =>
    new Resvg(svg, { font: fonts, fitTo: { mode: "zoom", value: scale } }).render().asPng();
}

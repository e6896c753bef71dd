import { initWasm, Resvg } from "@resvg/resvg-wasm";
import { FONT } from "./canvas.ts";

/** What pictures in pixels are made with. */
export interface RasteriserFiles {
  /** The WebAssembly of resvg. */
  readonly wasm: Uint8Array<ArrayBuffer>;
  /** A TrueType font; no font of the system is asked for, so that every machine makes the same pixels. */
  readonly font: Uint8Array;
}

/** Pixels for each unit of the SVG, so that it is sharp on a dense screen and on paper. */
const SCALE = 2;

/** Makes of an SVG the bytes of a PNG. */
export type Rasteriser = (svg: string) => Uint8Array;

/** Loads the WebAssembly; once in a process, as resvg has it. */
export async function createRasteriser({ wasm, font }: RasteriserFiles): Promise<Rasteriser> {
  await initWasm(wasm);
  const [family = FONT] = FONT.split(",");
  const fonts = { fontBuffers: [font], defaultFontFamily: family, sansSerifFamily: family };
  return (svg) => new Resvg(svg, { font: fonts, fitTo: { mode: "zoom", value: SCALE } }).render().asPng();
}

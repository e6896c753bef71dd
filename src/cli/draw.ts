import type { Figure } from "../report/figure/figure.ts";
import type { PictureFormat } from "./output.ts";

/** How a chart in a terminal is painted; without, it is black and white. */
export type Paints = readonly ((text: string) => string)[];

/** A figure as a picture; what draws it is loaded when it is asked for. */
export async function drawn(figure: Figure, format: PictureFormat, paints: Paints = []): Promise<string | Uint8Array> {
  switch (format) {
    case "svg":
      return svgOf(figure);
    case "png": {
      const [{ createRasteriser }, { pictureFiles }] = await Promise.all([
        import("../report/figure/png.ts"),
        import("./picture-files.ts"),
      ]);
      const rasterise = await createRasteriser(pictureFiles());
      return rasterise(await svgOf(figure));
    }
    case "chart": {
      const { chartOf } = await import("../report/figure/chart.ts");
      return chartOf(figure, { paints });
    }
  }
}

async function svgOf(figure: Figure): Promise<string> {
  return (await import("../report/figure/draw.ts")).drawFigure(figure);
}

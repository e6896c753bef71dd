import type { ChartOptions } from "../report/figure/chart.ts";
import type { Figure } from "../report/figure/figure.ts";
import type { PictureSize } from "../report/figure/size.ts";
import { NO_PAINTS } from "./colour.ts";
import type { PictureFormat } from "./output.ts";
import type { OutputStream } from "./streams.ts";

/** How a figure is drawn: the size of a picture, the colours and columns of a chart. */
export interface DrawSetting extends Partial<ChartOptions> {
  readonly size?: PictureSize;
}

/** Columns of a terminal that does not say. */
const USUAL_COLUMNS = 80;

/** The characters in a line of a stream. */
export function columnsOf({ columns }: OutputStream): number {
  return columns ?? USUAL_COLUMNS;
}

/** A figure as a picture; what draws it is loaded when it is asked for. */
export async function drawn(
  figure: Figure,
  format: PictureFormat,
  { size = {}, paints = NO_PAINTS, columns = USUAL_COLUMNS }: DrawSetting = {},
): Promise<string | Uint8Array> {
  switch (format) {
    case "svg":
      return (await import("../report/figure/draw.ts")).drawFigure(figure, size);
    case "png": {
      const [{ createRasteriser }, { drawFigure }, { pictureFiles }] = await Promise.all([
        import("../report/figure/png.ts"),
        import("../report/figure/draw.ts"),
        import("./picture-files.ts"),
      ]);
      const rasterise = await createRasteriser(pictureFiles());
      return rasterise(drawFigure(figure, size), size.scale);
    }
    case "pdf": {
      const [{ pdfOf }, { drawingOf }, { pictureFont }] = await Promise.all([
        import("../report/figure/pdf.ts"),
        import("../report/figure/draw.ts"),
        import("./picture-files.ts"),
      ]);
      return pdfOf(drawingOf(figure, size), pictureFont());
    }
    case "chart":
      return (await import("../report/figure/chart.ts")).chartOf(figure, { paints, columns });
  }
}

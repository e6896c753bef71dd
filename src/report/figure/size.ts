import { VshiftError } from "../../errors.ts";
import { quoted } from "../../scenario/typed.ts";

/** The size of a picture, as far as it was asked for; `scale` is the pixels of a PNG for each px. */
export interface PictureSize {
  readonly width?: number;
  readonly height?: number;
  readonly scale?: number;
}

/** Below this nothing can be read, above it nobody prints it. */
const WIDTHS = [320, 4000] as const;
const HEIGHTS = [240, 4000] as const;
const SCALES = [1, 8] as const;

/** The size that some texts ask for; a `VshiftError` where one is not a whole number of a picture's size. */
export function sizeFrom(asked: { readonly [Name in keyof PictureSize]: string | undefined }): PictureSize {
  const { width, height, scale } = asked;
  return {
    ...(width === undefined ? {} : { width: within("--width", width, WIDTHS) }),
    ...(height === undefined ? {} : { height: within("--height", height, HEIGHTS) }),
    ...(scale === undefined ? {} : { scale: within("--scale", scale, SCALES) }),
  };
}

function within(flag: string, text: string, [least, most]: readonly [number, number]): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  throw new VshiftError({
    code: "invalid-value",
    field: flag,
    problem: `${quoted(text)} is not a whole number from ${least} to ${most}`,
    hint: flag === "--scale" ? "2 suits a screen, 4 a poster" : "try --width 800 --height 500",
  });
}

import { numberFrom, optional, type Rule } from "../../scenario/arguments.ts";

/** The size of a picture, as far as it was asked for; `scale` is the pixels of a PNG for each px. */
export interface PictureSize {
  readonly width?: number | undefined;
  readonly height?: number | undefined;
  readonly scale?: number | undefined;
}

/** What a size must be, in px: below it nothing can be read, above it nobody prints it. */
export const PICTURE_SIZES: { readonly [Name in keyof PictureSize]-?: Rule } = {
  width: optional(whole(320, 4000, "try 800 × 500")),
  height: optional(whole(240, 4000, "try 800 × 500")),
  scale: optional(whole(1, 8, "2 suits a screen, 4 a poster")),
};

function whole(from: number, to: number, hint: string): Rule {
  return numberFrom({ from, to, isWhole: true }, { is: `a whole number from ${from} to ${to}`, hint });
}

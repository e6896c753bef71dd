import { BY_DEPTH } from "./by-depth.ts";
import { BY_KEEP } from "./by-keep.ts";
import { BY_POSITION } from "./by-position.ts";
import { BY_WIDTH } from "./by-width.ts";
import type { FigureOfPage } from "./figure.ts";
import { RECEIVED } from "./received.ts";

/** The figures of the page, in their order. */
export const FIGURES: readonly FigureOfPage[] = [BY_KEEP, RECEIVED, BY_WIDTH, BY_DEPTH, BY_POSITION];

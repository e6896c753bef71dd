/**
 * Advance widths of DejaVu Sans from U+0020 to U+007E, in thousandths of the size of the text (table `hmtx` of DejaVuSans.ttf 2.37;
 * test/report/figure/text-width.test.ts reads them again). Fonts of a system are not asked: a picture is laid out alike everywhere.
 */
const ADVANCES = [
  ...[
    318, 401, 460, 838, 636, 950, 780, 275, 390, 390, 500, 838, 318, 361, 318, 337, 636, 636, 636, 636, 636, 636, 636,
  ],
  ...[636, 636, 636, 337, 337, 838, 838, 838, 531, 1000, 684, 686, 698, 770, 632, 575, 775, 752, 295, 295, 656, 557],
  ...[863, 748, 787, 603, 787, 695, 635, 611, 732, 684, 989, 685, 611, 685, 390, 337, 390, 838, 500, 500, 613, 635],
  ...[550, 635, 615, 352, 635, 634, 278, 278, 579, 278, 974, 634, 612, 635, 635, 411, 521, 392, 634, 592, 818, 592],
  ...[592, 525, 636, 337, 636, 838],
] as const;

/** Other signs are taken to be as wide as a wide letter, and spaces as one. */
const OTHER_ADVANCE = 700;
const FIRST = 0x20;

/** The room that a text takes in DejaVu Sans, in pixels. */
export function widthOf(text: string, size: number): number {
  const thousandths = [...text].reduce((sum, sign) => {
    return sum + (ADVANCES[(sign.codePointAt(0) ?? 0) - FIRST] ?? OTHER_ADVANCE);
  }, 0);
  return (thousandths / 1000) * size;
}

/** The widest of some texts. */
export function widestOf(texts: readonly string[], size: number): number {
  return Math.max(0, ...texts.map((text) => widthOf(text, size)));
}

/** A text in lines that are no wider than `room`, by `measure`; a word that is wider by itself is cut in two. */
export function wrapped(text: string, room: number, measure: (text: string) => number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(" ").flatMap((whole) => cut(whole, room, measure))) {
    const last = lines.at(-1);
    if (last !== undefined && measure(`${last} ${word}`) <= room) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

function cut(word: string, room: number, measure: (text: string) => number): readonly string[] {
  const pieces = [""];
  for (const sign of word) {
    const last = pieces.at(-1) ?? "";
    if (last === "" || measure(last + sign) <= room) pieces[pieces.length - 1] = last + sign;
    else pieces.push(sign);
  }
  return pieces;
}

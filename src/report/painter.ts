type Paint = (text: string) => string;

/** Colours by meaning; a report is told how to paint and knows no terminal. */
export interface Painter {
  readonly strong: Paint;
  readonly faint: Paint;
  readonly good: Paint;
  readonly bad: Paint;
  readonly doubtful: Paint;
}

const plainly: Paint = (text) => text;

export const PLAIN: Painter = { strong: plainly, faint: plainly, good: plainly, bad: plainly, doubtful: plainly };

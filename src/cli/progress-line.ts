import { grouped, readable, secondsInWords } from "../report/numbers.ts";

/** How far a run has come. */
export interface Advance {
  /** In any unit. */
  readonly done: number;
  /** Of these, what was there before the run began. */
  readonly before?: number;
  /** Expected now; it may change during the run. */
  readonly total: number;
  readonly elapsedMs: number;
  /** What else there is to say, the most important first. */
  readonly words: readonly string[];
}

/** A bar has one to three of these, so that it does not twitch with each digit of the text. */
const BAR_STEP = 8;
const LONGEST_BAR = 3 * BAR_STEP;

/**
 * A bar, the percentage, the time left and the rest, as much as fits a terminal of `columns` characters; the last one stays free,
 * since some terminals begin a new line behind it.
 */
export function progressLine({ done, before = 0, total, elapsedMs, words }: Advance, columns: number): string {
  const part = Math.min(1, done / total);
  // What is not finished is never shown as if it was.
  const percentage = `${Math.min(99, Math.floor(100 * part))} %`;
  const left = done > before ? [`${timeInWords((elapsedMs * Math.max(0, total - done)) / (done - before))} left`] : [];
  const parts = [percentage, ...left, ...words];
  const room = columns - 1;
  while (parts.length > 1 && BAR_STEP + 1 + parts.join(", ").length > room) parts.pop();
  const text = parts.join(", ").slice(0, room);
  const length = Math.min(LONGEST_BAR, Math.floor((room - text.length - 1) / BAR_STEP) * BAR_STEP);
  if (length <= 0) return text;
  const full = Math.floor(length * part);
  return `${"█".repeat(full)}${"░".repeat(length - full)} ${text}`;
}

function timeInWords(ms: number): string {
  return secondsInWords(Math.max(1, Math.ceil(ms / 1000)));
}

/** "1,234 samples/s", or "3.2/min" of what was just counted, where that is less than one a second. */
export function rateInWords(count: number, elapsedMs: number, what = ""): string {
  const each = (1000 * count) / elapsedMs;
  const [value, unit] = each >= 1 ? [each, "s"] : [60 * each, "min"];
  return `${value >= 100 ? grouped(Math.round(value)) : readable(value, 2)}${what === "" ? "" : ` ${what}`}/${unit}`;
}

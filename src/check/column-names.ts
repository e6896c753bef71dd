/** Which of the two variances a column or a tag has, and of what: the layer, the run, or nothing. */
export interface Quantity {
  readonly phase: Phase;
  /** What the name says besides, such as "bn2" of bn2.running_var; null where that is nothing. */
  readonly label: string | null;
}

export const PHASES = ["train", "test"] as const;
export type Phase = (typeof PHASES)[number];

/** As sentences have them. */
export const PHASE_NAMES: { readonly [Name in Phase]: string } = { train: "training", test: "test" };

/** Words for a phase, as names have them in any case: what BN keeps is of training. */
const PHASE_WORDS: { readonly [Name in Phase]: string } = {
  train: "train(?:ing)?|running|moving",
  test: "test(?:ing)?|eval(?:uation)?|val(?:id(?:ation)?)?|infer(?:ence)?",
};

const VARIANCE = "var(?:iance)?s?";

/** A word of a name: it ends where no further letter follows, except a capital that begins the next. */
function word(choices: string): RegExp {
  const begins = "(?<![A-Za-z])|(?<=[a-z])(?=[A-Z])";
  // As it is written, with a capital, or in capitals: a flag for both would make a small letter of the capital that follows.
  const anyCase = choices.replace(/[a-z]/g, (letter) => `[${letter}${letter.toUpperCase()}]`);
  return new RegExp(`(?:${begins})(?:${anyCase})(?![a-z])`, "g");
}

const WORDS = {
  train: word(PHASE_WORDS.train),
  test: word(PHASE_WORDS.test),
  variance: word(VARIANCE),
};

/** Columns of W&B next to the one that is meant: the extremes within a bin. */
const EXTREMES = /__(?:MIN|MAX)$/;

/**
 * What a name says: `trainVariance`, train_variance, running_var, bn1/eval_var, "run-a - bn2.running_var", val_var and their
 * like. Undefined where it does not say both a phase and a variance, or says two phases.
 */
export function quantityOf(name: string): Quantity | undefined {
  if (EXTREMES.test(name)) return undefined;
  const last = (pattern: RegExp) => [...name.matchAll(pattern)].at(-1);
  const [train, test, variance] = [last(WORDS.train), last(WORDS.test), last(WORDS.variance)];
  const named = train ?? test;
  if (variance === undefined || named === undefined || (train !== undefined && test !== undefined)) return undefined;
  return { phase: train === undefined ? "test" : "train", label: without(name, [named, variance]) };
}

/** What is left of a name, its separators trimmed; null where nothing is. */
function without(name: string, words: readonly RegExpExecArray[]): string | null {
  let rest = name;
  for (const { 0: text, index } of [...words].sort((a, b) => b.index - a.index)) {
    rest = `${rest.slice(0, index)}\0${rest.slice(index + text.length)}`;
  }
  const label = rest
    .replace(/[\s._/:-]*(?:\0[\s._/:-]*)+/g, "\0")
    .replace(/^\0|\0$/g, "")
    .replace("\0", "/");
  return label === "" ? null : label;
}

/** The phase that a cell of a column such as `phase` or `mode` names. */
export function phaseNamed(text: string): Phase | undefined {
  const found = PHASES.filter((phase) => text.trim().match(WORDS[phase]) !== null);
  return found.length === 1 ? found[0] : undefined;
}

/** What a column is for, by its name; names are compared without case and separators. */
export const ROLES = {
  layer: ["layer", "module", "block", "norm"],
  tag: ["tag", "name", "metric", "variable", "key", "quantity"],
  run: ["run"],
  phase: ["phase", "mode", "split", "stage"],
  channel: ["channel", "unit", "feature", "neuron", "filter"],
  step: ["step", "globalstep", "epoch", "batch", "iteration", "iter", "minibatch"],
  value: ["value", "variance", "var"],
} as const;

export type Role = keyof typeof ROLES;

/** The column with a role, the first in the order of the names above. */
export function columnFor(role: Role, columns: readonly string[]): string | undefined {
  const plain = (name: string) => name.toLowerCase().replace(/[^a-z0-9]/g, "");
  for (const wanted of ROLES[role]) {
    const found = columns.find((column) => plain(column) === wanted);
    if (found !== undefined) return found;
  }
  return undefined;
}

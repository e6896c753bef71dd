import type { ColumnNames } from "../check/measured-series.ts";
import type { Source } from "../check/read-measured.ts";
import { VshiftError } from "../errors.ts";
import { typed } from "../scenario/typed.ts";
import { fileText } from "./scenario-input.ts";

/** What --measured names: one file, or what each phase has, a file or a number. */
type Named = { readonly path: string } | { readonly train: Part; readonly test: Part };
type Part = { readonly path: string } | { readonly value: number };

/**
 * Reads --measured: a file ("bn.csv", "-"), two numbers ("1.57,1.0"), or each phase by itself ("train=run.csv,test=1.0").
 *
 * A path with a comma is a path unless it is two numbers, or its parts begin with train= and test=.
 */
function namedBy(text: string): Named {
  const [train, test, more] = text.split(",");
  const numbers = [train, test].map(numberIn);
  if (more === undefined && numbers[0] !== undefined && numbers[1] !== undefined) {
    return { train: { value: numbers[0] }, test: { value: numbers[1] } };
  }
  const keys = pairsIn(text, ["train", "test"]);
  if (keys === undefined) {
    if (numberIn(text) === undefined) return { path: text };
    throw new VshiftError({
      code: "invalid-value",
      field: "--measured",
      problem: `${text} is one number; the training variance and the test variance are needed`,
      hint: "give both, as in 1.57,1.0",
    });
  }
  const { train: ofTrain, test: ofTest } = keys;
  if (ofTrain === undefined || ofTest === undefined) {
    throw new VshiftError({
      code: "invalid-value",
      field: "--measured",
      problem: `${text} lacks ${ofTrain === undefined ? "train" : "test"}=`,
      hint: "give both, as in train=run.csv,test=eval.csv or train=1.57,test=1.0",
    });
  }
  return { train: partOf(ofTrain), test: partOf(ofTest) };
}

function partOf(text: string): Part {
  const value = numberIn(text);
  return value === undefined ? { path: text } : { value };
}

function numberIn(text: string | undefined): number | undefined {
  const value = text === undefined ? undefined : typed("number", text);
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}

/** "a=x,b=y" by its keys, where it begins with one of them; a value goes to the next key. */
function pairsIn<Key extends string>(
  text: string,
  keys: readonly Key[],
): { readonly [Name in Key]?: string } | undefined {
  const key = keys.join("|");
  if (!new RegExp(`^(?:${key})=`).test(text)) return undefined;
  const parts = text.split(new RegExp(`,(?=(?:${key})=)`));
  return Object.fromEntries(
    parts.map((part) => [part.slice(0, part.indexOf("=")), part.slice(part.indexOf("=") + 1)]),
  ) as {
    readonly [Name in Key]?: string;
  };
}

/** The files that are read. */
export function measuredPaths(text: string): readonly string[] {
  let named: Named;
  try {
    named = namedBy(text);
  } catch (error) {
    // Said where it is read.
    if (error instanceof VshiftError) return [];
    throw error;
  }
  const parts = "path" in named ? [named] : [named.train, named.test];
  return parts.flatMap((part) => ("path" in part ? [part.path] : []));
}

/** What --measured names, its files read. */
export function measuredSources(text: string): Source | { readonly train: Source; readonly test: Source } {
  const named = namedBy(text);
  return "path" in named ? sourceOf(named) : { train: sourceOf(named.train), test: sourceOf(named.test) };
}

function sourceOf(part: Part): Source {
  if ("value" in part) {
    if (part.value > 0) return part;
    throw new VshiftError({
      code: "invalid-value",
      field: "--measured",
      problem: `${part.value} is not above 0, which a variance must be`,
      hint: "give the training variance and the test variance, as in 1.57,1.0",
    });
  }
  const { path } = part;
  return { text: fileText(path, "--measured"), place: path === "-" ? "standard input" : path };
}

/** The names that --columns gives. */
export function columnNames(text: string | undefined): ColumnNames {
  if (text === undefined) return {};
  const names = pairsIn(text, ["train", "test", "layer"]);
  if (names !== undefined) return names;
  throw new VshiftError({
    code: "invalid-value",
    field: "--columns",
    problem: `${JSON.stringify(text)} does not name a column for train, test or layer`,
    hint: "write for example train=running_var,test=eval_var",
  });
}

import { networkError } from "./error.ts";
import { type FileName, isFileName } from "./graph.ts";
import { tokensOf } from "./tokens.ts";

/** The files that a network names: of its input, and of weights, in the order of their first use. */
export interface FilesOfNetwork {
  readonly inputs: readonly FileName[];
  readonly weights: readonly FileName[];
}

/** A file in the parentheses of an input is the input's, any other one has weights; variables may have no values yet. */
export function filesIn(text: string): FilesOfNetwork {
  const inputs = new Set<FileName>();
  const weights = new Set<FileName>();
  /** The words in whose parentheses a token is. */
  const around: string[] = [];
  let word = "";
  for (const token of tokensOf(text)) {
    if (token.text === "(") around.push(word);
    else if (token.text === ")") around.pop();
    else if (token.kind === "word") word = token.text.toLowerCase();
    else if (isFileName(token.text)) (around.at(-1) === "input" ? inputs : weights).add(token.text);
  }
  return { inputs: [...inputs], weights: [...weights] };
}

/** What is known of a file: its matrix, a row a sample or a neuron, and the SHA-256 of its numbers. */
export interface FileFacts {
  readonly rows: number;
  readonly columns: number;
  readonly digest: string;
}

export type FilesByName = ReadonlyMap<string, FileFacts>;

export const NO_FILES: FilesByName = new Map();

/** "file:w.npy 64x512 0a1b…, file:x.npy 1000x512 2c3d…". */
export function printFiles(files: FilesByName): string {
  return [...files].map(([name, { rows, columns, digest }]) => `${name} ${rows}x${columns} ${digest}`).join(", ");
}

/** The same, read; a `VshiftError` for any other text. */
export function parseFiles(text: string): FilesByName {
  return new Map(
    text.split(", ").map((part) => {
      const [, name, rows, columns, digest] = FACTS.exec(part) ?? [];
      if (name === undefined || digest === undefined) {
        throw networkError("names files, and what is said of them does not fit", "give the files again");
      }
      return [name, { rows: Number(rows), columns: Number(columns), digest }] as const;
    }),
  );
}

const FACTS = /^(file:\S+) (\d{1,9})x(\d{1,9}) ([0-9a-f]{64})$/;

import type { ShiftRecord } from "../experiment/record.ts";
import type { Cell } from "./columns.ts";
import type { Figure } from "./figure/figure.ts";
import type { PictureSize } from "./figure/size.ts";
import type { Phrase } from "./phrase.ts";

/** The result of a command, for people and for programs. Every format is a function of it. */
export interface Document extends Words {
  readonly data: Data;
  /** The result as a picture. */
  readonly figure?: () => Promise<Figure>;
  /** The size that was asked for it. */
  readonly size?: PictureSize;
}

/** What people read of it. */
export interface Words {
  /** What the result is of. */
  readonly title?: Phrase;
  /** What the numbers mean, in a sentence. */
  readonly conclusion?: Phrase;
  readonly blocks: readonly Block[];
}

export type Block = Heading | Paragraphs | Items | Facts | Table | Command;

/** Where a block is shown, if not everywhere: in a terminal, or on a page of Markdown. */
interface Placed {
  readonly on?: "terminal" | "page";
}

export interface Heading extends Placed {
  readonly kind: "heading";
  readonly text: string;
}

/** Remarks, each a paragraph. */
export interface Paragraphs extends Placed {
  readonly kind: "paragraphs";
  readonly paragraphs: readonly Phrase[];
}

/** A list, numbered or with bullets. An item may have items of its own. */
export interface Items extends Placed {
  readonly kind: "items";
  readonly isNumbered?: true;
  readonly items: readonly Item[];
}

export interface Item {
  readonly text: Phrase;
  readonly items?: readonly Phrase[];
}

/** Names with their values. A fact without a name goes on with the one before it, one without either is an empty line. */
export interface Facts extends Placed {
  readonly kind: "facts";
  readonly facts: readonly (readonly [name: string, value: Phrase])[];
}

export interface Table extends Placed {
  readonly kind: "table";
  readonly columns: readonly TableColumn[];
  readonly rows: readonly (readonly Phrase[])[];
  /** Paragraphs on each row: below it in a terminal, in a last column of that name on a page. */
  readonly details?: { readonly name: string; readonly of: readonly (readonly Phrase[])[] };
  /** Rows for a terminal [all]. A page folds the others away. */
  readonly shown?: number;
  /** What is said of so many rows that are not shown. */
  readonly rest?: (count: number) => string;
  /** How many more there are. */
  readonly unlisted?: number;
  /** Whether the columns need no names in a terminal. */
  readonly isHeadless?: true;
}

export interface TableColumn {
  readonly name: string;
  readonly align?: "left";
  /**
   * What happens where a terminal is too narrow.
   *
   * stays   it stays, as the default
   * wraps   its cells go below their row, indented
   * below   they are there at any width
   * 1, 2 …  it is dropped, the largest number first
   */
  readonly ifNarrow?: "stays" | "wraps" | "below" | number;
}

/** What to type next. */
export interface Command extends Placed {
  readonly kind: "command";
  readonly about: string;
  readonly command: string;
}

/** The result for programs. */
export type Data =
  | {
      readonly kind: "records";
      readonly records: readonly ShiftRecord[];
      /** Whether the result is the only record itself, and no list of one. */
      readonly isOne?: true;
      /** Whether the blocks show all of them, so that a page needs no table of its own. */
      readonly isShown?: true;
    }
  | {
      readonly kind: "values";
      /** As one value. */
      readonly json: unknown;
      /** As many values [that one]. */
      readonly lines?: readonly unknown[];
      /** As rows that have the same columns. */
      readonly rows: () => readonly Readonly<Record<string, Cell>>[];
    };

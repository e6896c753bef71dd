import type { Command, Help } from "commander";
import { USUAL_WIDTH } from "../report/terminal.ts";

/** What a help page says below the flags: a paragraph, examples, or words and what they stand for. */
export type HelpNote = string | Examples | Terms;

export interface Examples {
  readonly examples: readonly Example[];
}

/** A command, and what it is for. */
export type Example = readonly [command: string, about?: string];

export interface Terms {
  readonly heading: string;
  readonly terms: readonly (readonly [term: string, about: string])[];
}

/** Longer lines are hard to read. */
const WIDEST = 120;

/** The width of help pages on a stream. */
export function helpWidth({ columns }: { readonly columns?: number | undefined }): number {
  return Math.min(columns ?? USUAL_WIDTH, WIDEST);
}

/** An explanation gets at least this much room next to its subject; else it goes below. */
const NARROWEST = 36;

/** How commander's help pages are laid out: no line is wider than the page, and no word is broken. */
export const HELP_LAYOUT = {
  minWidthToWrap: 1,
  subcommandTerm: (command: Command) => command.name(),
  formatItem(term: string, termWidth: number, description: string, helper: Help): string {
    const width = helper.helpWidth ?? USUAL_WIDTH;
    const room = width - termWidth - 4;
    if (description === "") return `  ${term}`;
    if (room < NARROWEST) return `  ${term}\n${indented(6, helper.boxWrap(description, width - 6))}`;
    const [first, ...others] = helper.boxWrap(description, room).split("\n");
    return [`  ${term.padEnd(termWidth)}  ${first}`, ...others.map((line) => indented(termWidth + 4, line))].join("\n");
  },
};

/** The notes of a help page as lines of at most `width` characters. */
export function notesAt(notes: readonly HelpNote[], width: number, helper: Help): string {
  helper.prepareContext({ helpWidth: width });
  return notes.map((note) => `\n${noteAt(note, width, helper)}`).join("\n");
}

function noteAt(note: HelpNote, width: number, helper: Help): string {
  if (typeof note === "string") return helper.boxWrap(note, width);
  if ("examples" in note) return `Examples:\n${examplesAt(note.examples, width, helper)}`;
  const termWidth = Math.max(...note.terms.map(([term]) => term.length));
  const items = note.terms.map(([term, about]) => helper.formatItem(term, termWidth, about, helper));
  return [helper.boxWrap(note.heading, width), ...items].join("\n");
}

/** Explanations of longer commands would stand too far to the right. */
const LONGEST_BESIDE = 56;

/** Explanations stand behind their commands, below each other, where both fit a line; else on lines of their own. */
function examplesAt(examples: readonly Example[], width: number, helper: Help): string {
  const widths = examples
    .filter(([command, about]) => about !== undefined && command.length + about.length + 4 <= width)
    .map(([command]) => command.length);
  const column = Math.max(0, ...widths.filter((length) => length <= LONGEST_BESIDE));
  return examples
    .map(([command, about]) => {
      if (about === undefined) return commandAt(command, width);
      if (command.length <= column && column + about.length + 4 <= width)
        return `  ${command.padEnd(column)}  ${about}`;
      return `${commandAt(command, width)}\n${indented(6, helper.boxWrap(about, width - 6))}`;
    })
    .join("\n");
}

/** A command to be typed: what does not fit its line goes on after a backslash, each flag with its value. */
function commandAt(command: string, width: number): string {
  const lines: string[] = [];
  let line = "";
  for (const part of command.match(/\S+(?: (?!-{1,2}[a-z]|[|>] )(?:'[^']*'|\S+))*/g) ?? []) {
    const longer = line === "" ? part : `${line} ${part}`;
    // Room for the indent, and for the backslash of a line that is not the last.
    if (line === "" || longer.length + (lines.length === 0 ? 2 : 6) + 2 <= width) line = longer;
    else {
      lines.push(line);
      line = part;
    }
  }
  return `  ${[...lines, line].join(" \\\n      ")}`;
}

function indented(by: number, text: string): string {
  return text.replace(/^/gm, " ".repeat(by));
}

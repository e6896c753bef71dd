import type { Option } from "commander";
import { VshiftError } from "../errors.ts";

/** A flag of the command line. */
export interface TypedFlag {
  /** As it was typed: "--p". */
  readonly spelling: string;
  /** What it sets: "keep". */
  readonly name: string;
  readonly value: string | undefined;
}

/** How flags were typed, by what they set: messages call them so. */
export type Spellings = ReadonlyMap<string, string>;

/** `--sort -deviation` as `--sort=-deviation`: commander would take the descending field for an option. */
export function withSortFields(args: readonly string[]): readonly string[] {
  const at = args.indexOf("--sort");
  const fields = args[at + 1];
  // -h and -V are options, and a hyphen alone is standard input.
  if (at === -1 || fields === undefined || !/^-(?![hV]$)[\w$]/.test(fields)) return args;
  return [...args.slice(0, at), `--sort=${fields}`, ...args.slice(at + 2)];
}

/** The flags among the arguments behind a command, as commander reads them. */
export function typedFlags(args: readonly string[], options: readonly Option[]): readonly TypedFlag[] {
  const found: TypedFlag[] = [];
  for (let at = 0; at < args.length && args[at] !== "--"; at++) {
    const [, spelling = args[at], inline] = /^(--[^=]+)=(.*)$/s.exec(args[at] ?? "") ?? [];
    const option = optionSpelt(spelling, options);
    if (option === undefined || spelling === undefined) continue;
    const next = args[at + 1];
    const takesNext = inline === undefined && (option.required || (option.optional && next?.startsWith("-") === false));
    found.push({ spelling, name: option.attributeName(), value: inline ?? (takesNext ? next : undefined) });
    if (takesNext) at++;
  }
  return found;
}

export function spellingsOf(typed: readonly TypedFlag[]): Spellings {
  return new Map(typed.map(({ name, spelling }) => [name, spelling]));
}

/**
 * A `VshiftError` where a flag has the next flag for its value, or one field is given by two spellings. The same flag twice is
 * fine: the last one counts.
 */
export function requireClear(typed: readonly TypedFlag[], options: readonly Option[]): void {
  for (const [index, { name, spelling, value }] of typed.entries()) {
    if (value !== undefined && optionSpelt(value, options) !== undefined) {
      throw new VshiftError({
        code: "invalid-value",
        field: spelling,
        problem: `has no value, and ${value} follows`,
        hint: `write ${spelling} VALUE`,
      });
    }
    const other = typed.slice(0, index).find((before) => before.name === name && before.spelling !== spelling);
    if (other === undefined) continue;
    throw new VshiftError({
      code: "conflicting-fields",
      field: spelling,
      problem:
        value === undefined
          ? `contradicts ${other.spelling}`
          : `sets the same field as ${other.spelling}, and both were given`,
      hint: "leave one of them out",
    });
  }
}

function optionSpelt(spelling: string | undefined, options: readonly Option[]): Option | undefined {
  return options.find(({ short, long }) => spelling !== undefined && (spelling === short || spelling === long));
}

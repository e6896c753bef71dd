import type { Option } from "commander";
import { generalOptions, grouped } from "./command-options.ts";
import { COMMANDS, type CommandDescription } from "./commands.ts";
import type { HelpNote } from "./help-layout.ts";
import { PROGRAM_DESCRIPTION, PROGRAM_NOTES } from "./help-notes.ts";

// Pages for man(1), of what the help pages are made of. The build writes them to dist/man/.

/** Each page by the name of its file: vshift.1, and one for each command. */
export function manualPages(version: string): ReadonlyMap<string, string> {
  const pages = COMMANDS.map((command) => [`vshift-${command.name}.1`, commandPage(command, version)] as const);
  return new Map([["vshift.1", programPage(version)], ...pages]);
}

function programPage(version: string): string {
  return page([
    heading("vshift", version),
    section("NAME", [
      `vshift \\- ${prose("variance shift of Dropout in Batch Normalization, measured and in theory")}`,
    ]),
    section("SYNOPSIS", [`${bold("vshift")} ${italic("command")} [${italic("options")}]`]),
    section("DESCRIPTION", description(PROGRAM_DESCRIPTION, PROGRAM_NOTES)),
    section(
      "COMMANDS",
      COMMANDS.flatMap(({ name, summary }) => [".TP", `${bold(`vshift-${name}`)}(1)`, prose(summary)]),
    ),
    section("OPTIONS", optionLines([VERSION, ...generalOptions(), HELP])),
    section("ENVIRONMENT", [
      ...term("VSHIFT_FLAG", "the value of a flag, in capitals and with _ for -: VSHIFT_BATCH_SIZE for --batch-size"),
      ...term("NO_COLOR, FORCE_COLOR", "whether text is colored, where --color says nothing"),
      ...term("VSHIFT_DEBUG", "where an internal error comes from is printed with it"),
    ]),
    section("FILES", [
      ...term(
        "vshift.config.yaml, vshift.config.yml, vshift.config.json",
        "fields of a scenario, in the working directory or the nearest folder above it that has one; flags win, and so do variables and --config",
      ),
    ]),
    ...notesSections(PROGRAM_NOTES),
    section("SEE ALSO", [COMMANDS.map(({ name }) => `${bold(`vshift-${name}`)}(1)`).join(", ")]),
  ]);
}

function commandPage(
  { name, operands, summary, description: about, notes, options }: CommandDescription,
  version: string,
): string {
  const flags = [...options().filter(({ hidden }) => !hidden), ...generalOptions(), HELP];
  const synopsis = [bold(`vshift ${name}`), `[${italic("options")}]`, ...(operands ? [literal(operands.name)] : [])];
  return page([
    heading(`vshift-${name}`, version),
    section("NAME", [`vshift\\-${name} \\- ${prose(summary)}`]),
    section("SYNOPSIS", [synopsis.join(" ")]),
    section("DESCRIPTION", description(about, notes)),
    ...(operands === undefined
      ? []
      : [section("ARGUMENTS", term(operands.name.replace(/[<>[\]]/g, ""), operands.about))]),
    section("OPTIONS", byGroup(flags)),
    ...notesSections(notes),
    section("SEE ALSO", [`${bold("vshift")}(1)`]),
  ]);
}

const VERSION = grouped("Options:", "-V, --version", "print the version");
const HELP = grouped("Options:", "-h, --help", "print the help page");

function page(parts: readonly string[]): string {
  return `${parts.filter((part) => part !== "").join("\n")}\n`;
}

/** Without a date: the same sources give the same bytes. Words are not hyphenated, and lines not stretched, so that they can be copied. */
function heading(name: string, version: string): string {
  return `.TH ${literal(name.toUpperCase())} 1 "" "vshift ${literal(version)}" "vshift"\n.nh\n.ad l`;
}

function section(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? "" : [`.SH ${title}`, ...lines].join("\n");
}

function byGroup(options: readonly Option[]): readonly string[] {
  const groups = new Map<string, Option[]>();
  for (const option of options) {
    const group = option.helpGroupHeading ?? "";
    groups.set(group, [...(groups.get(group) ?? []), option]);
  }
  return [...groups].flatMap(([group, members]) => [`.SS ${prose(group.replace(/:$/, ""))}`, ...optionLines(members)]);
}

function optionLines(options: readonly Option[]): readonly string[] {
  return options.flatMap(({ flags, description, argChoices }) => {
    const names = flags
      .replace(/ [<[].*/, "")
      .split(", ")
      .map(bold)
      .join(", ");
    const value = /[<[].*$/.exec(flags)?.[0].replace(/^<(.*)>$/, "$1");
    const choices = argChoices === undefined ? [] : [".br", `One of ${argChoices.map(bold).join(", ")}.`];
    return [".TP", value === undefined ? names : `${names} ${italic(value)}`, prose(description), ...choices];
  });
}

function term(name: string, about: string): readonly string[] {
  return [".TP", bold(name), prose(about)];
}

function description(about: string, notes: readonly HelpNote[]): readonly string[] {
  return [prose(about), ...notes.filter(isDescription).flatMap((note) => [".PP", ...paragraph(note)])];
}

const EXIT_CODES = "Exit codes: ";

/** Whether a note belongs to what a page begins with. */
function isDescription(note: HelpNote): boolean {
  return typeof note === "string" ? !note.startsWith(EXIT_CODES) : "terms" in note;
}

function paragraph(note: HelpNote): readonly string[] {
  if (typeof note === "string") return [prose(note)];
  return "terms" in note ? [prose(note.heading), ...note.terms.flatMap(([name, about]) => term(name, about))] : [];
}

function notesSections(notes: readonly HelpNote[]): readonly string[] {
  const codes = notes.filter((note) => typeof note === "string").filter((note) => note.startsWith(EXIT_CODES));
  const examples = notes.flatMap((note) => (typeof note !== "string" && "examples" in note ? note.examples : []));
  return [
    section(
      "EXAMPLES",
      examples.flatMap(([command, about], index) => [
        ...(index === 0 ? [] : [".PP"]),
        ...(about === undefined ? [] : [`${prose(about)}:`]),
        ".RS 4",
        ".nf",
        literal(command),
        ".fi",
        ".RE",
      ]),
    ),
    section(
      "EXIT STATUS",
      codes.map((note) => prose(note.slice(EXIT_CODES.length))),
    ),
  ];
}

/** Flags in running text are bold, and keep their hyphens. */
function prose(text: string): string {
  return text
    .split(/((?<![\w-])--?[a-zA-Z][\w-]*)/)
    .map((piece, index) => (index % 2 === 1 ? bold(piece) : literal(piece, "-")))
    .join("")
    .replace(/^(?=[.'])/, "\\&");
}

function bold(text: string): string {
  return `\\fB${literal(text)}\\fR`;
}

function italic(text: string): string {
  return `\\fI${literal(text)}\\fR`;
}

const ESCAPED: { readonly [character: string]: string } = {
  "\\": "\\(rs",
  "'": "\\(aq",
  "`": "\\(ga",
  "^": "\\(ha",
  "~": "\\(ti",
  '"': "\\(dq",
};

/** Text that roff prints unchanged; a hyphen as the one that a shell knows, or as `hyphen` says. */
function literal(text: string, hyphen = "\\-"): string {
  return text.replace(/[\\'`^~"-]|[^\0-\x7f]/gu, (character) => {
    if (character === "-") return hyphen;
    return ESCAPED[character] ?? `\\[u${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}]`;
  });
}

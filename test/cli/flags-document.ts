import type { Option } from "commander";
import { scenarioOptions } from "../../src/cli/command-options.ts";
import { COMMANDS, type CommandDescription } from "../../src/cli/commands.ts";
import { FIELD_FLAGS, GRID_GROUPS } from "../../src/cli/options.ts";
import { markdownTable } from "../../src/report/markdown.ts";
import { readable } from "../../src/report/numbers.ts";
import type { Field } from "../../src/scenario/fields.ts";

/** docs/FLAGS.md: every flag of every command with its values and its default, read off the tables that the commands are made of. */
export function flagsDocument(): string {
  return [
    "# Flags\n",
    "Every flag of every command, generated from the tables that the commands are made of. `vshift COMMAND --help` shows the same with\nexamples. Flags that describe a scenario are the same in every command, and come first.\n",
    "## Flags of a scenario\n",
    "`vshift sweep`, `vshift check` and `vshift records` also take lists `0.1,0.5` and ranges `0.1:0.9:0.1` for each of them. A configuration\nfile has the same fields, named in the second column.\n",
    table(scenarioOptions(GRID_GROUPS), { ofScenario: true }),
    ...COMMANDS.map(section),
  ].join("\n");
}

function section({ name, operands, description, options }: CommandDescription): string {
  // A flag of the same name that means something else is the command's own.
  const shared = new Set(scenarioOptions(GRID_GROUPS).map(({ flags, description }) => `${flags} ${description}`));
  const isShared = (option: Option) => shared.has(`${option.flags} ${option.description}`);
  const own = options().filter((option) => !isShared(option));
  const groups = sharedGroups(options().filter((option) => isShared(option) && !option.hidden));
  const words = operands === undefined ? [] : [`\`${operands.name}\`: ${operands.about}.\n`];
  return [
    `## vshift ${name}\n`,
    `${description}\n`,
    ...words,
    ...(groups.length === 0 ? [] : [`Takes the flags of a scenario for ${inWords(groups)}.\n`]),
    table(own, { ofScenario: false }),
  ].join("\n");
}

/** The headings of the flags of a scenario that a command takes; of a heading that it takes in part, which. */
function sharedGroups(taken: readonly Option[]): string[] {
  const all = scenarioOptions(GRID_GROUPS);
  const headings = [...new Set(taken.map(({ helpGroupHeading }) => helpGroupHeading))];
  return headings.map((heading) => {
    const isOf = (option: Option) => option.helpGroupHeading === heading;
    const missing = all.filter(isOf).filter(({ flags }) => !taken.some((option) => option.flags === flags));
    const name = `*${(heading ?? "").replace(/:$/, "")}*`;
    return missing.length === 0 ? name : `${name} (without ${missing.map(({ long }) => `\`${long}\``).join(", ")})`;
  });
}

function inWords(items: readonly string[]): string {
  return items.length < 2 ? items.join("") : `${items.slice(0, -1).join(", ")} and ${items.at(-1)}`;
}

function table(options: readonly Option[], { ofScenario }: { readonly ofScenario: boolean }) {
  const header = ["flag", ...(ofScenario ? ["field"] : []), "group", "values", "default", "meaning"];
  const rows = options.map((option) => {
    const found = ofScenario ? FIELD_FLAGS.find(({ flag }) => flag === option.flags) : undefined;
    const { about, usual } = split(option.description);
    return [
      `\`${option.flags}\``,
      ...(ofScenario ? [found === undefined ? "" : `\`${found.name}\``] : []),
      (option.helpGroupHeading ?? "").replace(/:$/, ""),
      found === undefined ? choices(option) : domain(found.field),
      usual,
      about,
    ];
  });
  return markdownTable(header, rows);
}

/** "meaning [default]" apart. */
function split(description: string): { readonly about: string; readonly usual: string } {
  const [, about = description, usual = ""] = /^(.*?) ?\[([^[\]]+)\]$/s.exec(description) ?? [];
  return { about, usual };
}

function choices({ argChoices, required, optional }: Option): string {
  if (argChoices !== undefined) return argChoices.map((choice) => `\`${choice}\``).join(", ");
  return required || optional ? "" : "no value";
}

/** The values that a field can have, in words. */
function domain(field: Field): string {
  if (field.type === "choice") {
    const files = field.files === true ? ", `file:NAME`" : "";
    return field.choices.map((choice) => `\`${choice}\``).join(", ") + files;
  }
  if (field.type === "text") return field.rule ?? `text of at most ${field.maximumLength} characters`;
  const { integer, minimum, exclusiveMinimum, maximum, exclusiveMaximum } = field;
  const bounds = Object.entries({ "≥": minimum, ">": exclusiveMinimum, "≤": maximum, "<": exclusiveMaximum })
    .filter(([, bound]) => bound !== undefined)
    .map(([sign, bound]) => `${sign} ${readable(Number(bound), 15)}`);
  return [...(integer === true ? ["whole"] : []), ...bounds].join(", ");
}

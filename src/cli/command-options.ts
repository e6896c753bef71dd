import { Option } from "commander";
import { DEFAULTS, FIELDS } from "../scenario/fields.ts";
import { type OptionGroup, SCENARIO_OPTIONS, type ScenarioOption, SETTING_OPTIONS } from "./options.ts";

/** The flags of a scenario's fields in these groups. */
export function scenarioOptions(groups: readonly OptionGroup[]): readonly Option[] {
  return SCENARIO_OPTIONS.filter(({ group }) => groups.includes(group)).map(commanderOption);
}

/** The flags of noise and input alone. */
export function settingOptions(): readonly Option[] {
  return SETTING_OPTIONS.map(commanderOption);
}

/** Values are validated with the scenario, not here: a configuration file's get the same messages. */
function commanderOption({ field, flags, group }: ScenarioOption): Option {
  const described = FIELDS[field];
  const fallback = described.defaultNote ?? DEFAULTS[field];
  const option = grouped(group, flags, `${described.about}${fallback === null ? "" : ` [${fallback}]`}`);
  // Named for help and completion only: `choices()` would check them here.
  if (described.type === "choice") option.argChoices = [...described.choices];
  return option;
}

/** A flag under a heading of the help page. */
export function grouped(group: string, flags: string, about: string): Option {
  return new Option(flags, about).helpGroup(group);
}

/** A flag that may be given more than once. */
export function repeated(group: string, flags: string, about: string): Option {
  return grouped(group, flags, about).argParser((value: string, before: readonly string[] = []) => [...before, value]);
}

export function threadsOption(): Option {
  return grouped("Measurement:", "--threads <count>", "threads that draw [one for each core]");
}

export function zipOption(): Option {
  return repeated("Grid:", "--zip <flags>", "flags whose values go in pairs, such as p,d");
}

/** Of every command that takes a scenario. */
export function outputOptions(formats: readonly string[]): readonly Option[] {
  const config = "JSON or YAML file with fields of a scenario; flags win (- is JSON from stdin)";
  return [
    grouped("Output:", "--config <file>", config),
    ...resultOptions(formats),
    grouped("Output:", "--quiet", "no words on stderr but errors"),
  ];
}

/** Of every command that prints a result; `usual` is the format where none is asked for. */
export function resultOptions(
  formats: readonly string[],
  usual = "table on a terminal, else ndjson",
): readonly Option[] {
  return [
    grouped("Output:", "--format <format>", `[${usual}]`).choices(formats),
    grouped("Output:", "--output <file>", "write there; the ending says the format (- is stdout)"),
  ];
}

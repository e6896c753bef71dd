import { Option } from "commander";
import { VshiftError } from "../errors.ts";
import { FILE_PATTERN, type Field, type OptionGroup, STACK_TABLE } from "../scenario/fields.ts";
import { didYouMean } from "../suggestion.ts";
import { COLOUR_CHOICES } from "./colour.ts";
import { FIELD_FLAGS, type FieldFlag, LAW_GROUPS, SETTING_FLAGS } from "./options.ts";

/** The flags of a scenario's fields in these groups. */
export function scenarioOptions(groups: readonly OptionGroup[]): readonly Option[] {
  return FIELD_FLAGS.filter(({ group }) => groups.includes(group)).map(fieldOption);
}

/** The flags that a closed form of a law depends on. */
export function lawOptions(): readonly Option[] {
  return FIELD_FLAGS.filter(({ group, name }) => LAW_GROUPS.includes(group) && name !== "nonlinearity").map(
    fieldOption,
  );
}

/** The flags of noise and input alone. */
export function settingOptions(): readonly Option[] {
  return SETTING_FLAGS.map(fieldOption);
}

/** The flags of a stack. */
export function stackOptions(): readonly Option[] {
  return FIELD_FLAGS.filter(({ name }) => Object.hasOwn(STACK_TABLE.fields, name) && name !== "activation").map(
    fieldOption,
  );
}

/** Values are validated with the scenario, not here: a configuration file's get the same messages. */
function fieldOption({ name, flag, group, field }: FieldFlag): Option {
  const usual = field.defaultNote ?? field.default;
  const about = `${field.about}${usual === null ? "" : ` [${usual}]`}`;
  if (name === "variables") return inOrder(new VariablesOption(flag, about).helpGroup(group));
  const option = new (takesFiles(field) ? ArrayOption : Option)(flag, about).helpGroup(group);
  // Named for help and completion only: they are checked with the scenario.
  if (field.type === "choice") option.argChoices = [...field.choices];
  // Without a value it is the first of them.
  if (option.optional && field.type === "choice") option.preset(field.choices[0]);
  return option;
}

/** --set: a flag of a field that has another name, and may be given more than once. */
class VariablesOption extends Option {
  override attributeName(): string {
    return "variables";
  }
}

/** A flag that takes the name of a file behind "file:", maybe next to choices. */
export class ArrayOption extends Option {}

function takesFiles(field: Field): boolean {
  return field.type === "choice" ? field.files === true : field.type === "text" && field.pattern === FILE_PATTERN;
}

/** Of every command that measures a deep network. */
export function compareOption(group: string): Option {
  return grouped(group, "--compare", "compare known remedies side by side, and say what to change");
}

/** Prints what the flags make. */
export function printNetworkOption(): Option {
  return grouped("Network:", "--print-network", "print the network that the flags make, as text, and measure nothing");
}

/** A flag under a heading of the help page. */
export function grouped(group: string, flags: string, about: string): Option {
  return new Option(flags, about).helpGroup(group);
}

/** The flag, for one of these values. */
export function withChoices(option: Option, choices: readonly string[]): Option {
  option.argParser((value: string) => {
    if (choices.includes(value)) return value;
    throw new VshiftError({
      code: "invalid-value",
      field: option.attributeName(),
      problem: `${JSON.stringify(value)} is not one of ${choices.join(", ")}`,
      hint: didYouMean(value, choices, "choose one of these"),
    });
  });
  option.argChoices = [...choices];
  return option;
}

/** A flag that may be given more than once. */
export function repeated(group: string, flags: string, about: string): Option {
  return inOrder(grouped(group, flags, about));
}

/** All values of a flag, in the order in which they were given. */
function inOrder(option: Option): Option {
  return option.argParser((value: string, before: readonly string[] = []) => [...before, value]);
}

/** Of every command that takes a layer's weights. */
export function layoutOption(group: string): Option {
  const about =
    "axes of weights and feature maps in files: neurons first, channels second (PyTorch), or both last (Keras) [out-first]";
  return withChoices(grouped(group, "--layout <axes>", about), ["out-first", "in-first"]);
}

export function threadsOption(group = "Measurement:"): Option {
  return grouped(group, "--threads <count>", "threads that draw [one for each core]");
}

/** Of every command that measures a grid. */
export function engineOptions(): readonly Option[] {
  const group = "Many machines:";
  return [
    grouped(
      group,
      "--engine <url>",
      "have vshift workers measure: redis://, rediss:// or postgres://, see docs/CLUSTER.md",
    ),
    grouped(group, "--detach", "leave the work to them; the same command without this flag collects the results"),
    grouped(group, "--status", "print how far they are, and measure nothing"),
  ];
}

export function zipOption(): Option {
  return repeated("Grid:", "--zip <flags>", "flags whose values go in pairs, such as p,d");
}

export function repeatsOption(): Option {
  return grouped(
    "Grid:",
    "--repeats <count>",
    "measure each scenario with so many seeds: mean ± spread over networks [1]",
  );
}

export function matchNoiseOption(): Option {
  const about = "give all kinds of --noise the σ² of the strength given [kinds: bernoulli,gaussian,uout]";
  return grouped("Grid:", "--match-noise", about);
}

/** Of the program and of every command. */
export function generalOptions(): readonly Option[] {
  return [
    withChoices(grouped("Options:", "--color <when>", "when text is colored [auto]"), COLOUR_CHOICES),
    grouped("Options:", "--no-color", "the same as --color never"),
  ];
}

/** Of every command that takes a scenario. */
export function configOptions(): readonly Option[] {
  const config = "JSON or YAML file with fields of a scenario; flags win (- is JSON from stdin)";
  return [
    grouped("Output:", "--config <file>", config),
    grouped("Output:", "--no-config", "ignore vshift.config.yaml in this folder and above"),
  ];
}

/** Of every command that prints what a scenario comes to. */
export function outputOptions(formats: readonly string[]): readonly Option[] {
  return [...configOptions(), ...resultOptions(formats), quietOption()];
}

/** Of every command whose verdicts a pipeline shows. */
export function pipelineOptions(group: string): readonly Option[] {
  return [
    grouped(group, "--junit <file>", "write a JUnit report"),
    grouped(group, "--summary <file>", "write a summary in Markdown"),
    withChoices(grouped(group, "--annotations <kind>", "annotations on stderr [github in GitHub Actions]"), [
      "github",
      "none",
    ]),
  ];
}

/** Of every command that says more than its result. */
export function quietOption(): Option {
  return grouped("Output:", "--quiet", "suppress messages except errors");
}

/** Of every command that prints a result; `usual` is the format where none is asked for. */
export function resultOptions(
  formats: readonly string[],
  usual = "table on a terminal, else ndjson",
): readonly Option[] {
  return [
    withChoices(grouped("Output:", "--format <format>", `[${usual}]`), formats),
    grouped("Output:", "--output <file>", "write there; the ending says the format (- is stdout)"),
  ];
}

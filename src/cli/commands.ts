import type { Option } from "commander";
import type { PresetName } from "../report/figure/presets.ts";
import { FORMATS, PICTURE_FORMATS, RECORDS_FORMATS, STACK_FORMATS } from "../report/formats.ts";
import { UNKNOWNS } from "../theory/solve/question.ts";
import {
  compareOption,
  configOptions,
  engineOptions,
  grouped,
  lawOptions,
  layoutOption,
  matchNoiseOption,
  outputOptions,
  pipelineOptions,
  printNetworkOption,
  quietOption,
  repeated,
  repeatsOption,
  resultOptions,
  scenarioOptions,
  settingOptions,
  stackOptions,
  threadsOption,
  withChoices,
  zipOption,
} from "./command-options.ts";
import type { Shell } from "./commands/completion.ts";
import { simulateCommand } from "./commands/simulate.ts";
import { theoryCommand } from "./commands/theory.ts";
import type { HelpNote } from "./help-layout.ts";
import {
  AUDIT_NOTES,
  CHECK_NOTES,
  COMPLETION_NOTES,
  EXPLORE_NOTES,
  PAPER_NOTES,
  PLOT_NOTES,
  RECORDS_NOTES,
  SIMULATE_NOTES,
  SOLVE_NOTES,
  STACK_NOTES,
  SWEEP_NOTES,
  THEORY_NOTES,
  WEIGHTS_NOTES,
  WORKER_NOTES,
} from "./help-notes.ts";
import { GRID_GROUPS, SIMULATION_GROUPS, THEORY_GROUPS } from "./options.ts";
import type { Flags } from "./scenario-input.ts";
import type { Streams } from "./streams.ts";

/** Runs a command, and returns its exit code. */
export type Run = (flags: Flags, streams: Streams, operands: readonly string[]) => Promise<number>;

export interface CommandDescription {
  readonly name: string;
  /** Files, unless it has `choices`, or it is the address of a queue. */
  readonly operands?: {
    readonly name: string;
    readonly about: string;
    readonly choices?: readonly string[];
    readonly isAddress?: true;
  };
  /** Whether it may write its result over an operand, all of which it has read by then. */
  readonly replacesInput?: true;
  readonly summary: string;
  readonly description: string;
  /** What the help page says below the flags. */
  readonly notes: readonly HelpNote[];
  readonly options: () => readonly Option[];
  /** What runs it; most are loaded when they are, and the others start sooner. */
  readonly load: () => Run | Promise<Run>;
}

/** Whether what stands behind a command is files. */
export function takesFiles({ choices, isAddress }: NonNullable<CommandDescription["operands"]>): boolean {
  return choices === undefined && isAddress !== true;
}

/** Their scenarios are loaded when one is drawn. */
const PRESET_FIGURES: readonly PresetName[] = ["paper-a", "paper-b", "width", "uout", "alignment"];

/** Their scripts are loaded when one is asked for. */
const SHELLS: readonly Shell[] = ["bash", "zsh", "fish", "powershell"];

/** Every command, in the order of the help page. */
export const COMMANDS: readonly CommandDescription[] = [
  {
    name: "simulate",
    summary: "measure one scenario and compare it with the closed form",
    description:
      "Measure Δ = Var_test / Var_train at Batch Normalization by Monte Carlo, and compare it with the closed form.",
    notes: SIMULATE_NOTES,
    options: () => [
      ...scenarioOptions(SIMULATION_GROUPS),
      printNetworkOption(),
      compareOption("Network:"),
      layoutOption("Files:"),
      ...outputOptions(STACK_FORMATS),
      threadsOption(),
      grouped("Measurement:", "--shard <i/n>", "measure part i of n of the --samples; auto in an array job"),
    ],
    load: () => simulateCommand,
  },
  {
    name: "sweep",
    summary: "measure a grid of scenarios; a file can be resumed",
    description: "Measure every scenario of a grid. Flags take lists and ranges; the grid is their product.",
    notes: SWEEP_NOTES,
    options: () => [
      ...scenarioOptions(GRID_GROUPS),
      layoutOption("Files:"),
      ...outputOptions(RECORDS_FORMATS),
      threadsOption(),
      zipOption(),
      matchNoiseOption(),
      repeatsOption(),
      grouped("Grid:", "--shard <i/n>", "measure part i of n of the grid, about equal in work; auto in an array job"),
      grouped("Grid:", "--dry-run", "print the grid, and estimate time and memory"),
      grouped("Output:", "--resume", "skip scenarios that the --output file has [true]"),
      grouped("Output:", "--no-resume", "overwrite the --output file"),
      ...engineOptions(),
    ],
    load: async () => (await import("./commands/sweep.ts")).sweepCommand,
  },
  {
    name: "stack",
    summary: "measure the shift at each norm of a deep network, and compare remedies",
    description: "Measure the shift at each norm of a stack of blocks, norm → nonlinearity → noise → linear.",
    notes: STACK_NOTES,
    options: () => [
      ...stackOptions(),
      printNetworkOption(),
      grouped("Stack:", "--residual", "the same as --connection residual"),
      grouped("Stack:", "--activation <kind>", "the old name of --nonlinearity").hideHelp(),
      zipOption(),
      compareOption("Remedies:"),
      ...outputOptions(STACK_FORMATS),
      threadsOption(),
      grouped("Measurement:", "--shard <i/n>", "measure part i of n of the samples of one stack; auto in an array job"),
    ],
    load: async () => (await import("./commands/stack.ts")).stackCommand,
  },
  {
    name: "check",
    operands: { name: "[records...]", about: "records to check [measure the grid of the flags]" },
    summary: "check in a pipeline that measurement and theory agree",
    description:
      "Measure a grid until each verdict is conclusive, or check records or another program's variances, at one error rate for all.",
    notes: CHECK_NOTES,
    options: () => [
      ...scenarioOptions(GRID_GROUPS),
      layoutOption("Files:"),
      ...outputOptions(FORMATS),
      threadsOption(),
      zipOption(),
      matchNoiseOption(),
      grouped("Check:", "--alpha <number>", "probability of a false alarm for the whole check [1e-6]"),
      grouped("Check:", "--baseline <file>", "compare with records of an earlier run"),
      grouped(
        "Check:",
        "--measured <file>",
        "check variances measured by another program: CSV or NDJSON, two numbers (1.57,1.0), or train=FILE,test=FILE",
      ),
      grouped(
        "Check:",
        "--columns <names>",
        "columns of --measured, as in train=running_var,test=eval_var,layer=name [found by their names]",
      ),
      grouped(
        "Check:",
        "--plan",
        "print the samples that each scenario needs, and the smallest deviation that it detects",
      ),
      ...pipelineOptions("Check:"),
      ...engineOptions(),
    ],
    load: async () => (await import("./commands/check.ts")).checkCommand,
  },
  {
    name: "records",
    operands: { name: "<files...>", about: "records of vshift simulate and vshift sweep (- is stdin)" },
    replacesInput: true,
    summary: "merge, check, filter, sort and convert records",
    description:
      "Read records, merge them and write them in another format. With the flags or the --config of a sweep, check that exactly its scenarios are there.",
    notes: RECORDS_NOTES,
    options: () => [
      ...scenarioOptions(GRID_GROUPS),
      layoutOption("Files:"),
      ...outputOptions(RECORDS_FORMATS),
      grouped("Records:", "--sort [fields]", "sort by fields, as in -deviation,d [all fields of the scenario]"),
      repeated(
        "Records:",
        "--filter <condition>",
        "keep records for which it holds, as in 'keep>=0.5'; may be repeated",
      ),
      zipOption(),
      matchNoiseOption(),
    ],
    load: async () => (await import("./commands/records.ts")).recordsCommand,
  },
  {
    name: "plot",
    operands: { name: "[records...]", about: "files of records (- is stdin) [stdin]" },
    summary: "draw records: SVG, PNG, PDF, or a chart in the terminal",
    description: "Draw records: measured ratios with intervals, and the closed form.",
    notes: PLOT_NOTES,
    options: () => [
      grouped("Axes:", "--x <field>", "field of the x axis [the number with the most values]"),
      grouped("Axes:", "--y <name>", "quantity of the y axis, or a second field for a heat map [shift]"),
      grouped("Axes:", "--by <fields>", "fields of the lines [those that vary]"),
      grouped("Axes:", "--fill <quantity>", "quantity of a heat map [shift]"),
      grouped("Axes:", "--colour <quantity>", "the same as --fill").hideHelp(),
      grouped("Axes:", "--facet <field>", "field of the panels, on the same axes"),
      grouped("Axes:", "--title <text>", "title [from the axes]"),
      withChoices(grouped("Axes:", "--figure <name>", "measure and draw a figure of the paper"), PRESET_FIGURES),
      grouped("Output:", "--width <px>", "width of a picture [800]"),
      grouped("Output:", "--height <px>", "height of a picture [by its content]"),
      grouped("Output:", "--scale <count>", "pixels of a PNG per px [2]"),
      ...resultOptions(PICTURE_FORMATS, "chart on a terminal, else svg"),
    ],
    load: async () => (await import("./commands/plot.ts")).plotCommand,
  },
  {
    name: "theory",
    summary: "show the closed form, step by step",
    description: "Show the closed form of Δ = Var_test / Var_train for a scenario, with its derivation.",
    notes: THEORY_NOTES,
    options: () => [
      ...scenarioOptions([...THEORY_GROUPS, "Network:", "Stack:", "Test time:"]),
      layoutOption("Files:"),
      ...outputOptions(FORMATS),
    ],
    load: () => theoryCommand,
  },
  {
    name: "solve",
    summary: "find the keep probability, β, width or alignment for a target Δ",
    description: "Solve for the parameter value that reaches a target Δ, with the derivation.",
    notes: SOLVE_NOTES,
    options: () => [
      ...lawOptions(),
      ...outputOptions(FORMATS),
      grouped("Question:", "--shift <number>", "target Δ, at least"),
      withChoices(grouped("Question:", "--solve-for <what>", "parameter to solve for"), UNKNOWNS),
    ],
    load: async () => (await import("./commands/solve.ts")).solveCommand,
  },
  {
    name: "weights",
    operands: { name: "<files...>", about: "weights: .npy, .npz, .safetensors or .csv" },
    summary: "measure the alignment of real weights, and its Δ",
    description: "Read the weights of real layers, and show d, cos²θ, d·cos²θ and the Δ that they lead to.",
    notes: WEIGHTS_NOTES,
    options: () => [
      repeated("Weights:", "--name <name>", "arrays to read, * for any text; may be repeated [all]"),
      layoutOption("Weights:"),
      ...settingOptions(),
      ...resultOptions(FORMATS),
    ],
    load: async () => (await import("./commands/weights.ts")).weightsCommand,
  },
  {
    name: "audit",
    operands: {
      name: "<model>",
      about: "a trained model: .pt2 of torch.export.save, .keras or .h5 of Keras, or .onnx with its batch norms",
    },
    summary: "find the batch norms of a trained model that noise has shifted",
    description:
      "Read a trained model, predict or measure for each Batch Normalization behind noise how far the variance at test time is from that of training, and repair its running statistics.",
    notes: AUDIT_NOTES,
    options: () => [
      grouped("Audit:", "--tolerance <ratio>", "largest deviation of Δ from 1 that counts as clean [0.05]"),
      grouped("Audit:", "--baseline <file>", "compare with an earlier audit, as --format json or a pipe has it"),
      grouped(
        "Audit:",
        "--noise-from <file>",
        "take the noise from this .pt2 of the same network, which ONNX has lost",
      ),
      grouped("Inputs:", "--data <file>", "inputs without labels: .npy, .csv, .npz#NAME or .safetensors#NAME"),
      grouped("Inputs:", "--scale <factor>", "what inputs are multiplied by, such as 1/255 [1]"),
      grouped("Inputs:", "--inputs <count>", "how many of them, the first, measure and repair [64]"),
      grouped("Inputs:", "--masks <count>", "draws of all noise for each input [16]"),
      grouped("Inputs:", "--seed <text>", "any text; the same text draws the same masks [vshift]"),
      threadsOption("Inputs:"),
      grouped("Repair:", "--fix <file>", "write the model with repaired statistics, or these as .safetensors, .npz"),
      grouped(
        "Repair:",
        "--labels <file>",
        "classes or values of the inputs; the loss of those not repaired by decides",
      ),
      grouped("Repair:", "--guard-data <file>", "other inputs to check the repair [those beyond --inputs]"),
      grouped("Repair:", "--force", "write the repair although the check says no"),
      ...pipelineOptions("Audit:"),
      ...resultOptions(FORMATS),
      quietOption(),
    ],
    load: async () => (await import("./commands/audit.ts")).auditCommand,
  },
  {
    name: "worker",
    operands: { name: "[url]", about: "queue to take work from [VSHIFT_ENGINE]", isAddress: true },
    summary: "measure for the sweeps and checks of other machines",
    description:
      "Take scenarios, and blocks of large ones, from a queue at redis://, rediss:// or postgres:// until stopped.",
    notes: WORKER_NOTES,
    options: () => [threadsOption(), quietOption()],
    load: async () => (await import("./commands/worker.ts")).workerCommand,
  },
  {
    name: "explore",
    summary: "write a page with sliders that measures live in a browser",
    description:
      "Write one HTML file that shows the closed form and measures what its controls say; it works offline and can be sent around.",
    notes: EXPLORE_NOTES,
    options: () => [
      ...scenarioOptions(GRID_GROUPS.filter((group) => group !== "Files:")),
      grouped("Output:", "--output <file>", "write there (- is stdout) [vshift-explorer.html]"),
      grouped("Output:", "--open", "open it in a browser"),
      ...configOptions(),
      quietOption(),
    ],
    load: async () => (await import("./commands/explore.ts")).exploreCommand,
  },
  {
    name: "paper",
    summary: "compare with the numbers of Li et al. 2019",
    description:
      "Compare the numbers that the paper's equations give with the closed forms here, and list the numbers of its tables, which cannot be checked.",
    notes: PAPER_NOTES,
    options: () => resultOptions(FORMATS),
    load: async () => {
      const { paperCommand } = await import("./commands/paper.ts");
      return (flags, streams) => paperCommand(flags, streams);
    },
  },
  {
    name: "completion",
    operands: { name: "<shell>", about: "the shell", choices: SHELLS },
    summary: "print the completion script of a shell",
    description: "Print a script that completes commands, flags and their values in a shell.",
    notes: COMPLETION_NOTES,
    options: () => [],
    load: async () => (await import("./commands/completion.ts")).completionCommand,
  },
];

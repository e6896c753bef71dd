import { VshiftError } from "../errors.ts";
import { findNoise } from "../noises/noises.ts";
import { FIELD_FLAGS } from "./options.ts";
import { isStandard } from "./output.ts";
import type { Flags } from "./scenario-input.ts";
import type { TypedFlag } from "./typed-flags.ts";

/** What a command line asks for. */
interface Asked {
  readonly flags: Flags;
  readonly operands: readonly string[];
}

/** A way to use a command in which some of its flags are not read. */
interface Use {
  readonly isAsked: (asked: Asked) => boolean;
  /** What the flags set that are not read. */
  readonly unused: readonly string[];
  readonly problem: string;
  readonly hint: string;
}

const SCENARIO: readonly string[] = FIELD_FLAGS.map(({ name }) => name);

const GRID: readonly string[] = [...SCENARIO, "config", "layout", "zip", "matchNoise"];

/** What says that the workers of a queue measure. */
const QUEUE: readonly string[] = ["engine", "detach", "status"];

const WITHOUT_NOISE: Use = {
  isAsked: ({ flags }) => findNoise(flags.noise)?.parameter === null,
  unused: ["masks", "noiseAt"],
  problem: "is not used without noise",
  hint: "leave it out, or choose another `noise`",
};

/** Of the commands that measure a grid. */
const ENGINE: readonly Use[] = [
  {
    isAsked: ({ flags }) => flags.engine === undefined,
    unused: ["detach", "status"],
    problem: "needs --engine",
    hint: "add --engine redis://HOST:6379, or set VSHIFT_ENGINE",
  },
  {
    isAsked: ({ flags }) => flags.status === true,
    unused: ["detach"],
    problem: "is not used with --status, which measures nothing",
    hint: "leave one of them out",
  },
  {
    isAsked: ({ flags }) => flags.status === true || flags.detach === true,
    unused: ["junit", "summary", "annotations"],
    problem: "is not used with --detach and --status, which pass no verdict",
    hint: "leave it out",
  },
  {
    isAsked: ({ flags }) => flags.engine !== undefined && flags.dryRun !== true,
    unused: ["threads"],
    problem: "is not used with --engine, whose workers have threads of their own",
    hint: "leave it out, or give it to vshift worker",
  },
];

/** Of each command, the first that is asked for and has flags to refuse counts. */
const USES: { readonly [command: string]: readonly Use[] } = {
  simulate: [WITHOUT_NOISE],
  sweep: [
    {
      isAsked: ({ flags }) => isStandard(flags.output as string | undefined),
      unused: ["resume"],
      problem: "is not used without a file to write",
      hint: "add --output FILE, or leave it out",
    },
    WITHOUT_NOISE,
    ...ENGINE,
  ],
  stack: [WITHOUT_NOISE],
  check: [
    {
      isAsked: ({ operands }) => operands.length > 0,
      unused: [...GRID.filter((name) => name !== "tolerance"), "threads", "plan", "measured", "columns", ...QUEUE],
      problem: "is not used with records to check, which were measured before",
      hint: "leave it out, or leave out the records",
    },
    {
      isAsked: ({ flags }) => flags.measured !== undefined,
      unused: [
        ...["seed", "preset", "momentum", "epsilon", "precision", "confidence", "maxSamples", "samples", "masks"],
        ...["weightMean", "zip", "matchNoise", "threads", "baseline", "plan", "batches", "nonlinearity"],
        ...QUEUE,
        ...FIELD_FLAGS.filter(({ group }) => group === "Stack:").map(({ name }) => name),
      ],
      problem: "is not used with --measured, which compares one measurement with theory",
      hint: "leave one of them out",
    },
    {
      isAsked: ({ flags }) => flags.plan === true,
      unused: ["junit", "summary", "annotations"],
      problem: "is not used with --plan, which measures nothing",
      hint: "leave one of them out",
    },
    {
      isAsked: ({ flags }) => flags.measured === undefined,
      unused: ["columns"],
      problem: "is not used without --measured, whose columns it names",
      hint: "add --measured FILE",
    },
    WITHOUT_NOISE,
    ...ENGINE,
  ],
  audit: [
    {
      isAsked: ({ flags }) => flags.data === undefined,
      unused: ["fix", "inputs", "masks", "scale", "seed", "threads"],
      problem: "needs --data",
      hint: "add --data inputs.npy",
    },
    {
      isAsked: ({ flags }) => flags.fix === undefined,
      unused: ["guardData", "labels", "force"],
      problem: "needs --fix",
      hint: "add --fix repaired.pt2",
    },
  ],
  records: [
    {
      isAsked: ({ flags }) => !saysGrid(flags),
      unused: ["zip", "layout"],
      problem: "is not used without the flags of a sweep",
      hint: "give the flags or the --config of the sweep, or leave it out",
    },
  ],
  theory: [
    {
      isAsked: ({ flags }) => flags.network !== undefined,
      unused: [...SCENARIO.filter((name) => name !== "network" && name !== "variables"), "config", "layout"],
      problem: "is not used with --network, which says the whole network",
      hint: "leave one of them out",
    },
    {
      isAsked: ({ flags }) => !hasConfiguration(flags) && flags.layer !== "linear",
      unused: ["seed"],
      problem: "is not used without a linear layer, whose weights it draws",
      hint: "leave it out, or add `layer` linear",
    },
  ],
  solve: [
    {
      isAsked: () => true,
      unused: ["seed"],
      problem: "is not used by vshift solve, which draws nothing",
      hint: "leave it out",
    },
  ],
};

/**
 * Whether flags of vshift records say what the records should be of. Settings for all commands, in variables and a file that was
 * found, do not.
 */
export function saysGrid(flags: Flags): boolean {
  const isTyped = (name: string) => flags[name] !== undefined && flags.fromEnvironment?.includes(name) !== true;
  return (isTyped("config") && flags.config !== false) || isTyped("matchNoise") || SCENARIO.some(isTyped);
}

/** Whether a file may say of fields what the flags do not. */
function hasConfiguration({ config, foundConfiguration }: Flags): boolean {
  return typeof config === "string" || foundConfiguration !== undefined;
}

/** A `VshiftError` where a flag that was typed would not be read; fields of a configuration file may be for other commands. */
export function requireUsed(command: string, typed: readonly TypedFlag[], asked: Asked): void {
  for (const { isAsked, unused, problem, hint } of USES[command] ?? []) {
    const stray = isAsked(asked) ? typed.find(({ name }) => unused.includes(name)) : undefined;
    if (stray === undefined) continue;
    throw new VshiftError({ code: "conflicting-fields", field: stray.spelling, problem, hint });
  }
}

import { propertiesOf } from "../noises/noises.ts";
import { isArrayName } from "./arrays.ts";
import { blocksNamed, type StackScenario } from "./blocks.ts";
import { BATCH_SIZES, FEWEST_BATCHES, MOST_WEIGHTS } from "./depth-limits.ts";
import { STACK_TABLE } from "./fields.ts";
import { conflict, invalid, isGiven } from "./refusal.ts";
import type { Scenario, ScenarioInput } from "./scenario.ts";

/** The fields that only a stack has. */
type StackFields = Pick<Scenario, keyof typeof NO_STACK | "nonlinearity">;

/** 2²⁴ numbers of a mini-batch: 64 MB for each of the arrays that hold one. */
const MOST_OF_BATCH = 2 ** 24;
/** Ends of the width, a field that a stack has in common with other scenarios. */
const WIDTHS = { from: 2, to: 16_384 } as const;
/** What a stack's measurement takes where nobody says how long it may be. */
const USUAL_BATCHES = 64;
/** As in the paper of Group Normalization (Wu & He 2018). */
const USUAL_GROUPS = 32;

/** The depth that `vshift stack` has where none is given. */
export const USUAL_DEPTH = 8;

/** What a stack has of its own; all null where no depth is given, and then nothing that means a stack may be given. */
export function stackFields(given: ScenarioInput, width: number): StackFields {
  const { depth = null, nonlinearity = null } = given;
  if (depth === null) {
    for (const field of Object.keys(NO_STACK) as (keyof typeof NO_STACK)[]) {
      const stray = given[field] ?? null;
      if (stray !== null) throw conflict(field, `${stray} is only for a stack`, "add `depth`, or use vshift stack");
    }
    return { nonlinearity, ...NO_STACK };
  }
  const norm = given.norm ?? "batch";
  return {
    depth,
    nonlinearity: nonlinearity ?? "relu",
    connection: given.connection ?? "plain",
    noiseAt: given.noiseAt ?? "all",
    norm,
    normAt: given.normAt ?? "all",
    groups: norm === "group" ? (given.groups ?? Math.min(USUAL_GROUPS, width)) : null,
  };
}

const NO_STACK = {
  depth: null,
  connection: null,
  noiseAt: null,
  norm: null,
  normAt: null,
  groups: null,
} as const;

/** How long a stack is measured where nothing is said of it: a precision may take hours. */
export function usualSamples(given: ScenarioInput, batchSize: number): number | null {
  const isSaid = isGiven(given.precision) || isGiven(given.maxSamples);
  return isGiven(given.depth) && !isSaid ? USUAL_BATCHES * batchSize : null;
}

/** A `VshiftError` where a stack is given what only other networks have. */
export function requireOfStack(given: ScenarioInput): void {
  if (isArrayName(given.activation)) {
    throw conflict("activation", `${given.activation} is a file, and a stack's input is sampled`, LEAVE_OUT);
  }
  const stray = Object.entries(given).find(
    ([name, value]) => isGiven(value) && !Object.hasOwn(STACK_TABLE.fields, name),
  );
  if (stray === undefined) return;
  const [field, value] = stray;
  throw conflict(
    field as keyof Scenario,
    `${value} is not a field of a stack, whose blocks have linear layers of their own`,
    LEAVE_OUT,
  );
}

/** Fields that mean something only together with others, and the sizes that a stack may have. */
export function checkStack(given: ScenarioInput, stack: StackScenario): void {
  const { norm, statistics, normAt, noiseAt, groups, width, depth } = stack;
  if (given.masks === "balanced") {
    throw conflict("masks", "balanced masks are not for a stack, which draws one for each mini-batch", LEAVE_OUT);
  }
  if (isGiven(given.groups) && norm !== "group") {
    const problem = `${given.groups} is only for Group Normalization, and the norm is ${norm}`;
    throw conflict("groups", problem, "add `norm` group");
  }
  if (norm === "batch" && normAt !== "all") {
    throw conflict("normAt", `${normAt} is only for a norm other than batch`, "add `norm` layer");
  }
  const { shares, pivot, name } = propertiesOf(stack.noise);
  if (statistics === "corrected" && (shares === "channel" || pivot !== 0 || stack.scaling === "classic")) {
    const noise = stack.scaling === "classic" ? "classic scaling" : name;
    throw conflict("statistics", `corrected is not known for ${noise}`, "choose `statistics` reestimated");
  }
  if (groups !== null && width % groups !== 0) {
    throw invalid("groups", `${groups} groups do not divide \`width\` ${width}`, "choose a divisor of the width");
  }
  checkSize(given, stack);
  blocksNamed("noiseAt", noiseAt, depth);
  blocksNamed("normAt", normAt, depth);
}

function checkSize(given: ScenarioInput, { depth, width, batchSize, batches, samples }: StackScenario): void {
  requireWithin("width", width, WIDTHS);
  requireWithin("batchSize", batchSize, BATCH_SIZES);
  if (batches !== null && batches < FEWEST_BATCHES) {
    if (isGiven(given.batches)) {
      throw invalid(
        "batches",
        `${batches} mini-batches are too few; a stack needs ${FEWEST_BATCHES}`,
        `use ${FEWEST_BATCHES} or more`,
      );
    }
    throw invalid(
      "samples",
      `${samples} samples are ${batches} mini-batches of ${batchSize}; a stack needs ${FEWEST_BATCHES}`,
      `use ${FEWEST_BATCHES * batchSize} or more, or a smaller \`batchSize\``,
    );
  }
  if (depth * width * width > MOST_WEIGHTS) {
    throw invalid(
      "width",
      `${width}² × \`depth\` ${depth} is more than the limit of ${MOST_WEIGHTS} weights`,
      `use ${Math.floor(Math.sqrt(MOST_WEIGHTS / depth))} or less, or a smaller \`depth\``,
    );
  }
  if (width * batchSize > MOST_OF_BATCH) {
    throw invalid(
      "batchSize",
      `${batchSize} samples of \`width\` ${width} exceed the limit of ${MOST_OF_BATCH} numbers`,
      `use ${Math.floor(MOST_OF_BATCH / width)} or less`,
    );
  }
}

function requireWithin(
  field: keyof Scenario,
  value: number,
  { from, to }: { readonly from: number; readonly to: number },
): void {
  if (value >= from && value <= to) return;
  const problem = `${value} is not a whole number from ${from} to ${to}, as a stack needs`;
  throw invalid(field, problem, `use ${value < from ? from : to}`);
}

const LEAVE_OUT = "leave it out";

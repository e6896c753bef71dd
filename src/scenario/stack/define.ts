import { VshiftError } from "../../errors.ts";
import type { GridKind } from "../grid.ts";
import { resolveStrength } from "../strength.ts";
import { checkedInput } from "../validate.ts";
import { blocksNamed } from "./blocks.ts";
import { MOST_STACK_BATCH, MOST_STACK_WEIGHTS, STACK_DEFAULTS, STACK_TABLE } from "./fields.ts";
import type { StackInput, StackScenario, StatisticsKind } from "./stack.ts";

/**
 * A complete stack from what a user wrote. What cannot be is a `VshiftError` that names the field, the value, the rule and the
 * next step.
 */
export function defineStack(input: StackInput = {}): StackScenario {
  const given = checkedInput<StackInput>(input, STACK_TABLE);
  const noise = given.noise ?? STACK_DEFAULTS.noise;
  const norm = given.norm ?? STACK_DEFAULTS.norm;
  const statistics = given.statistics ?? STACK_DEFAULTS.statistics;
  const width = given.width ?? STACK_DEFAULTS.width;
  const stack: StackScenario = {
    seed: given.seed ?? STACK_DEFAULTS.seed,
    noise,
    ...resolveStrength(noise, strengthOf(given)),
    noiseAt: given.noiseAt ?? STACK_DEFAULTS.noiseAt,
    activation: given.activation ?? STACK_DEFAULTS.activation,
    depth: given.depth ?? STACK_DEFAULTS.depth,
    width,
    connection: given.connection ?? STACK_DEFAULTS.connection,
    norm,
    normAt: given.normAt ?? STACK_DEFAULTS.normAt,
    groups: norm === "group" ? (given.groups ?? Math.min(USUAL_GROUPS, width)) : null,
    statistics,
    reestimateBatches: isReestimated(statistics) ? (given.reestimateBatches ?? USUAL_REESTIMATE) : null,
    batchSize: given.batchSize ?? STACK_DEFAULTS.batchSize,
    batches: given.batches ?? STACK_DEFAULTS.batches,
    epsilon: given.epsilon ?? STACK_DEFAULTS.epsilon,
    confidence: given.confidence ?? STACK_DEFAULTS.confidence,
  };
  requireTogether(given, stack);
  requireWithinMemory(stack);
  blocksNamed("noiseAt", stack.noiseAt, stack.depth);
  blocksNamed("normAt", stack.normAt, stack.depth);
  return Object.freeze(stack);
}

/** A grid of stacks. */
export const STACKS: GridKind<StackScenario> = { ...STACK_TABLE, define: defineStack };

/** As in the paper of Group Normalization (Wu & He 2018). */
const USUAL_GROUPS = 32;
const USUAL_REESTIMATE = 32;

function isReestimated(statistics: StatisticsKind): boolean {
  return statistics === "reestimated" || statistics === "reestimated-noisy";
}

function strengthOf({ keep, drop, beta, relativeVariance }: StackInput) {
  return { keep, drop, beta, relativeVariance };
}

/** Fields that mean something only together with others. */
function requireTogether(given: StackInput, { norm, statistics, groups, width, normAt }: StackScenario): void {
  if (typeof given.groups === "number" && norm !== "group") {
    throw conflict(
      "groups",
      `${given.groups} is only for Group Normalization, and the norm is ${norm}`,
      "norm",
      "group",
    );
  }
  if (typeof given.reestimateBatches === "number" && !isReestimated(statistics)) {
    const problem = `${given.reestimateBatches} is only for re-estimated statistics, and they are ${statistics}`;
    throw conflict("reestimateBatches", problem, "statistics", "reestimated");
  }
  if (norm === "batch" && normAt !== "all") {
    throw conflict("normAt", `${normAt} is only for a norm other than batch`, "norm", "layer");
  }
  if (groups !== null && width % groups !== 0) {
    throw new VshiftError({
      code: "invalid-value",
      field: "groups",
      problem: `${groups} groups do not divide \`width\` ${width}`,
      hint: "choose a divisor of the width",
    });
  }
}

function requireWithinMemory({ depth, width, batchSize }: StackScenario): void {
  if (depth * width * width > MOST_STACK_WEIGHTS) {
    throw new VshiftError({
      code: "invalid-value",
      field: "width",
      problem: `${width}² × \`depth\` ${depth} is more than the limit of ${MOST_STACK_WEIGHTS} weights`,
      hint: `use ${Math.floor(Math.sqrt(MOST_STACK_WEIGHTS / depth))} or less, or a smaller \`depth\``,
    });
  }
  if (width * batchSize > MOST_STACK_BATCH) {
    throw new VshiftError({
      code: "invalid-value",
      field: "batchSize",
      problem: `${batchSize} samples of \`width\` ${width} exceed the limit of ${MOST_STACK_BATCH} numbers`,
      hint: `use ${Math.floor(MOST_STACK_BATCH / width)} or less`,
    });
  }
}

function conflict(field: keyof StackScenario, problem: string, other: string, value: string): VshiftError {
  return new VshiftError({ code: "conflicting-fields", field, problem, hint: `add \`${other}\` ${value}` });
}

import { VshiftError } from "../errors.ts";
import { type Expectation, expectationOf } from "../experiment/expectation.ts";
import type { ShiftRecord } from "../experiment/record.ts";
import { weightsOf } from "../experiment/streamed-block.ts";
import { segmentOf } from "../forward/schedule.ts";
import type { Weights } from "../forward/weights.ts";
import { networkOf } from "../network/of-scenario.ts";
import { type Arrays, isArrayName } from "../scenario/arrays.ts";
import type { Scenario } from "../scenario/scenario.ts";
import type { WeightSums } from "../theory/alignment.ts";
import type { Layer } from "../theory/layer-steps.ts";
import { mistakes } from "../theory/mistakes.ts";
import { noiseTheory } from "../theory/noise-theory.ts";
import type { ShiftTheory } from "../theory/shift.ts";
import { type DeclaredSetting, wrongInputs, wrongLaws } from "../theory/wrong-inputs.ts";
import type { Suspects } from "./diagnose.ts";

/** What a measurement is compared with. */
export interface Reference {
  readonly theory: ShiftTheory;
  readonly suspects: Suspects;
  /** Whether the variances themselves are known, and not their ratio alone. */
  readonly tellsVariances: boolean;
}

/** What theory says of a measurement with weights of the measurer's own, not the scenario's. */
export function foreignReference(
  scenario: Scenario,
  { weights, arrays }: { readonly weights: readonly WeightSums[] | undefined; readonly arrays: Arrays },
): Reference {
  if (isArrayName(scenario.weights) || isArrayName(scenario.activation)) {
    return ofFiles(scenario, { weights, arrays });
  }
  const { noise, input, activation } = expectationOf(scenario, undefined);
  const known = foreignLayer(scenario, { weights, isCorrelated: input.correlation !== 0 });
  const { layer } = known;
  const theory = noiseTheory({ noise, layer, input });
  if (theory.shift === 0) {
    throw nothingInTest("rho", `${scenario.rho} with weights of this alignment leaves no variance at test time`);
  }
  const suspects = suspectsIn(scenario, { noise, layer, input, activation });
  return {
    theory,
    suspects: known.tells === "ratio" ? ofAnyAlignment(suspects) : suspects,
    tellsVariances: known.tells === "variances",
  };
}

/** What a record's own theory says; its weights are drawn again to tell what may be wrong. */
export function recordReference(record: ShiftRecord, scenario: Scenario, arrays: Arrays): Reference {
  const expectation = expectationOf(scenario, weightsIn(scenario, arrays), arrays);
  return { theory: record.theory ?? expectation, suspects: suspectsIn(scenario, expectation), tellsVariances: true };
}

/** The weights of a scenario's linear layer; undefined without one. */
function weightsIn(scenario: Scenario, arrays: Arrays): Weights | undefined {
  const segment = segmentOf(networkOf(scenario));
  return segment && weightsOf(segment, arrays);
}

/** What theory says of a layer or an input that files have: they are the measurer's own. */
function ofFiles(
  scenario: Scenario,
  { weights, arrays }: { readonly weights: readonly WeightSums[] | undefined; readonly arrays: Arrays },
): Reference {
  if (scenario.layer === "linear" && !isArrayName(scenario.weights)) {
    throw new VshiftError({
      code: "conflicting-fields",
      field: "weights",
      problem: `are missing, and with \`activation\` ${scenario.activation} each weight must be known`,
      hint: "give them as a file, too",
    });
  }
  if (weights !== undefined) {
    throw new VshiftError({
      code: "conflicting-fields",
      field: "weights",
      problem: "are given both by their sums and by a file",
      hint: "leave out the sums",
    });
  }
  const expectation = expectationOf(scenario, weightsIn(scenario, arrays), arrays);
  const { trainVariance, testVariance, shift } = expectation;
  if (shift === 0) throw nothingInTest("weights", `${scenario.weights} cancels everything that varies`);
  return {
    theory: { trainVariance, testVariance, shift },
    suspects: suspectsIn(scenario, expectation),
    tellsVariances: true,
  };
}

/** What may be wrong, by the closed form of a law; rows of a file have none that a mistake would be seen in. */
function suspectsIn(
  { batchSize }: Scenario,
  { noise, layer, input, activation }: Pick<Expectation, "noise" | "layer" | "input" | "activation">,
): Suspects {
  if (activation === undefined) return { mistakes: [], inputs: [], laws: [] };
  const setting: DeclaredSetting = { noise, activation, layer };
  return {
    mistakes: mistakes({ noise, layer, input, batchSize }),
    inputs: wrongInputs(setting),
    laws: wrongLaws(setting),
  };
}

/** Where the alignment is not declared, what depends on it is unknown, even for uncorrelated units. */
function ofAnyAlignment(suspects: Suspects): Suspects {
  return {
    ...suspects,
    mistakes: suspects.mistakes.filter(({ kind }) => kind !== "noise-behind-layer"),
    inputs: suspects.inputs.filter(({ kind }) => kind !== "wrong-alignment" && kind !== "wrong-rho"),
  };
}

function nothingInTest(field: keyof Scenario, why: string): VshiftError {
  const hint = "use a `rho` closer to 0, or another `alignment`";
  return new VshiftError({ code: "invalid-value", field, problem: `${why}, so Δ is 0`, hint });
}

interface ForeignLayer {
  readonly layer: Layer;
  /** The variances, the alignment of the weights, or no more than the ratio. */
  readonly tells: "variances" | "alignment" | "ratio";
}

function foreignLayer(
  { layer, alignment, weights: kind, width, rho }: Scenario,
  { weights, isCorrelated }: { readonly weights: readonly WeightSums[] | undefined; readonly isCorrelated: boolean },
): ForeignLayer {
  if (layer === "none") {
    if (weights === undefined) return { layer: { kind: "none" }, tells: "variances" };
    throw new VshiftError({
      code: "conflicting-fields",
      field: "weights",
      problem: "are only for a linear layer, and the layer is none",
      hint: "add `layer` linear",
    });
  }
  if (weights !== undefined) return { layer: { kind: "linear", neurons: weights }, tells: "variances" };
  const known = kind === "constant" ? width : alignment;
  if (known !== null) return { layer: { kind: "aligned", alignment: known, width }, tells: "alignment" };
  if (!isCorrelated) return { layer: { kind: "aligned", alignment: 1, width }, tells: "ratio" };
  throw new VshiftError({
    code: "invalid-value",
    field: "alignment",
    problem: `is missing, and with \`rho\` ${rho} the ratio depends on it`,
    hint: "give that of the measured weights, Σ(Σw)²/ΣΣw² over the neurons, which vshift weights FILE prints",
  });
}

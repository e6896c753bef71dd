import { columnMoments, type Matrix } from "../numeric/column-moments.ts";
import { alphaDropoutNoise, DROPPED_VALUE } from "./alpha-dropout.ts";
import { phaseSteps } from "./layer-steps.ts";
import { type Noise, relativeVariance } from "./noise.ts";
import { type ShiftTheory, shiftTheory } from "./shift.ts";
import { given, type Step } from "./step.ts";

/** Inputs that are rows of a table, each as likely as any other, and the weights of the layer that they go into. */
export interface EmpiricalSetting {
  /** [n, d]: a row a sample, a column a unit. */
  readonly inputs: Matrix;
  /** [k, d]: a row a neuron; undefined where the units themselves reach Batch Normalization. */
  readonly weights: Matrix | undefined;
  readonly noise: Noise;
}

/** What of the rows and the weights the shift depends on, averaged over the channels that Batch Normalization sees. */
export interface EmpiricalMoments {
  /** wᵀΣw: variance of a channel without noise. */
  readonly variance: number;
  /**
   * Σₕ E(Σᵢ wᵢ(xᵢ − pivot))², h over the channels that share their noise and i over the units of one: what noise of σ² = 1 adds to
   * it. Σᵢ wᵢ² E xᵢ² where each unit has its own and the pivot is 0.
   */
  readonly weightedSquares: number;
  /** Means of the channels' inputs, and their variances: Σᵢ wᵢ² vᵢ and (Σᵢ wᵢ(cᵢ − c))², c being the units' mean mean. */
  readonly weightedVariances: number;
  readonly squaredMean: number;
}

/**
 * Moments of the rows as they are, in double precision, from the centred rows X − E x and without a matrix of covariances:
 *
 *   wᵀΣw = ⟨(Σᵢ wᵢ(xᵢ − cᵢ))²⟩ over the rows (divisor n)      E xᵢ² = vᵢ + cᵢ²
 *
 * Any dependence of the units is in it. Without weights a channel is a unit. Time is n·d·k.
 */
export function empiricalMoments({ inputs, weights, noise }: EmpiricalSetting): EmpiricalMoments {
  const pivot = noise.kind === "alpha" ? DROPPED_VALUE : 0;
  const channelSize = noise.kind === "spatial" ? noise.channelSize : 1;
  const { columns: width } = inputs;
  const { means, variances } = columnMoments(inputs);
  const mean = sum(means) / width;
  const squares = variances.map((variance, unit) => variance + (means[unit] - pivot) * (means[unit] - pivot));
  if (weights === undefined) {
    return {
      variance: sum(variances) / width,
      weightedSquares: sum(squares) / width,
      weightedVariances: sum(variances) / width,
      squaredMean: sum(means.map((own) => (own - mean) * (own - mean))) / width,
    };
  }
  const { rows: neurons, values } = weights;
  let weightedSquares = 0;
  let weightedVariances = 0;
  let squaredMean = 0;
  for (let start = 0; start < values.length; start += width) {
    let offset = 0;
    for (let unit = 0; unit < width; unit++) {
      const weight = values[start + unit];
      weightedSquares += weight * weight * squares[unit];
      weightedVariances += weight * weight * variances[unit];
      offset += weight * (means[unit] - mean);
    }
    squaredMean += offset * offset;
  }
  const whole = { from: 0, to: width };
  return {
    variance: projectedVariance(inputs, weights, { means, ...whole }) / neurons,
    weightedSquares:
      (channelSize === 1 ? weightedSquares : sharedSquares(inputs, weights, { means, channelSize })) / neurons,
    weightedVariances: weightedVariances / neurons,
    squaredMean: squaredMean / neurons,
  };
}

/** Σₕ E(Σᵢ wᵢxᵢ)² of the channels, summed over the neurons. */
function sharedSquares(
  inputs: Matrix,
  weights: Matrix,
  { means, channelSize }: { readonly means: Float64Array; readonly channelSize: number },
): number {
  const { columns: width, values } = weights;
  let total = 0;
  for (let from = 0; from < width; from += channelSize) {
    const to = Math.min(width, from + channelSize);
    total += projectedVariance(inputs, weights, { means, from, to });
    for (let start = 0; start < values.length; start += width) {
      let mean = 0;
      for (let unit = from; unit < to; unit++) mean += values[start + unit] * means[unit];
      total += mean * mean;
    }
  }
  return total;
}

/** Units `from` up to, not including, `to`, and the means of all. */
interface Units {
  readonly means: Float64Array;
  readonly from: number;
  readonly to: number;
}

/** ⟨(Σᵢ wᵢ(xᵢ − cᵢ))²⟩ over the rows, i over some of the units, summed over the neurons. */
function projectedVariance(inputs: Matrix, weights: Matrix, { means, from, to }: Units): number {
  const { rows, columns: width, values } = inputs;
  const centred = new Float64Array(ROWS_AT_A_TIME * width);
  let total = 0;
  for (let first = 0; first < rows; first += ROWS_AT_A_TIME) {
    const count = Math.min(ROWS_AT_A_TIME, rows - first);
    centred.fill(0);
    for (let row = 0; row < count; row++) {
      for (let unit = from; unit < to; unit++) {
        centred[row * width + unit] = values[(first + row) * width + unit] - means[unit];
      }
    }
    total += squaredProjections(centred, weights, { from, to });
  }
  return total / rows;
}

/** As many sums as a processor has under way at once. */
const ROWS_AT_A_TIME = 4;

function squaredProjections(
  centred: Float64Array,
  { columns: width, values }: Matrix,
  { from, to }: Pick<Units, "from" | "to">,
): number {
  let total = 0;
  for (let start = 0; start < values.length; start += width) {
    let [a, b, c, d] = [0, 0, 0, 0];
    for (let unit = from; unit < to; unit++) {
      const weight = values[start + unit];
      a += weight * centred[unit];
      b += weight * centred[width + unit];
      c += weight * centred[2 * width + unit];
      d += weight * centred[3 * width + unit];
    }
    total += a * a + b * b + (c * c + d * d);
  }
  return total;
}

/**
 * Rows of a table → noise → optional linear layer → Batch Normalization, averaged over the channels of the last.
 *
 *   Var_test = g′²·wᵀΣw      Var_train = g²·(wᵀΣw + σ² Σₕ E(Σᵢ wᵢ(xᵢ − pivot))²)
 *
 * σ²      relative variance of the noise, independent from channel to channel h; a channel is a unit but for spatial dropout
 * pivot   α′ of alpha dropout, which is dropout of x − α′, else 0
 * g, g′   gains in training and in test: p and p of classic dropout, a·p and 1 of alpha dropout, else 1 and 1
 *
 * Exact for units of any means, variances and dependence, as `generalTheory` is. DropConnect's mask of a neuron's weights is one
 * of its inputs. `moments` are those for this noise.
 */
export function empiricalTheory(moments: EmpiricalMoments, noise: Noise): ShiftTheory {
  const { variance, weightedSquares } = moments;
  const { trainVariance, testVariance, shift } = shiftTheory({
    testVariance: variance,
    noiseVariance: relativeVariance(noise) * weightedSquares,
  });
  if (noise.kind === "alpha") {
    const { gain } = alphaDropoutNoise(noise.keepProbability);
    return { trainVariance: gain * gain * trainVariance, testVariance, shift: shift / (gain * gain) };
  }
  const square =
    noise.kind === "bernoulli" && noise.scaling === "classic" ? noise.keepProbability * noise.keepProbability : 1;
  return { trainVariance: square * trainVariance, testVariance: square * testVariance, shift };
}

/** From the moments of the rows to Δ; `before` has the steps of the noise. */
export function empiricalSteps(
  { moments, noise, isWeighted }: StepsSetting,
  { theory, before }: { readonly theory: ShiftTheory; readonly before: readonly Step[] },
): readonly Step[] {
  const source = isWeighted ? "any input covariance Σ: docs/METHOD.md" : "Li et al. 2019, eq. 8, unit by unit";
  const own = isWeighted
    ? given("⟨wᵀΣw⟩", "variance of the rows' outputs, averaged over the neurons", moments.variance)
    : given("⟨v⟩", "variance of the rows, averaged over the units", moments.variance);
  const squares = given(...squaresNamed(noise, isWeighted), moments.weightedSquares);
  const formulas = { weights: [own, squares], source, ...formulasOf(noise, own.symbol, squares.symbol) };
  return phaseSteps(theory, formulas, before);
}

interface StepsSetting {
  readonly moments: EmpiricalMoments;
  readonly noise: Noise;
  readonly isWeighted: boolean;
}

/** Symbol and name of what the noise adds for σ² = 1. */
function squaresNamed({ kind }: Noise, isWeighted: boolean): [string, string] {
  const over = isWeighted ? "neurons" : "units";
  const moment = kind === "alpha" ? "E (x − α′)²" : "E x²";
  const inWords = kind === "alpha" ? "second moments about α′" : "second moments";
  if (!isWeighted) return [`⟨${moment}⟩`, `${inWords} of the rows, averaged over the ${over}`];
  if (kind === "spatial") return ["⟨ΣE y²⟩", "E (Σwx)² of each channel added up, averaged over the neurons"];
  return [`⟨Σw²·${moment}⟩`, `squared weights times ${inWords}, averaged over the ${over}`];
}

function formulasOf(noise: Noise, own: string, squares: string) {
  if (noise.kind === "alpha") {
    return { testFormula: own, trainFormula: `A²·(p²·Var_test + p·(1 − p)·${squares})` };
  }
  const isClassic = noise.kind === "bernoulli" && noise.scaling === "classic";
  return isClassic
    ? { testFormula: `p²·${own}`, trainFormula: `Var_test + p²·σ²·${squares}` }
    : { testFormula: own, trainFormula: `Var_test + σ²·${squares}` };
}

function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0);
}

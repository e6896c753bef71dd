import type { Gains } from "../noises/noise-kind.ts";
import { type Noise, propertiesOf } from "../noises/noises.ts";
import { columnMoments, type Matrix } from "../numeric/column-moments.ts";
import { meanOf } from "../numeric/mean.ts";
import { phaseSteps } from "./layer-steps.ts";
import { relativeVariance } from "./noise.ts";
import type { ShiftTheory } from "./shift.ts";
import { derived, given, type Step } from "./step.ts";

/** Inputs that are rows of a table, each as likely as any other, and the weights of the layer that they go into. */
export interface EmpiricalSetting {
  /** [n, d]: a row a sample, a column a unit. */
  readonly inputs: Matrix;
  /** [k, d]: a row a neuron; undefined where the units themselves reach Batch Normalization. */
  readonly weights: Matrix | undefined;
  readonly noise: Noise;
}

/** Of what reaches Batch Normalization without noise: a number for each of its channels. */
export interface ChannelMoments {
  /** Σᵢ wᵢcᵢ, cᵢ being the units' means. */
  readonly means: Float64Array;
  /** wᵀΣw. */
  readonly variances: Float64Array;
  /**
   * Σₕ E(Σᵢ wᵢ(xᵢ − pivot))², h over the groups of units that share their noise and i over the units of one: what noise of
   * σ² = 1 adds to the variance. Σᵢ wᵢ² E xᵢ² where each unit has its own and the pivot is 0.
   */
  readonly squares: Float64Array;
}

/** Of the rows of training, and of those of evaluation where it has rows of its own. */
export interface PhaseMoments {
  readonly train: ChannelMoments;
  readonly test?: ChannelMoments | undefined;
}

/** Variances of both phases, and where evaluation has rows of its own, what the means of these are off by. */
export interface EmpiricalTheory extends ShiftTheory {
  /** ⟨(mean_test − mean_train)²⟩ / Var_train: each averaged over the channels, as the variances of Δ are. */
  readonly meanShift?: number;
}

/**
 * Moments of the rows themselves, in double precision, from the centred rows X − E x and without a matrix of covariances:
 *
 *   wᵀΣw = ⟨(Σᵢ wᵢ(xᵢ − cᵢ))²⟩ over the rows (divisor n)      E xᵢ² = vᵢ + cᵢ²
 *
 * Any dependence of the units is in it. Without weights a channel is a unit. Time is n·d·k.
 */
export function channelMoments({ inputs, weights, noise }: EmpiricalSetting): ChannelMoments {
  const { pivot } = propertiesOf(noise.kind);
  const { columns: width } = inputs;
  const { means, variances } = columnMoments(inputs);
  const squares = variances.map((variance, unit) => variance + (means[unit] - pivot) * (means[unit] - pivot));
  if (weights === undefined) return { means, variances, squares };
  const groupSize = "channelSize" in noise ? noise.channelSize : 1;
  return {
    means: projected(weights, means),
    variances: projectedVariances(inputs, weights, { means, from: 0, to: width }),
    squares: groupSize > 1 ? sharedSquares(inputs, weights, { means, groupSize }) : projectedSquares(weights, squares),
  };
}

/**
 * Size of what is summed up to a channel about one centre, and the part of it that varies: ⟨wᵀΣw⟩ over
 * ⟨Σᵢ wᵢ² vᵢ + (Σᵢ wᵢ(cᵢ − centre))²⟩. Near 0 single precision keeps no digits of the variance.
 */
export function remainingVariance(
  { inputs, weights }: Omit<EmpiricalSetting, "noise">,
  { variances: ofChannels, centre }: { readonly variances: Float64Array; readonly centre: number },
): number {
  const { means, variances } = columnMoments(inputs);
  const offsets = means.map((mean) => mean - centre);
  const own = weights === undefined ? variances : projectedSquares(weights, variances);
  const common = weights === undefined ? offsets : projected(weights, offsets);
  const variance = meanOf(ofChannels);
  return variance === 0 ? 0 : variance / (meanOf(own) + meanOf(common.map((offset) => offset * offset)));
}

/** Σᵢ wᵢuᵢ of each neuron. */
function projected({ rows, columns, values }: Matrix, units: Float64Array): Float64Array {
  const sums = new Float64Array(rows);
  for (let neuron = 0, at = 0; neuron < rows; neuron++) {
    for (let unit = 0; unit < columns; unit++, at++) sums[neuron] += values[at] * units[unit];
  }
  return sums;
}

/** Σᵢ wᵢ²uᵢ of each neuron. */
function projectedSquares({ rows, columns, values }: Matrix, units: Float64Array): Float64Array {
  const sums = new Float64Array(rows);
  for (let neuron = 0, at = 0; neuron < rows; neuron++) {
    for (let unit = 0; unit < columns; unit++, at++) sums[neuron] += values[at] * values[at] * units[unit];
  }
  return sums;
}

/** Σₕ E(Σᵢ wᵢxᵢ)² of each neuron, h over the groups of units. */
function sharedSquares(
  inputs: Matrix,
  weights: Matrix,
  { means, groupSize }: { readonly means: Float64Array; readonly groupSize: number },
): Float64Array {
  const { rows: neurons, columns: width, values } = weights;
  const squares = new Float64Array(neurons);
  for (let from = 0; from < width; from += groupSize) {
    const to = Math.min(width, from + groupSize);
    const variances = projectedVariances(inputs, weights, { means, from, to });
    for (let neuron = 0; neuron < neurons; neuron++) {
      let mean = 0;
      for (let unit = from; unit < to; unit++) mean += values[neuron * width + unit] * means[unit];
      squares[neuron] += variances[neuron] + mean * mean;
    }
  }
  return squares;
}

/** Units `from` up to, not including, `to`, and the means of all. */
interface Units {
  readonly means: Float64Array;
  readonly from: number;
  readonly to: number;
}

/** ⟨(Σᵢ wᵢ(xᵢ − cᵢ))²⟩ over the rows, i over some of the units, of each neuron. */
function projectedVariances(inputs: Matrix, weights: Matrix, { means, from, to }: Units): Float64Array {
  const { rows, columns: width, values } = inputs;
  const centred = new Float64Array(ROWS_AT_A_TIME * width);
  const sums = new Float64Array(weights.rows);
  for (let first = 0; first < rows; first += ROWS_AT_A_TIME) {
    const count = Math.min(ROWS_AT_A_TIME, rows - first);
    centred.fill(0);
    for (let row = 0; row < count; row++) {
      for (let unit = from; unit < to; unit++) {
        centred[row * width + unit] = values[(first + row) * width + unit] - means[unit];
      }
    }
    addSquaredProjections(centred, weights, { from, to, sums });
  }
  return sums.map((sum) => sum / rows);
}

/** As many sums as a processor has under way at once. */
const ROWS_AT_A_TIME = 4;

function addSquaredProjections(
  centred: Float64Array,
  { columns: width, values }: Matrix,
  { from, to, sums }: Pick<Units, "from" | "to"> & { readonly sums: Float64Array },
): void {
  for (let neuron = 0, start = 0; neuron < sums.length; neuron++, start += width) {
    let [a, b, c, d] = [0, 0, 0, 0];
    for (let unit = from; unit < to; unit++) {
      const weight = values[start + unit];
      a += weight * centred[unit];
      b += weight * centred[width + unit];
      c += weight * centred[2 * width + unit];
      d += weight * centred[3 * width + unit];
    }
    sums[neuron] += a * a + b * b + (c * c + d * d);
  }
}

/**
 * Rows of a table → noise → optional linear layer → Batch Normalization, averaged over the channels of the last.
 *
 *   Var_train = g²·(wᵀΣw + σ² Σₕ E(Σᵢ wᵢ(xᵢ − pivot))²)      of the rows of training
 *   Var_test  = g′²·wᵀΣ′w                                     of those of evaluation, or of the same
 *
 * σ²      relative variance of the noise, independent from group to group h; a group is a unit except with spatial dropout
 * pivot   α′ of alpha dropout, which is dropout of x − α′, else 0
 * g, g′   gains during training and at test time: p and p of classic dropout, a·p and 1 of alpha dropout, else 1 and 1
 *
 * Exact for units of any means, variances and dependence, as `generalTheory` is; with rows of both modes, behind any network.
 * DropConnect's mask of a neuron's weights is one of its inputs. `moments` are those for this noise.
 */
export function empiricalTheory({ train, test }: PhaseMoments, noise: Noise): EmpiricalTheory {
  const gains = propertiesOf(noise.kind).gains(noise);
  const strength = relativeVariance(noise);
  const quietTrain = meanOf(train.variances) + strength * meanOf(train.squares);
  const quietTest = meanOf((test ?? train).variances);
  const gainRatio = gains.test / gains.train;
  const ratio = quietTrain === 0 && quietTest === 0 ? 1 : quietTest / quietTrain;
  const theory = {
    trainVariance: gains.train * gains.train * quietTrain,
    testVariance: gains.test * gains.test * quietTest,
    shift: gainRatio * gainRatio * ratio,
  };
  if (test === undefined) return theory;
  const difference = squaredDifference(train, test, gains);
  return { ...theory, meanShift: difference === 0 ? 0 : difference / theory.trainVariance };
}

/** Mean over the channels of (g′c′ − gc)², of the means of a channel in both modes. */
function squaredDifference(train: ChannelMoments, test: ChannelMoments, gains: Gains): number {
  return meanOf(
    train.means.map((mean, channel) => {
      const difference = gains.test * test.means[channel] - gains.train * mean;
      return difference * difference;
    }),
  );
}

/** From the moments of the rows to Δ; `before` has the steps of the noise. */
export function empiricalSteps(
  setting: StepsSetting,
  { theory, before }: { readonly theory: EmpiricalTheory; readonly before: readonly Step[] },
): readonly Step[] {
  const { isWeighted, noise } = setting;
  const { test } = setting.moments;
  const squares = given(...squaresNamed(noise, isWeighted), meanOf(setting.moments.train.squares));
  const { gain, train: trainFormula } = propertiesOf(noise.kind).formulas(noise);
  if (test === undefined) {
    const own = varianceStep(setting, "rows");
    const formulas = {
      testFormula: `${gain}${own.symbol}`,
      trainFormula: trainFormula("Var_test", squares.symbol),
      source: isWeighted ? "any input covariance Σ: docs/METHOD.md" : "Li et al. 2019, eq. 8, unit by unit",
    };
    return phaseSteps(theory, { weights: [own, squares], ...formulas }, before);
  }
  const own = varianceStep(setting, "training rows");
  const tested = varianceStep({ ...setting, moments: { train: test } }, "evaluation rows", "′");
  const formulas = {
    testFormula: `${gain}${tested.symbol}`,
    trainFormula: trainFormula(`${gain}${own.symbol}`, squares.symbol),
    source: TWO_MODES,
  };
  const steps = phaseSteps(theory, { weights: [own, squares, tested], ...formulas }, before);
  return [...steps.slice(0, -1), meanShiftStep(theory.meanShift ?? 0, steps), ...steps.slice(-1)];
}

interface StepsSetting {
  readonly moments: PhaseMoments;
  readonly noise: Noise;
  readonly isWeighted: boolean;
}

const TWO_MODES = "rows of both modes: docs/WEIGHTS.md";

function varianceStep({ moments, isWeighted }: StepsSetting, rows: string, prime = "") {
  const value = meanOf(moments.train.variances);
  return isWeighted
    ? given(`⟨wᵀΣ${prime}w⟩`, `variance of the ${rows}' outputs, averaged over the neurons`, value)
    : given(`⟨v${prime}⟩`, `variance of the ${rows}, averaged over the units`, value);
}

function meanShiftStep(value: number, known: readonly Step[]): Step {
  const name = "squared difference of the channels' means in both modes, averaged, over Var_train";
  const formula = "⟨(mean_test − mean_train)²⟩ / Var_train";
  return derived({ symbol: "mean shift", name, formula, value, source: TWO_MODES }, known);
}

/** Symbol and name of what the noise adds for σ² = 1. */
function squaresNamed({ kind }: Noise, isWeighted: boolean): [string, string] {
  const { pivot, shares } = propertiesOf(kind);
  const over = isWeighted ? "neurons" : "units";
  const moment = pivot === 0 ? "E x²" : "E (x − α′)²";
  const inWords = pivot === 0 ? "second moments" : "second moments about α′";
  if (!isWeighted) return [`⟨${moment}⟩`, `${inWords} of the rows, averaged over the ${over}`];
  if (shares === "channel") return ["⟨ΣE y²⟩", "E (Σwx)² of each channel added up, averaged over the neurons"];
  return [`⟨Σw²·${moment}⟩`, `squared weights times ${inWords}, averaged over the ${over}`];
}

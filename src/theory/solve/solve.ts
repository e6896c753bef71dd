import { VshiftError } from "../../errors.ts";
import { followsFromStrength, kindsWith, type Noise, propertiesOf } from "../../noises/noises.ts";
import { activationMoments } from "../activation.ts";
import { isClassic } from "../noise.ts";
import { neededAlignment } from "./alignment.ts";
import { impossible, sixDigits } from "./impossible.ts";
import { type Question, requireShift, type Solution, type Unknown } from "./question.ts";
import { explainAlignment, explainStrength, explainWidth } from "./steps.ts";
import { strengthLimits, strongestNoise } from "./strength.ts";
import { smallestWidth } from "./width.ts";

/**
 * The value of the unknown at the edge of the values that give at least the target Δ.
 *
 *   keep        the smallest probability to keep
 *   drop        the largest drop rate
 *   beta        the largest half width of Uout
 *   width       the smallest number of units of a linear layer whose weights have a nonzero mean
 *   alignment   the smallest alignment of the weights; with a negative correlation the largest
 *
 * Each has a closed form. Where all values that are possible give more than the target, the last of them is the answer and
 * `isLimit` says so. A `VshiftError` says why where none does.
 */
export function solveShift(unknown: Unknown, question: Question): Solution {
  requireShift(question.shift);
  requireSolvable(question.noise);
  switch (unknown) {
    case "keep":
    case "drop":
    case "beta":
      return solveStrength(unknown, question);
    case "width": {
      const value = smallestWidth(question);
      return { unknown, value, extreme: "smallest", isLimit: value === 1, ...explainWidth(question, value) };
    }
    case "alignment":
      return solveAlignment(question);
  }
}

/** Noise whose shift is eq. 12 of its σ². */
function requireSolvable(noise: Noise): void {
  const isOtherwiseScaled = isClassic(noise);
  if (!isOtherwiseScaled && followsFromStrength(propertiesOf(noise.kind))) return;
  throw new VshiftError({
    code: "conflicting-fields",
    field: isOtherwiseScaled ? "scaling" : "noise",
    problem: isOtherwiseScaled
      ? "classic has the same answer as inverted dropout"
      : `${noise.kind} has no formula that can be inverted`,
    hint: isOtherwiseScaled ? "leave it out" : "choose another `noise`, or sweep over `keep`",
  });
}

function solveStrength(unknown: "keep" | "drop" | "beta", question: Question): Solution {
  const { parameter } = propertiesOf(question.noise.kind);
  if (unknown === "beta" && parameter?.field !== "beta") {
    throw new VshiftError({
      code: "conflicting-fields",
      field: "noise",
      problem: `${question.noise.kind} does not have a half width β`,
      hint: `use \`noise\` ${kindsWith((kind) => kind.parameter?.field === "beta")}, or solve for keep or drop`,
    });
  }
  if (parameter === null) {
    throw new VshiftError({
      code: "conflicting-fields",
      field: "noise",
      problem: `${question.noise.kind} does not have a strength to solve for, and Δ is 1 without noise`,
      hint: "choose another `noise`",
    });
  }
  const limit = strengthLimits(question)[unknown];
  const exact = strongestNoise(question)[unknown];
  const isLimit = unknown === "keep" ? exact < limit : exact > limit;
  const value = isLimit ? limit : exact;
  const explained = explainStrength(question, { unknown, value, isLimit });
  return { unknown, value, extreme: unknown === "keep" ? "smallest" : "largest", isLimit, ...explained };
}

function solveAlignment(question: Question): Solution {
  const { shift, layer, activation } = question;
  if (layer.kind === "none" || layer.kind === "equal" || layer.width === 1) {
    throw impossible(shift, {
      because: ALIGNMENT_FIXED[layer.kind === "none" ? "none" : layer.kind === "equal" ? "equal" : "single"],
      hint: layer.kind === "none" ? "add `layer` linear" : "choose `weights` normal and a `width` above 1",
    });
  }
  const needed = neededAlignment(question);
  const grows = activationMoments(activation).correlation > 0;
  if (grows ? needed > layer.width * (1 + ROUNDING) : needed < -ROUNDING) {
    const bound = grows
      ? `above the width ${layer.width}, the alignment of equal weights`
      : "below 0, that of weights of sum 0";
    throw impossible(shift, {
      because: `it needs an alignment of ${sixDigits(needed)}, ${bound}`,
      hint: grows ? "raise the `width` or `rho`, or weaken the noise" : "weaken the noise",
    });
  }
  const value = Math.min(layer.width, Math.max(0, needed));
  const isLimit = grows ? needed < 0 : needed > layer.width;
  const explained = explainAlignment(question, { value, isLimit });
  return { unknown: "alignment", value, extreme: grows ? "smallest" : "largest", isLimit, ...explained };
}

const ALIGNMENT_FIXED = {
  none: "Δ does not depend on weights without a linear layer",
  equal: "the alignment of equal weights is the width",
  single: "the alignment of a single weight is 1",
};

/** Of the needed alignment: a target that the largest alignment just reaches is not refused for its last digits. */
const ROUNDING = 1e-12;

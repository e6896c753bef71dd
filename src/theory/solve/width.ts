import { activationMoments } from "../activation.ts";
import { linearShift } from "../linear-shift.ts";
import { relativeVariance } from "../noise.ts";
import { directShift } from "../shift.ts";
import { neededAlignment } from "./alignment.ts";
import { impossible, sixDigits, withoutEffect } from "./impossible.ts";
import { expectedAlignment, leanOf } from "./planned-layer.ts";
import type { Question } from "./question.ts";

/**
 * Smallest width of a linear layer at which Δ is at least the target.
 *
 *   d = ⌈1 + (a₀ − 1)/λ⌉, at least 1
 *
 * a₀   alignment that the target Δ needs, see {@link neededAlignment}
 * λ    μ²/(1 + μ²), how far the mean of the weights is from 0; a = 1 + (d − 1)λ is the alignment to expect of d of them
 *
 * Needs ρ > 0 and λ > 0: then Δ grows with d, towards 1. The number is right by theory's own arithmetic: its Δ is not
 * below the target, and that of one unit fewer is.
 *
 * A `VshiftError` where width does nothing, or more than `limits.width` units are needed.
 */
export function smallestWidth(question: Question): number {
  const { shift, noise, activation, layer, limits } = question;
  if (layer.kind === "none" || layer.kind === "aligned") {
    throw impossible(shift, {
      because:
        layer.kind === "none"
          ? "Δ does not depend on a width without a linear layer"
          : "the alignment is the same at any width",
      hint: layer.kind === "none" ? "add `layer` linear" : "give `weightMean` instead of `alignment`",
    });
  }
  const needed = neededAlignment(question);
  const lean = leanOf(layer);
  if (lean === 0) {
    const actual = directShift(activationMoments(activation), relativeVariance(noise));
    throw withoutEffect(shift, {
      actual,
      because: "at any width: zero-mean weights have an expected alignment of 1",
      hint: "give a `weightMean` other than 0, or solve for the alignment",
    });
  }
  if (activationMoments(activation).correlation < 0) {
    throw impossible(shift, {
      because: "a negative correlation lets Δ fall with the width",
      hint: "give a `rho` above 0, or solve for the alignment",
    });
  }
  const estimate = Math.min(limits.width, Math.max(1, Math.ceil(1 + (needed - 1) / lean)));
  const width = settled(estimate, (width) => expectedShift(question, width) >= shift, limits.width);
  if (width > limits.width) {
    throw impossible(shift, {
      because: `even ${limits.width} units, the widest layer, give Δ = ${sixDigits(expectedShift(question, limits.width))}`,
      hint: "raise `weightMean` or `rho`, or weaken the noise",
    });
  }
  return width;
}

/** Δ at a width, with the alignment that is to be expected there. */
export function expectedShift({ noise, activation, layer }: Question, width: number): number {
  const input = activationMoments(activation);
  const alignment = expectedAlignment(width, leanOf(layer));
  return linearShift({ input, alignment, width }, relativeVariance(noise));
}

/** From near the smallest width that suffices to it: rounding moves the estimate by a unit or so. */
function settled(estimate: number, suffices: (width: number) => boolean, widest: number): number {
  let width = estimate;
  while (width > 1 && suffices(width - 1)) width -= 1;
  while (width <= widest && !suffices(width)) width += 1;
  return width;
}

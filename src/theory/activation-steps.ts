import { type Activation, activationMoments } from "./activation.ts";
import { secondMoment } from "./moments.ts";
import { jointTail, rectified } from "./relu.ts";
import { derived, given, type Step } from "./step.ts";

/** From the activation to c, v and E x² of the units. */
export function momentSteps(activation: Activation): readonly Step[] {
  const steps = ownMomentSteps(activation);
  const value = secondMoment(activationMoments(activation));
  const source = "definition of the variance";
  const formula = "v + c²";
  return [...steps, derived({ symbol: "E x²", name: "second moment of the input", formula, value, source }, steps)];
}

/** To ρ of two units; `before` has the steps to their moments. */
export function correlationSteps(activation: Activation, before: readonly Step[]): readonly Step[] {
  const name = "correlation of two units of the input";
  switch (activation.kind) {
    case "normal":
    case "uniform":
    case "lognormal":
      return [given("ρ", name, activation.correlation)];
    case "relu": {
      const of = given("r", "correlation of two z", activation.correlation);
      const tail = derived(
        {
          symbol: "J",
          name: "part of the covariance of two units",
          formula: "1/2π ∫ (r − sin θ)·exp(−h² / (1 + sin θ)) dθ, θ from 0 to asin r",
          value: jointTail(activation.correlation, rectified(activation).h),
          source: "Price's theorem, twice; Cho & Saul 2009 for h = 0",
        },
        [...before, of],
      );
      const { correlation: value } = activationMoments(activation);
      const formula = "s²·(r·Φ(h)² + J) / v";
      const source = "definition of the correlation";
      return [of, tail, derived({ symbol: "ρ", name, formula, value, source }, [...before, of, tail])];
    }
  }
}

function ownMomentSteps(activation: Activation): readonly Step[] {
  switch (activation.kind) {
    case "normal":
    case "uniform":
    case "lognormal":
      return [given("c", MEAN, activation.mean), given("v", VARIANCE, activation.variance)];
    case "relu":
      return reluSteps(activation);
  }
}

const MEAN = "mean of the input";
const VARIANCE = "variance of the input";

function reluSteps(activation: Activation): readonly Step[] {
  const { h, density, above, beyond, tail } = rectified(activation);
  const { mean, variance } = activationMoments(activation);
  const steps: Step[] = [
    given("μ", "mean of z, the input before relu", activation.mean),
    given("s²", "variance of z", activation.variance),
  ];
  const lines = [
    { symbol: "h", name: "mean of z in its standard deviations", formula: "μ / √(s²)", value: h },
    { symbol: "φ(h)", name: "standard normal density at h", formula: "exp(−h² / 2) / √(2π)", value: density },
    { symbol: "Φ(h)", name: "probability that z > 0", formula: "½·erfc(−h / √2)", value: above },
    { symbol: "Φ(−|h|)", name: "probability of the rarer sign of z", formula: "½·erfc(|h| / √2)", value: beyond },
    { symbol: "τ", name: "mean of a standard normal's excess over |h|", formula: "φ(h) − |h|·Φ(−|h|)", value: tail },
    { symbol: "c", name: MEAN, formula: "√(s²)·(τ + max(0, h))", value: mean },
    { symbol: "v", name: VARIANCE, formula: "s²·(Φ(h) − τ·(|h| + τ))", value: variance },
  ];
  for (const line of lines) steps.push(derived({ ...line, source: "moments of a rectified normal" }, steps));
  return steps;
}

import { type Noise, relativeVariance } from "./noise.ts";
import { derived, given, type Step } from "./step.ts";

/** From the noise to σ². */
export function noiseSteps(noise: Noise): readonly Step[] {
  const value = relativeVariance(noise);
  const name = "relative variance of the noise";
  switch (noise.kind) {
    case "bernoulli": {
      const keep = given("p", "probability to keep a unit", noise.keepProbability);
      const formula = "(1 − p) / p";
      const source = "variance of Bernoulli(p)/p; Srivastava et al. 2014, §10";
      return [keep, derived({ symbol: "σ²", name, formula, value, source }, [keep])];
    }
    case "gaussian":
      return [given("σ²", name, value)];
    case "uout": {
      const beta = given("β", "half width of the noise 1 + U(−β, β)", noise.beta);
      const source = "variance of U(−β, β); Li et al. 2019, §5";
      return [beta, derived({ symbol: "σ²", name, formula: "β² / 3", value, source }, [beta])];
    }
  }
}

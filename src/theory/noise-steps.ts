import { DROPPED_VALUE } from "./alpha-dropout.ts";
import { type Noise, relativeVariance } from "./noise.ts";
import { derived, given, type Step } from "./step.ts";

/** From the noise to σ², or to what alpha dropout has in its place. */
export function noiseSteps(noise: Noise): readonly Step[] {
  const value = relativeVariance(noise);
  const name = "relative variance of the noise";
  switch (noise.kind) {
    case "bernoulli":
    case "spatial":
    case "dropconnect": {
      const keep = given("p", `probability to keep a ${DROPPED_PART[noise.kind]}`, noise.keepProbability);
      const formula = "(1 − p) / p";
      const source = "variance of Bernoulli(p)/p; Srivastava et al. 2014, §10";
      return [keep, derived({ symbol: "σ²", name, formula, value, source }, [keep])];
    }
    case "alpha": {
      const { keepProbability } = noise;
      const keep = given("p", "probability to keep a unit", keepProbability);
      const dropped = given("α′", "what a dropped unit is set to, −λα of SELU", DROPPED_VALUE);
      const square = keepProbability + DROPPED_VALUE * DROPPED_VALUE * keepProbability * (1 - keepProbability);
      const gain = derived(
        {
          symbol: "A",
          name: "gain that gives units of mean 0 and variance 1 their variance back",
          formula: "1/√(p + α′²·p·(1 − p))",
          value: 1 / Math.sqrt(square),
          source: "Klambauer et al. 2017, §3",
        },
        [keep, dropped],
      );
      return [keep, dropped, gain];
    }
    case "none":
      return [given("σ²", "relative variance of no noise", value)];
    case "gaussian":
      return [given("σ²", name, value)];
    case "uout": {
      const beta = given("β", "half width of the noise 1 + U(−β, β)", noise.beta);
      const source = "variance of U(−β, β); Li et al. 2019, §5";
      return [beta, derived({ symbol: "σ²", name, formula: "β² / 3", value, source }, [beta])];
    }
  }
}

const DROPPED_PART = { bernoulli: "unit", spatial: "channel", dropconnect: "weight" };

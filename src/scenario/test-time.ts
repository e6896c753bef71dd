import { conflict, isGiven } from "./refusal.ts";
import type { Scenario, ScenarioInput, StatisticsKind } from "./scenario.ts";

/** What holds at test time, of a network that keeps statistics of its own. */
type TestTimeFields = Pick<Scenario, "statistics" | "reestimateBatches" | "noiseInTest">;

const USUAL_REESTIMATE = 32;

const NONE: TestTimeFields = { statistics: null, reestimateBatches: null, noiseInTest: null };

/** Whether layers after a norm depend on its statistics: of a stack, and of a network that is written down. */
export function isWhole({ depth, network }: Pick<Scenario, "depth" | "network">): boolean {
  return depth !== null || network !== null;
}

/** All null where there is nothing to keep statistics for. */
export function testTimeFields(given: ScenarioInput): TestTimeFields {
  const { statistics = null, reestimateBatches = null, noiseInTest = null } = given;
  if (!isGiven(given.depth) && !isGiven(given.network)) {
    const asked = { statistics, reestimateBatches, noiseInTest: noiseInTest === "off" ? null : noiseInTest };
    for (const field of Object.keys(NONE) as (keyof TestTimeFields)[]) {
      const stray = asked[field];
      if (stray === null) continue;
      throw conflict(field, `${stray} is only for a stack or a network as text`, "add `depth` or `network`");
    }
    return NONE;
  }
  const kind = statistics ?? "running";
  if (reestimateBatches !== null && !isReestimated(kind)) {
    const problem = `${reestimateBatches} is only for re-estimated statistics, and they are ${kind}`;
    throw conflict("reestimateBatches", problem, "add `statistics` reestimated");
  }
  if (kind === "reestimated" && noiseInTest === "on") {
    const problem = "on is noise at test time, which statistics of its absence do not fit";
    throw conflict("noiseInTest", problem, "choose `statistics` running or reestimated-noisy");
  }
  return {
    statistics: kind,
    reestimateBatches: isReestimated(kind) ? (reestimateBatches ?? USUAL_REESTIMATE) : null,
    noiseInTest: noiseInTest === "on" ? "on" : null,
  };
}

function isReestimated(statistics: StatisticsKind): boolean {
  return statistics === "reestimated" || statistics === "reestimated-noisy";
}

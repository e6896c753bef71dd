import { type Segment, segmentOf } from "../forward/schedule.ts";
import type { Network } from "../network/network.ts";
import { networkOf } from "../network/of-scenario.ts";
import type { Scenario } from "../scenario/scenario.ts";
import { isWhole } from "../scenario/test-time.ts";
import type { Run } from "./block.ts";
import { type Plan, planOf } from "./plan/plan.ts";

/** All that follows from a scenario before it is measured: derived once, and passed on. */
export interface Setting {
  readonly scenario: Scenario;
  readonly network: Network;
  /** The network as one segment; undefined where it needs a pass for each phase. */
  readonly segment: Segment | undefined;
  readonly plan: Plan;
  /** What threads need of all this. */
  readonly run: Run;
}

export function settingOf(scenario: Scenario): Setting {
  const network = networkOf(scenario);
  const plan = planOf(scenario);
  const { preset, momentum, batchSize } = scenario;
  const rules = { preset, momentum, batchSize };
  const segment = isWhole(scenario) ? undefined : segmentOf(network);
  return {
    scenario,
    network,
    segment,
    plan,
    run: { network, isWhole: segment === undefined, masks: plan.masks, rules },
  };
}

import { BARE_NODE, type Case, ofBuilds } from "../harness/case.ts";

/** The shortest run next to bare Node. */
export const START: Case = {
  id: "start",
  title: "Start: `vshift simulate --samples 2000`",
  timesRounds: 4,
  contestants: (equipment) => [
    BARE_NODE,
    ...ofBuilds(equipment, (vshift) => {
      const command = vshift("simulate", "--mean", "0.5", "--p", "0.5", "--samples", "2000", "--format", "json");
      return { command, trial: command, exitCodes: [0, 3], answer: () => ({}) };
    }),
  ],
};

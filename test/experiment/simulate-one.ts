import { type ScenarioInput, type SimulateOptions, simulate } from "../../src/index.ts";
import { type ComparedRecord, compared } from "./measured-one.ts";

/** What the library gives, where there is a closed form. */
export async function simulateOne(input: ScenarioInput, options?: SimulateOptions): Promise<ComparedRecord> {
  return compared(await simulate(input, options));
}

import { finish } from "./child-process.ts";
import { vshift } from "./contestants.ts";
import type { Start } from "./results.ts";
import type { Workload } from "./workloads.ts";

/** The shortest run beside `node -e 0`, one after another, with a round first that does not count. */
export async function measureStart(workload: Workload, rounds: number): Promise<Start> {
  const bare = { file: process.execPath, args: ["-e", "0"] };
  const shortest = vshift({ workload, amount: workload.amount }, []);
  const node: number[] = [];
  const ours: number[] = [];
  for (let round = 0; round <= rounds; round++) {
    const bareSeconds = (await finish(bare)).seconds;
    const { seconds } = await finish(shortest);
    if (round === 0) continue;
    node.push(bareSeconds);
    ours.push(seconds);
  }
  return { node, vshift: ours };
}

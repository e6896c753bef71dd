/**
 * The benchmark: vshift and its peers, whole processes one after another, round after round.
 *
 *   npm run bench                                     all races, 5 rounds
 *   npm run bench -- --runs 2 --only W1,W4            fewer rounds, some of the races
 *   npm run bench -- --contestants vshift,numpy-expert
 *   npm run bench -- --before ../earlier              an earlier build takes part, that folder's dist/
 *
 * Needs a build. VSHIFT_BENCH_PYTHON names the interpreter with NumPy and PyTorch [python3]; a peer that is not installed is
 * left out. Writes results.json, RESULTS.md and results.svg next to this file.
 */
import { existsSync } from "node:fs";
import { parseArgs } from "node:util";
import { CASES } from "./cases/cases.ts";
import { bundlePeers } from "./harness/bundle-peers.ts";
import { CURRENT, earlierBuild } from "./harness/case.ts";
import { describeMachine, PYTHON } from "./harness/machine.ts";
import { race } from "./harness/race.ts";
import { publish } from "./harness/results.ts";

const text = { type: "string" } as const;
const { values } = parseArgs({
  options: { runs: { ...text, default: "5" }, only: text, contestants: text, before: text },
});
const only = values.only?.split(",");
const wanted = values.contestants?.split(",");
const builds = [CURRENT, ...(values.before === undefined ? [] : [earlierBuild(values.before)])];
for (const { program } of builds) {
  if (!existsSync(program)) throw new Error(`${program} is missing: build vshift with \`npm run build\` first`);
}
for (const id of only ?? []) {
  if (!CASES.some((one) => one.id === id)) throw new Error(`no race ${id}; there are ${CASES.map((one) => one.id)}`);
}
const log = (line: string) => process.stderr.write(`${line}\n`);

const machine = await describeMachine();
const equipment = { python: PYTHON, bundles: await bundlePeers(), builds };
const absent = new Set<string>();
for (const one of CASES) {
  if (only !== undefined && !only.includes(one.id)) continue;
  const contestants = one.contestants(equipment).filter(({ id, title, needs }) => {
    const isThere = needs === undefined || machine.versions[needs] !== undefined;
    if (!isThere) absent.add(title);
    return isThere && (wanted === undefined || wanted.includes(id));
  });
  if (contestants.length === 0) continue;
  await publish(
    { race: await race(one, { contestants, rounds: Number(values.runs), log }), absent: [...absent] },
    machine,
  );
}
for (const title of absent) log(`${title}: not installed, and left out; see bench/README.md`);

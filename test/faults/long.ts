// The long form of the tests of damaged files and of kills, from another seed each time:
//
//   npm run fuzz
//   npm run fuzz -- SEED        again from a seed that a failure named
import { spawnSync } from "node:child_process";

const [seed = String(Date.now())] = process.argv.slice(2);
console.log(`seed ${seed}`);
const { status } = spawnSync(
  process.execPath,
  ["node_modules/vitest/vitest.mjs", "run", "test/faults", "test/cli/kills.process.test.ts"],
  { stdio: "inherit", env: { ...process.env, FUZZ_SEED: seed, FUZZ_MUTANTS: "20000", KILL_RUNS: "60" } },
);
process.exit(status ?? 1);

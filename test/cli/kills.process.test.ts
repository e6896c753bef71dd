import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import seedrandom from "seedrandom";
import { expect, it } from "vitest";
import { once } from "../once.ts";
import { startVshift, temporaryFolders, vshift } from "./vshift.ts";

const folder = temporaryFolders();

/** Sweeps that are killed and begun again until they are whole; `npm run fuzz` has more of them, from another seed each time. */
const RUNS = Number(process.env.KILL_RUNS ?? 6);
const SEED = process.env.FUZZ_SEED ?? "vshift";

const GRID = ["sweep", "--p", "0.3,0.5,0.7", "--d", "8:64:8", "--samples", "65536", "--seed", "killed"];
const SIGNALS = ["SIGKILL", "SIGKILL", "SIGTERM", "SIGINT", "SIGHUP"] as const;
const FILES = ["sweep.ndjson", "sweep.csv", "sweep.json", "sweep.parquet"];
/** A sweep takes about half a second; a process is up after some 50 ms. */
const LONGEST_MS = 400;
const MOST_KILLS = 5;

/** The bytes of a sweep that nobody interrupts, to each file. */
const WHOLE = new Map(
  FILES.map((file) => [
    file,
    once(async () => {
      const cwd = folder();
      expect((await vshift([...GRID, "--output", file], { cwd })).code).toBe(0);
      return readFileSync(join(cwd, file));
    }),
  ]),
);

it.each(Array.from({ length: RUNS }, (_, run) => run))(
  `a sweep that is killed at seeded instants has the bytes of one that is not, seed ${JSON.stringify(SEED)}, run %i`,
  async (run) => {
    const random = seedrandom(`${SEED} ${run}`);
    const pick = <Value>(values: readonly Value[]) => values[Math.floor(random() * values.length)] as Value;
    const cwd = folder();
    const file = FILES[run % FILES.length] ?? "";
    const args = [...GRID, "--output", file, "--threads", pick(["1", "2"])];
    const story: string[] = [];
    for (let kill = 0; kill < MOST_KILLS; kill++) {
      const { child, end } = startVshift(args, { cwd });
      const signal = pick(SIGNALS);
      const after = Math.round(random() * LONGEST_MS);
      await Promise.race([pause(after), end]);
      child.kill(signal);
      const { code, stderr } = await end;
      story.push(`${signal} after ${after} ms: ${code}`);
      // Killed, by a signal that cannot be seen or before it was; whole; or cut short, with what it says of that.
      expect([null, 0, 129, 130, 143], `${story.join("; ")}\n${stderr}`).toContain(code);
      if (code === 0) break;
    }
    const { code, stderr } = await vshift(args, { cwd });
    expect(code, `${story.join("; ")}\n${stderr}`).toBe(0);
    const whole = await WHOLE.get(file)?.();
    expect(whole?.equals(readFileSync(join(cwd, file))), story.join("; ")).toBe(true);
    expect(readdirSync(cwd)).toEqual([file]);
  },
);

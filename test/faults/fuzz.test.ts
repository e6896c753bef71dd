import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { VshiftError } from "../../src/errors.ts";
import { temporaryFolders } from "../cli/vshift.ts";
import { mutatorOf } from "./mutate.ts";
import { type Target, targetsIn } from "./targets.ts";

// `npm run fuzz` makes as many mutants as FUZZ_MUTANTS says of each reader, from another seed each time; the seed of a failure
// is in its message, and FUZZ_SEED repeats it.
const MUTANTS = Number(process.env.FUZZ_MUTANTS ?? 1000);
const SEED = process.env.FUZZ_SEED ?? "vshift";

const root = temporaryFolders()();

/** Why a reader refused a mutant; undefined where it read it. Anything but one printable line for the user is thrown on. */
async function refusalOf(target: Target, mutant: Uint8Array): Promise<string | undefined> {
  try {
    await target.read(mutant);
    return undefined;
  } catch (error) {
    if (!(error instanceof VshiftError)) throw error;
    expect(error.message).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}]/u);
    return error.message;
  }
}

describe(`${MUTANTS} mutants of the files of each reader, seed ${JSON.stringify(SEED)}`, async () => {
  for (const target of await targetsIn(root)) {
    it(
      `${target.name} is read, or refused by one line`,
      async () => {
        let refused = 0;
        for (let number = 0; number < MUTANTS; number++) {
          const mutant = mutatorOf(`${SEED} ${target.name} ${number}`)(
            target.files[number % target.files.length] ?? NOTHING,
          );
          try {
            if ((await refusalOf(target, mutant)) !== undefined) refused++;
          } catch (cause) {
            throw new Error(`mutant ${number}, FUZZ_SEED=${JSON.stringify(SEED)}: ${preview(mutant)}`, { cause });
          }
        }
        // Negative control: mutants that were all read would not be mutants.
        expect(refused).toBeGreaterThan(MUTANTS / 10);
      },
      60_000 + 100 * MUTANTS,
    );

    it(`${target.name} is read as it is`, async () => {
      for (const file of target.files) expect(await refusalOf(target, file)).toBe(undefined);
    });
  }

  it("leaves no lock and no half of a file behind", () => {
    expect(readdirSync(root).filter((name) => /\.(?:lock|partial)/.test(name))).toEqual([]);
  });
});

const NOTHING = new Uint8Array();

function preview(mutant: Uint8Array): string {
  return JSON.stringify(Buffer.from(mutant).toString("latin1").slice(0, 400));
}

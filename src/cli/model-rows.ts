import type { AuditRows } from "../check/audit-rows.ts";
import { VshiftError } from "../errors.ts";
import { quoted, typed } from "../scenario/typed.ts";
import { rowsOf } from "../tensor/rows-of.ts";
import { readNamed } from "./read-arrays.ts";
import type { Flags } from "./scenario-input.ts";

/** The rows of a file of inputs, "inputs.npy" or "data.npz#x", times the factor of --scale. */
export async function modelRows(flag: string, name: string, { scale }: Flags): Promise<AuditRows> {
  const { shape, values } = await arrayOf(flag, name);
  const factor = scale === undefined ? 1 : factorOf(scale);
  if (factor !== 1) for (const [at, value] of values.entries()) values[at] = value * factor;
  return { shape, values };
}

/** The labels of a file. */
export async function modelLabels(name: string): Promise<Float64Array> {
  return (await arrayOf("--labels", name)).values;
}

async function arrayOf(flag: string, name: string) {
  return rowsOf(await readNamed(name, (text) => `write ${flag} ${text}`), "out-first");
}

/** "0.5", or "1/255". */
function factorOf(text: unknown): number {
  const [, one = "", other = "1"] = /^([^/]*)(?:\/([^/]*))?$/.exec(String(text)) ?? [];
  const factor = Number(typed("number", one)) / Number(typed("number", other));
  if (Number.isFinite(factor) && factor !== 0) return factor;
  throw new VshiftError({
    code: "invalid-value",
    field: "--scale",
    problem: `${quoted(String(text))} is not a number other than 0`,
    hint: "try 1/255",
  });
}

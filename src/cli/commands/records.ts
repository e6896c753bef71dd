import { VshiftError } from "../../errors.ts";
import type { ShiftRecord } from "../../experiment/record.ts";
import { RECORDS_FORMATS } from "../../report/formats.ts";
import { MOST_ON_PAGE, recordsDocument } from "../../report/sweep-document.ts";
import { strayVariables } from "../../report/variables.ts";
import { isVariableName } from "../../scenario/variables.ts";
import { inGrid } from "../../sweep/complete.ts";
import { unite } from "../../sweep/unite.ts";
import { deliver } from "../deliver.ts";
import { EXIT } from "../exit-codes.ts";
import { readRecords } from "../read-records.ts";
import { filterOf } from "../record-filter.ts";
import { orderOf } from "../record-order.ts";
import { type Flags, gridFrom } from "../scenario-input.ts";
import type { Streams } from "../streams.ts";
import { saysGrid } from "../unused-flags.ts";

/** `vshift records`: merges, checks, filters, sorts and converts records. Returns the exit code. */
export async function recordsCommand(flags: Flags, streams: Streams, paths: readonly string[]): Promise<number> {
  const filters = ((flags.filter ?? []) as readonly string[]).map(filterOf);
  const { sort } = flags;
  const order = sort === undefined ? undefined : orderOf(sort === true ? undefined : (sort as string));
  const { grid } = saysGrid(flags) ? await gridFrom(flags) : {};
  return deliver({ flags, streams, formats: RECORDS_FORMATS }, async (format) => {
    const united = await unite(readRecords(paths));
    requireKnownVariables(united, { filter: flags.filter, sort });
    const whole = grid === undefined ? united : inGrid(united, grid);
    const chosen = whole.filter((record) => filters.every((holds) => holds(record)));
    if (chosen.length === 0 && whole.length > 0) throw nothingLeft(whole.length);
    const records = order === undefined ? chosen : chosen.toSorted(order);
    return { exitCode: EXIT.fine, document: recordsDocument(records, format === "html" ? MOST_ON_PAGE : undefined) };
  });
}

/** A `VshiftError` where a flag names a variable that no record has. */
function requireKnownVariables(
  records: readonly ShiftRecord[],
  { filter, sort }: Readonly<Record<string, unknown>>,
): void {
  for (const [flag, texts] of [
    ["--filter", filter],
    ["--sort", sort],
  ] as const) {
    const names = [texts].flat().flatMap((text) => (typeof text === "string" ? (text.match(/\$\w+/g) ?? []) : []));
    const [wrong] = strayVariables(names.filter(isVariableName), records);
    if (wrong !== undefined) throw new VshiftError({ code: "unknown-field", field: flag, ...wrong });
  }
}

function nothingLeft(count: number): VshiftError {
  return new VshiftError({
    code: "invalid-value",
    field: "--filter",
    problem: count === 1 ? "excludes the only record" : `excludes all ${count} records`,
    hint: "use a weaker condition",
  });
}

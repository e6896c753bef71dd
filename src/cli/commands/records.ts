import { VshiftError } from "../../errors.ts";
import { encoderOf } from "../../report/encode.ts";
import { judgedTable } from "../../report/sweep-table.ts";
import { inGrid } from "../../sweep/complete.ts";
import { unite } from "../../sweep/unite.ts";
import { deliver } from "../deliver.ts";
import { EXIT } from "../exit-codes.ts";
import { SCENARIO_OPTIONS } from "../options.ts";
import { RECORDS_FORMATS } from "../output.ts";
import { readRecords } from "../read-records.ts";
import { filterOf } from "../record-filter.ts";
import { orderOf } from "../record-order.ts";
import { type Flags, gridFrom } from "../scenario-input.ts";
import type { Streams } from "../streams.ts";

/** `vshift records`: unites, checks, filters, sorts and converts records. Returns the exit code. */
export async function recordsCommand(flags: Flags, streams: Streams, paths: readonly string[]): Promise<number> {
  const filters = ((flags.filter ?? []) as readonly string[]).map(filterOf);
  const { sort } = flags;
  const order = sort === undefined ? undefined : orderOf(sort === true ? undefined : (sort as string));
  const { grid } = isOfGrid(flags) ? await gridFrom(flags) : {};
  return deliver({ flags, streams, formats: RECORDS_FORMATS }, async () => {
    const united = await unite(readRecords(paths));
    const whole = grid === undefined ? united : inGrid(united, grid);
    const chosen = whole.filter((record) => filters.every((holds) => holds(record)));
    if (chosen.length === 0 && whole.length > 0) throw nothingLeft(whole.length);
    const records = order === undefined ? chosen : chosen.toSorted(order);
    return {
      exitCode: EXIT.fine,
      render: async (format, paint) =>
        format === "table" ? judgedTable(records, paint) : (await encoderOf(format))(records),
    };
  });
}

/** Whether the flags say what the records should be of. Settings for all commands, in variables and a file that was found, do not. */
function isOfGrid(flags: Flags): boolean {
  const isTyped = (name: string) => flags[name] !== undefined && flags.fromEnvironment?.includes(name) !== true;
  return (
    (isTyped("config") && flags.config !== false) ||
    isTyped("matchNoise") ||
    SCENARIO_OPTIONS.some(({ field }) => isTyped(field))
  );
}

function nothingLeft(count: number): VshiftError {
  return new VshiftError({
    code: "invalid-value",
    field: "--filter",
    problem: `leaves none of ${count} records`,
    hint: "use a condition that some of them meet",
  });
}

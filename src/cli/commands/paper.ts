import { json, ndjson } from "../../report/json.ts";
import { claimRecord, claimRow } from "../../report/paper-record.ts";
import { type Claim, judgeClaim } from "../../theory/paper/claim.ts";
import { CLAIMS } from "../../theory/paper/claims.ts";
import { deliver } from "../deliver.ts";
import { EXIT } from "../exit-codes.ts";
import { FORMATS } from "../output.ts";
import type { Flags } from "../scenario-input.ts";
import type { Streams } from "../streams.ts";

/** `vshift paper`: what the paper's equations give beside ours, and the numbers that its tables print. */
export async function paperCommand(flags: Flags, streams: Streams, claims: readonly Claim[] = CLAIMS): Promise<number> {
  return deliver({ flags, streams, formats: FORMATS }, async () => {
    const judged = claims.map(judgeClaim);
    return {
      exitCode: judged.every(({ asExpected }) => asExpected) ? EXIT.fine : EXIT.disagrees,
      render: async (format, paint) => {
        switch (format) {
          case "table":
            return (await import("../../report/paper-table.ts")).paperTable(judged, paint);
          case "json":
            return json(judged.map(claimRecord));
          case "ndjson":
            return judged.map((one) => ndjson(claimRecord(one))).join("");
          case "csv":
            return (await import("../../report/csv.ts")).csv(judged.map(claimRow));
          case "markdown":
            return (await import("../../report/paper-markdown.ts")).paperMarkdown(judged);
        }
      },
    };
  });
}

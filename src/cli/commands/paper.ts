import { FORMATS } from "../../report/formats.ts";
import { type Claim, judgeClaim } from "../../theory/paper/claim.ts";
import { CLAIMS } from "../../theory/paper/claims.ts";
import { deliver } from "../deliver.ts";
import { EXIT } from "../exit-codes.ts";
import type { Flags } from "../scenario-input.ts";
import type { Streams } from "../streams.ts";

/** `vshift paper`: what the paper's equations give next to ours, and the numbers that its tables print. */
export async function paperCommand(flags: Flags, streams: Streams, claims: readonly Claim[] = CLAIMS): Promise<number> {
  return deliver({ flags, streams, formats: FORMATS }, async () => {
    const judged = claims.map(judgeClaim);
    return {
      exitCode: judged.every(({ asExpected }) => asExpected) ? EXIT.fine : EXIT.disagrees,
      document: (await import("../../report/paper-document.ts")).paperDocument(judged),
    };
  });
}
